import { seededRandom } from '../../platform/index.ts';
import { createScorer, type Scorer } from '../../scoring/index.ts';
import { gaussian, testFrame, testKey, testLayout } from '../../testing/frames.ts';
import { createLimitedStretches } from './limited-stretches.ts';
import { withoutLimited } from './unlearning-scorer.ts';

const STEP = 30;
const START = 1_700_000_000;
const LIMITED = { from: 600, to: 660 };
const layout = testLayout('cpu:cpu_cores', 'tx:bytes_per_second');
const newScorer = (): Scorer => createScorer({ stepSeconds: STEP, bank: true, seed: 1 });
const KEY = testKey();
const stretch = (key = KEY) => ({
  id: 'mitigation:shop/cart-1',
  key,
  fromSeconds: START + LIMITED.from * STEP,
  toSeconds: START + (LIMITED.to - 1) * STEP,
});
const known = () => {
  const stretches = createLimitedStretches();
  stretches.set([stretch()]);
  return stretches;
};

/** Calm traffic, a tenth of it while it is limited. */
const frames = (from: number, to: number) => {
  const random = seededRandom(7);
  const all = Array.from({ length: to }, (_, i) => {
    const noise = 1 + 0.05 * gaussian(random);
    const share = i >= LIMITED.from && i < LIMITED.to ? 0.1 : 1;
    return testFrame(layout, START + i * STEP, [0.5 * share * noise, 5e4 * share * noise]);
  });
  return all.slice(from);
};
const isOutside = (i: number): boolean => i < LIMITED.from || i >= LIMITED.to;
const feed = (scorer: Pick<Scorer, 'score'>, given: ReturnType<typeof frames>) => given.map((frame) => scorer.score([frame])[0]!);

describe('withoutLimited', () => {
  it('is, after a limit, as if it had never seen one, and scores go on meanwhile', () => {
    const scorer = withoutLimited(newScorer(), known());
    const scores = feed(scorer, frames(0, 900));
    const unlimited = newScorer();
    const expected = feed(
      unlimited,
      frames(0, 900).filter((_, i) => isOutside(i)),
    );
    expect(scores.filter((_, i) => isOutside(i))).toEqual(expected);
    expect(scores.slice(LIMITED.from, LIMITED.to).every(({ ready }) => ready)).toBe(true);
    expect([...scorer.snapshot()]).toEqual([...unlimited.snapshot()]);
    expect(scorer.heldWorkloads).toBe(0);
  });

  it('does the same to frames that come together, as a back-fill brings them', () => {
    const [single, together] = [withoutLimited(newScorer(), known()), withoutLimited(newScorer(), known())];
    const all = frames(0, 900);
    expect(together.score(all)).toEqual(feed(single, all));
  });

  it('keeps what was put aside in a snapshot, so that a restart forgets the limit as well', () => {
    const scorer = withoutLimited(newScorer(), known());
    feed(scorer, frames(0, 640));
    expect(scorer.heldWorkloads).toBe(1);
    const before = newScorer();
    feed(before, frames(0, 600));
    expect([...scorer.snapshot()]).toEqual([...before.snapshot()]);
  });

  it('leaves other workloads alone, and lets go of what has gone', () => {
    const stretches = createLimitedStretches();
    stretches.set([stretch(testKey('another'))]);
    const scorer = withoutLimited(newScorer(), stretches);
    feed(scorer, frames(0, 640));
    expect(scorer.heldWorkloads).toBe(0);
    stretches.set([stretch()]);
    feed(scorer, frames(640, 650));
    expect(scorer.heldWorkloads).toBe(1);
    scorer.forget(KEY);
    expect([scorer.heldWorkloads, scorer.workloads]).toEqual([0, 0]);
  });
});
