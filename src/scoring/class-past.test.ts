import { seededRandom } from '../platform/index.ts';
import { gaussian, testFrame, testKey, testLayout } from '../testing/frames.ts';
import { createScorer } from './workload-scorer.ts';

const STEP = 60;
const START = 1_700_000_000;
const HOURS = 30;
const layout = testLayout('a');
const options = { stepSeconds: STEP, bank: false, seed: 1 } as const;

/** `loud` workloads have a spike every hour; the one that is asked comes late and is quiet but for one spike. */
const marginOfNewcomer = (others: number, loud: boolean, restored = false): number => {
  let scorer = createScorer(options);
  const random = seededRandom(5);
  const names = Array.from({ length: others }, (_, i) => `other-${i}`);
  for (let i = 0; i < HOURS * 60; i++) {
    const frames = names.map((name, n) =>
      testFrame(layout, START + i * STEP, [10 + gaussian(random) + (loud && i % 60 === n % 60 ? 40 + 10 * random() : 0)], {
        key: testKey(name),
      }),
    );
    scorer.score(frames);
  }
  if (restored) {
    const kept = [...scorer.snapshot()];
    scorer = createScorer(options);
    for (const snapshot of kept) scorer.restore(snapshot);
  }
  const own = seededRandom(6);
  let last = 0;
  for (let i = 0; i < 90; i++) {
    const x = 10 + gaussian(own) + (i === 89 ? 15 : 0);
    last = scorer.score([testFrame(layout, START + (HOURS * 60 + i) * STEP, [x], { key: testKey('new') })])[0]!.margin;
  }
  return last;
};

describe('createClassPasts', () => {
  it('begins with a higher bar where the hours of others are loud, and hardly differs where they are quiet', () => {
    const alone = marginOfNewcomer(0, false);
    expect(marginOfNewcomer(8, true)).toBeLessThan(0.9 * alone);
    expect(marginOfNewcomer(8, false)).toBeGreaterThan(0.95 * alone);
  });

  it('knows the class again from the states of its workloads', () => {
    expect(marginOfNewcomer(8, true, true)).toBeCloseTo(marginOfNewcomer(8, true), 9);
  });
});
