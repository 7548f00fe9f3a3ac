import type { Verdict } from '../../feedback/index.ts';
import type { WindowFigures } from './judge-windows.ts';
import { judgeChallenger, judgeShadow } from './retrain-gate.ts';
import { planRetrain, type RetrainState } from './retrain-plan.ts';
import { leftOutEvents, verdictWindows } from './verdict-windows.ts';

const DAY = 86_400;
const NOW = 1_790_000_000;
let made = 0;
const verdict = (change: Partial<Verdict> = {}): Verdict => ({
  id: `v${++made}`,
  word: 'false_alarm',
  workload: { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' },
  fromSeconds: NOW - 7200 * made,
  toSeconds: NOW - 7200 * made + 600,
  givenSeconds: NOW - 100,
  expiresSeconds: null,
  by: 'ann',
  source: 'form',
  weight: 1,
  ...change,
});
const many = (count: number, change: Partial<Verdict> = {}): Verdict[] => Array.from({ length: count }, () => verdict(change));
const fresh: RetrainState = { lastSeconds: 0, known: [], shadow: undefined };

describe('planRetrain', () => {
  it('asks for a training after twenty new full verdicts, not after nineteen', () => {
    expect(planRetrain(many(19), fresh, NOW).do).toBe('nothing');
    expect(planRetrain(many(20), fresh, NOW)).toEqual({ do: 'train', reason: '20 new full verdicts' });
  });

  it('counts neither guesses, nor what was propagated, nor what an earlier training knew', () => {
    const known = many(20);
    const weak = [...many(20, { weight: 0.3 }), ...many(20, { parent: 'v' }), ...known];
    expect(planRetrain(weak, { ...fresh, known: known.map(({ id }) => id) }, NOW).do).toBe('nothing');
  });

  it('trains at most once a day', () => {
    const state = { ...fresh, lastSeconds: NOW - DAY + 60 };
    expect(planRetrain(many(50), state, NOW).do).toBe('nothing');
    expect(planRetrain(many(50), state, NOW + 61).do).toBe('train');
  });

  it('asks for one when false alarms have risen, with enough verdicts to say so', () => {
    const before = [...many(5, { givenSeconds: NOW - 10 * DAY }), ...many(10, { word: 'confirmed', givenSeconds: NOW - 10 * DAY })];
    const state = (list: readonly Verdict[]): RetrainState => ({ ...fresh, known: list.map(({ id }) => id) });
    const risen = [...before, ...many(12)];
    expect(planRetrain(risen, state(risen), NOW)).toEqual({ do: 'train', reason: expect.stringContaining('drift') });
    const few = [...before, ...many(9)];
    expect(planRetrain(few, state(few), NOW).do).toBe('nothing');
  });

  it('leaves a challenger in shadow for a day, whatever else is said', () => {
    const state = { ...fresh, shadow: { version: 'a', sinceSeconds: NOW, reason: '' } };
    expect(planRetrain(many(50), state, NOW + DAY - 1).do).toBe('nothing');
    expect(planRetrain(many(50), state, NOW + DAY).do).toBe('judge_shadow');
  });
});

describe('verdictWindows', () => {
  it('masks what touches maintenance, and stretches on which people disagree', () => {
    const calm = verdict();
    const disputed = verdict({ word: 'confirmed' });
    const against = verdict({ fromSeconds: disputed.fromSeconds, toSeconds: disputed.toSeconds });
    const masked = verdict({ word: 'confirmed' });
    const { fromSeconds, toSeconds } = masked;
    const mask = { id: 'm', namespace: 'shop', workload: 'cart', fromSeconds, toSeconds };
    const windows = verdictWindows([calm, disputed, against, masked], [mask]);
    expect(windows.harmless.map(({ id }) => id)).toEqual([calm.id]);
    expect(windows.real).toEqual([]);
  });
});

describe('leftOutEvents', () => {
  it('leaves out what was confirmed, missed or masked, and learns from false alarms', () => {
    const [missed, expected, harmless] = [verdict({ word: 'missed' }), verdict({ word: 'expected' }), verdict()];
    const { events } = JSON.parse(leftOutEvents(verdictWindows([missed, expected, harmless], []), 60)) as { events: { id: string }[] };
    expect(events.map(({ id }) => id)).toEqual([missed.id, expected.id]);
  });
});

const figures = (found: readonly string[], alarmed: readonly string[], otherHours = 5): WindowFigures => ({
  real: new Set(['a', 'b', 'c']),
  found: new Set(found),
  harmless: new Set(['x', 'y', 'z']),
  alarmed: new Set(alarmed),
  otherHours,
});

describe('judgeChallenger', () => {
  it('takes one that repeats fewer false alarms and finds all that was found', () => {
    expect(judgeChallenger(figures(['a', 'b'], ['x']), figures(['a', 'b'], ['x', 'y'])).isBetter).toBe(true);
  });

  it.each([
    ['loses a confirmed stretch', figures(['a'], ['x']), 'no longer finds 1 of 3 stretches that people confirmed: b'],
    ['loses one and gains another', figures(['a', 'c'], ['x']), 'no longer finds 1'],
    ['repeats as many', figures(['a', 'b'], ['x', 'z']), 'repeats 2 of 3 false alarms, the current one 2'],
    ['alarms more elsewhere', figures(['a', 'b'], ['x'], 7), 'alarms in 7 other hours, the current one in 5'],
  ])('refuses one that %s', (_what, challenger, reason) => {
    const verdictOnIt = judgeChallenger(challenger, figures(['a', 'b'], ['x', 'y']));
    expect(verdictOnIt.isBetter).toBe(false);
    expect(verdictOnIt.reason).toContain(reason);
  });
});

describe('judgeShadow', () => {
  it('takes one that is as good, and refuses one that is worse', () => {
    expect(judgeShadow(figures(['a'], ['x']), figures(['a'], ['x'])).isBetter).toBe(true);
    expect(judgeShadow(figures(['a'], ['x', 'y']), figures(['a'], ['x']))).toMatchObject({
      isBetter: false,
      reason: expect.stringContaining('in shadow it gave 2 false alarms, the current one 1'),
    });
  });
});
