import { describe, expect, it } from '@jest/globals';
import type { FrameLayout, WorkloadFrame } from '../../conventions/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { BASELINES, type BaselineName, createBaseline } from './baseline.ts';

const LAYOUT: FrameLayout = {
  version: '1',
  features: [
    { name: 'a', unit: '', unitClass: 'other' },
    { name: 'b', unit: '', unitClass: 'other' },
    { name: 'node', unit: '', unitClass: 'context' },
  ],
};
const frame = (i: number, values: readonly number[], workload = 'w'): WorkloadFrame => ({
  key: { namespace: 'n', workload, workloadKind: '' },
  timeMs: i * 60_000,
  layout: LAYOUT,
  values: Float64Array.from(values),
  replicas: 1,
});
const OPTIONS = { stepSeconds: 60, seed: 7 };

/** Calm noise around 10, and a value of `spike` in the last frame. */
const run = (name: BaselineName, spike: number, column = 0, workload = 'w', baseline = createBaseline(name, OPTIONS)): number[] => {
  const random = seededRandom(3);
  return Array.from({ length: 400 }, (_, i) => {
    const values = [10 + random(), 10 + random(), 10 + random()];
    if (i === 399) values[column] = spike;
    return baseline(frame(i, values, workload));
  });
};

describe('createBaseline', () => {
  it.each(BASELINES)('%s gives the same scores for the same seed', (name) => expect(run(name, 99)).toEqual(run(name, 99)));

  it.each(['online-z', 'adaptive-bands', 'knn'] as const)(
    '%s is under its boundary for most of calm noise and over it for a spike',
    (name) => {
      const scores = run(name, 99);
      const calm = scores.slice(100, -1);
      expect(calm.filter((score) => score >= 1).length).toBeLessThan(calm.length * 0.02);
      expect(scores.at(-1)).toBeGreaterThan(1.5);
    },
  );

  it.each(['online-z', 'adaptive-bands', 'knn'] as const)('%s does not look at metrics of the surroundings', (name) => {
    expect(run(name, 99, 2).at(-1)).toBeLessThan(1);
  });

  it.each(['online-z', 'adaptive-bands', 'knn'] as const)('%s scores a frame before it learns from it', (name) => {
    expect(run(name, 1e6).at(-1)).toBeGreaterThanOrEqual(run(name, 99).at(-1)!);
  });

  it.each(['online-z', 'adaptive-bands', 'knn'] as const)('%s has no score before it knows anything', (name) => {
    expect(createBaseline(name, OPTIONS)(frame(0, [1, 2, 3]))).toBeNaN();
  });

  it.each(['online-z', 'adaptive-bands', 'knn'] as const)('%s keeps workloads apart', (name) => {
    const baseline = createBaseline(name, OPTIONS);
    run(name, 99, 0, 'other', baseline);
    expect(baseline(frame(0, [10, 10, 10], 'w'))).toBeNaN();
  });

  it.each(['online-z', 'adaptive-bands', 'knn'] as const)('%s gives no NaN once warm, whatever is missing', (name) => {
    const baseline = createBaseline(name, OPTIONS);
    const random = seededRandom(5);
    const scores = Array.from({ length: 300 }, (_, i) => baseline(frame(i, [10 + random(), i % 7 ? Number.NaN : 10, 3])));
    expect(scores.slice(100).filter(Number.isNaN)).toEqual([]);
  });

  it('constant-on is at the boundary, random below it', () => {
    expect(new Set(run('constant-on', 99))).toEqual(new Set([1]));
    expect(run('random', 99).every((score) => score >= 0 && score < 1)).toBe(true);
  });
});
