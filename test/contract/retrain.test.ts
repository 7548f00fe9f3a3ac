import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Verdict } from '../../src/feedback/index.ts';
import { addModel, currentVersion, defaultEncoder, previousVersion, promoteModel, readRegistry } from '../../src/learning/index.ts';
import { createSkippingClock } from '../../src/testing/skipping-clock.ts';
import { type RetrainDeps, runRetrain } from '../../src/training/retrain/run-retrain.ts';

const DAY_MS = 86_400_000;
const START_MS = 1_790_000_000_000;
type Log = Awaited<ReturnType<RetrainDeps['replay']>>;

const root = mkdtempSync(join(tmpdir(), 'bellwether-retrain-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const verdict = (id: string, word: Verdict['word'], startSeconds: number): Verdict => ({
  id,
  word,
  workload: { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' },
  fromSeconds: startSeconds,
  toSeconds: startSeconds + 600,
  givenSeconds: startSeconds + 900,
  expiresSeconds: null,
  by: 'ann',
  source: 'form',
  weight: 1,
});

/** Scores of one workload: 2 in the stretches of these verdicts, 0 elsewhere. */
const logOf = (alarms: readonly Verdict[], others: number, atSeconds: number): Log => {
  const times: number[] = [];
  const scores: number[] = [];
  const from = atSeconds - 8 * 86_400;
  for (let seconds = from; seconds <= atSeconds + 3 * 86_400; seconds += 300) {
    const isAlarm = alarms.some(({ fromSeconds, toSeconds }) => seconds >= fromSeconds && seconds <= toSeconds);
    const isOther = seconds - from < others * 7200 && (seconds - from) % 7200 === 0;
    times.push(seconds);
    scores.push(isAlarm || isOther ? 2 : 0);
  }
  const name = { namespace: 'shop', workload: 'cart' };
  const column = Float64Array.from(scores);
  const entity = { name, times: Float64Array.from(times), scores: column, margins: column, ready: new Uint8Array(times.length).fill(1) };
  return { add: () => undefined, get: ({ workload }) => (workload === 'cart' ? entity : undefined), entities: () => [entity] };
};

describe('runRetrain', () => {
  const start = START_MS / 1000;
  const harmless = Array.from({ length: 18 }, (_, i) => verdict(`f${i}`, 'false_alarm', start - (i + 1) * 14_400));
  const real = Array.from({ length: 4 }, (_, i) => verdict(`c${i}`, 'confirmed', start - (i + 1) * 14_400 - 7200));
  let clock: ReturnType<typeof createSkippingClock>;
  let dir = '';
  let made = 0;
  /** What each version alarms at. */
  const models = new Map<string, readonly Verdict[]>();
  let trained: string[] = [];
  let verdicts: readonly Verdict[] = [];
  let others: Record<string, number> = {};

  const step = (force = false) =>
    runRetrain(
      {
        clock,
        tell: () => undefined,
        words: async () => ({ verdicts, masks: [] }),
        record: async () => 'recording',
        train: async () => {
          const version = String(trained.shift());
          const built = defaultEncoder();
          await addModel(dir, { ...built, manifest: { ...built.manifest, version } }, clock.nowMs());
          return version;
        },
        replay: async (_recording, version = 'shipped') => logOf(models.get(version) ?? [], others[version] ?? 0, start),
      },
      { dir, force },
    );

  beforeEach(() => {
    dir = join(root, String(made++));
    clock = createSkippingClock(START_MS);
    verdicts = [...harmless, ...real];
    others = {};
    models.clear();
    models.set('shipped', [...harmless, ...real]);
    models.set('good', [...harmless.slice(0, 3), ...real]);
    models.set('worse', real.slice(1));
    trained = ['good'];
  });

  it('goes from verdicts to a promoted model in two days, and back with one command', async () => {
    expect(await step()).toMatchObject({ did: 'shadow', version: 'good' });
    expect(currentVersion(await readRegistry(dir))).toBeUndefined();
    clock.advance(DAY_MS - 1000);
    expect(await step()).toMatchObject({ did: 'nothing' });
    clock.advance(1000);
    expect(await step()).toMatchObject({ did: 'promoted', version: 'good' });
    expect(currentVersion(await readRegistry(dir))).toBe('good');

    const better = defaultEncoder();
    await addModel(dir, { ...better, manifest: { ...better.manifest, version: 'better' } }, clock.nowMs());
    await promoteModel(dir, 'better', { action: 'promote', reason: 'by hand', nowMs: clock.nowMs() });
    expect(previousVersion(await readRegistry(dir))).toBe('good');
    await promoteModel(dir, 'good', { action: 'rollback', reason: 'by hand', nowMs: clock.nowMs() });
    // What was rolled back does not come again by itself.
    models.set('better', real);
    trained = ['better'];
    clock.advance(DAY_MS);
    expect(await step(true)).toMatchObject({ did: 'refused', version: 'better', reason: expect.stringContaining('rolled back') });
    expect(currentVersion(await readRegistry(dir))).toBe('good');
  });

  it('refuses one that was made worse on purpose, and says what it would lose', async () => {
    trained = ['worse'];
    expect(await step()).toEqual({
      did: 'refused',
      version: 'worse',
      reason: expect.stringContaining('it no longer finds 1 of 4 stretches that people confirmed: c0'),
    });
    const registry = await readRegistry(dir);
    expect(currentVersion(registry)).toBeUndefined();
    expect(registry.entries.map(({ version }) => version)).toEqual(['worse']);
    clock.advance(DAY_MS / 2);
    expect((await step(false)).did).toBe('nothing');
  });

  it('drops one from its shadow that alarms more on new time', async () => {
    expect((await step()).did).toBe('shadow');
    const late = verdict('late', 'false_alarm', start + 7200);
    models.set('good', [late]);
    verdicts = [...verdicts, late];
    clock.advance(DAY_MS);
    expect(await step()).toMatchObject({ did: 'refused', reason: expect.stringContaining('in shadow it gave 1 false alarms') });
    expect(currentVersion(await readRegistry(dir))).toBeUndefined();
    // And it is over: the next call does not judge it again.
    expect(await step()).toMatchObject({ did: 'nothing' });
  });

  it('does nothing where nobody has said anything new', async () => {
    verdicts = harmless.slice(0, 5);
    expect(await step()).toMatchObject({ did: 'nothing', reason: '5 new full verdicts of 20, and no drift' });
    expect(trained).toEqual(['good']);
  });
});
