import { testFrame, testLayout } from '../testing/frames.ts';
import type { WindowBatch, WindowModel } from './window-model.ts';
import { createScorer } from './workload-scorer.ts';

const STEP = 30;
const START = 1_700_000_000;
const layout = testLayout('cpu:cpu_cores', 'memory:memory_bytes');

/** A model that finds windows rough, in shape only: the mean absolute step between neighbours. */
const roughness = (batches: WindowBatch[] = []): WindowModel => ({
  id: 'roughness',
  version: '1',
  windowLength: 8,
  evaluate: async (batch) => {
    batches.push(batch);
    return Float32Array.from({ length: batch.rows }, (_, row) => {
      let sum = 0;
      for (let i = 1; i < 8; i++) sum += Math.abs(batch.windows[row * 8 + i]! - batch.windows[row * 8 + i - 1]!);
      return sum / 7;
    });
  },
});

const run = async (model: WindowModel, mode: 'shadow' | 'on', rough: boolean) => {
  const scorer = createScorer({ stepSeconds: STEP, bank: false, seed: 1, learned: { model, mode } });
  const values: number[] = [];
  for (let i = 0; i < 320; i++) {
    const slow = 1 + 0.05 * Math.sin(i / 10);
    const wobble = rough && i >= 300 ? 0.4 * (i % 2 === 0 ? 1 : -1) : 0;
    const scores = scorer.score([testFrame(layout, START + i * STEP, [slow + wobble, 2e8])]);
    const refined = await scorer.refine(scores);
    values.push(refined[0]!.value - scores[0]!.value);
  }
  return { lifts: values.filter((lift) => lift > 0).length, stats: scorer.learned! };
};

describe('createLearnedStage', () => {
  it('gives every ready workload one row with its own level and scale', async () => {
    const batches: WindowBatch[] = [];
    await run(roughness(batches), 'shadow', false);
    expect(batches).toHaveLength(316);
    expect(batches.at(-1)).toMatchObject({ rows: 1 });
    expect(batches.at(-1)!.scale[0]).toBeGreaterThan(0);
  });

  it('lifts a score in mode on, and only counts in mode shadow', async () => {
    const on = await run(roughness(), 'on', true);
    const shadow = await run(roughness(), 'shadow', true);
    expect(on.stats.anomalies).toBeGreaterThan(0);
    expect(on.lifts).toBeGreaterThan(0);
    expect(shadow.stats.anomalies).toBe(on.stats.anomalies);
    expect(shadow.lifts).toBe(0);
  });

  it('leaves the scores alone when the model fails, and counts it', async () => {
    const failing: WindowModel = { ...roughness(), evaluate: () => Promise.reject(new Error('session died')) };
    const { lifts, stats } = await run(failing, 'on', true);
    expect(lifts).toBe(0);
    expect(stats.failures).toBe(stats.batches);
  });

  it('refuses a model whose windows are longer than what is kept', () => {
    const model = { ...roughness(), windowLength: 64 };
    expect(() => createScorer({ stepSeconds: STEP, bank: false, seed: 1, learned: { model, mode: 'on' } })).toThrow('at most 12 samples');
  });
});
