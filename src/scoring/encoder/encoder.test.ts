import type { FrameLayout, Score, WorkloadFrame } from '../../conventions/index.ts';
import {
  buildEncoder,
  buildEncoderTraining,
  createWindowEncoder,
  ENCODER,
  initialWeights,
  type WindowEncoder,
} from '../../learning/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { openDirectSession } from '../../testing/direct-session.ts';
import { unitFloorOf } from '../unit-floor.ts';
import { createScorer } from '../workload-scorer.ts';
import { AGREEMENT_SLOTS, agree } from './agreement.ts';
import { bankDistance, bankFloats, keepEmbedding, rowToKeep } from './embedding-bank.ts';
import { fillWindow, scaleMetric } from './scaled-metric.ts';

/** Takes the last 16 values of a window for its embedding. */
const plainEncoder = (version = 'plain'): WindowEncoder => ({
  version,
  embed: async (rows, windows) => {
    const size = ENCODER.channels * ENCODER.windowLength;
    return Float32Array.from({ length: rows * ENCODER.width }, (_, i) => {
      const row = Math.floor(i / ENCODER.width);
      return windows[row * size + ENCODER.windowLength - ENCODER.width + (i % ENCODER.width)]!;
    });
  },
});
const layout: FrameLayout = { version: 'v', features: ['a', 'b'].map((name) => ({ name, unit: '', unitClass: 'other' })) };
/** Slow steps, so that a few hundred of them are days of experience. */
const STEP_SECONDS = 600;
const KEY = { namespace: 'n', workload: 'w', workloadKind: 'Deployment' };
const frame = (i: number, ...values: number[]): WorkloadFrame => ({
  key: KEY,
  timeMs: i * STEP_SECONDS * 1000,
  layout,
  values: Float64Array.from(values),
  replicas: 1,
});
/** Two waves; from 1200 on the first flaps, by less than a single alarm needs. */
const waveAt = (i: number): WorkloadFrame => frame(i, 10 + Math.sin(i) + (i >= 1200 ? (i % 2 === 0 ? 1.1 : -1.1) : 0), 5 + Math.cos(i / 3));
const scorerWith = (encoder: WindowEncoder | undefined, mode: 'on' | 'shadow' = 'on') =>
  createScorer({ stepSeconds: STEP_SECONDS, bank: true, seed: 1, ...(encoder ? { learned: { encoder, mode } } : {}) });
const run = async (scorer: ReturnType<typeof scorerWith>, from: number, to: number, at = waveAt): Promise<Score[]> => {
  const all: Score[] = [];
  for (let i = from; i < to; i++) all.push(...(await scorer.refine(scorer.score([at(i)]))));
  return all;
};
const values = (scores: readonly Score[]): number[] => scores.map(({ value }) => value);

describe('scaleMetric', () => {
  it('counts deviations from the past alone, and calls the first samples and missing ones usual', () => {
    const at = (i: number): number => (i === 50 ? Number.NaN : i === 60 ? 100 : Math.sin(i));
    const { deviations, ratios, seen } = scaleMetric(100, at, unitFloorOf('other'));
    expect([...deviations.subarray(0, 16)].every((x) => x === 0)).toBe(true);
    expect(deviations[50]).toBe(0);
    expect(deviations[60]).toBeGreaterThan(50);
    expect(Math.abs(deviations[61]!)).toBeLessThan(3);
    expect([seen[49], seen[50], seen[51]]).toEqual([50, 50, 51]);
    expect(ratios[40]).toBeCloseTo(1, 0);
    const changed = scaleMetric(100, (i) => (i > 70 ? 1e9 : at(i)), unitFloorOf('other'));
    expect(changed.deviations.subarray(0, 71)).toEqual(deviations.subarray(0, 71));
  });

  it('stays finite for a constant series', () => {
    const { deviations, ratios } = scaleMetric(50, () => 0, unitFloorOf('per_second'));
    expect([...deviations, ...ratios].every(Number.isFinite)).toBe(true);
  });
});

describe('fillWindow', () => {
  it('has values, then differences in usual differences, both as asinh', () => {
    const out = new Float32Array(2 * ENCODER.windowLength);
    fillWindow(
      Float32Array.from({ length: ENCODER.windowLength + 1 }, (_, i) => i),
      0,
      3,
      out,
      0,
    );
    expect(out[0]).toBeCloseTo(Math.asinh(1), 6);
    expect(out[ENCODER.windowLength - 1]).toBeCloseTo(Math.asinh(32), 6);
    expect(out[ENCODER.windowLength]).toBeCloseTo(Math.asinh(3), 6);
  });
});

describe('bankDistance', () => {
  it('is the mean distance to the three nearest', () => {
    const rows = 8;
    const bank = new Float32Array(2 + bankFloats(rows));
    for (const [row, x] of [0, 1, 3, 10].entries()) keepEmbedding(bank, 2, rows, row, new Float32Array(ENCODER.width).fill(x, 0, 1), 0);
    expect(bankDistance(bank, 2, rows, 4, new Float32Array(ENCODER.width), 0)).toBeCloseTo(4 / 3, 5);
  });

  it('differs in the third digit where embeddings are kept in bytes', () => {
    const random = seededRandom(5);
    const rows = 20;
    const embeddings = Float32Array.from({ length: (rows + 1) * ENCODER.width }, () => 4 * random() - 2);
    const bank = new Float32Array(bankFloats(rows));
    for (let row = 0; row < rows; row++) keepEmbedding(bank, 0, rows, row, embeddings, row * ENCODER.width);
    const asked = rows * ENCODER.width;
    const distances = Array.from({ length: rows }, (_, row) =>
      Math.hypot(...Array.from({ length: ENCODER.width }, (__, k) => embeddings[row * ENCODER.width + k]! - embeddings[asked + k]!)),
    ).sort((a, b) => a - b);
    const exact = (distances[0]! + distances[1]! + distances[2]!) / 3;
    expect(Math.abs(bankDistance(bank, 0, rows, rows, embeddings, asked) / exact - 1)).toBeLessThan(0.005);
  });
});

describe('rowToKeep', () => {
  it('fills the bank, then gives every embedding the same chance', () => {
    expect([0, 7].map((offered) => rowToKeep(offered, 8, 0))).toEqual([0, 7]);
    const bank = new Map<number, number>();
    for (let offered = 0; offered < 8000; offered++) {
      const row = rowToKeep(offered, 800, 3);
      if (row >= 0) bank.set(row, offered);
    }
    const meanAge = [...bank.values()].reduce((sum, offered) => sum + offered, 0) / bank.size;
    expect(bank.size).toBe(800);
    expect(meanAge).toBeGreaterThan(3700);
    expect(meanAge).toBeLessThan(4300);
  });
});

describe('createEncoderStage', () => {
  it('raises what score and encoder nearly call an alarm, with the metric, and leaves usual life below', async () => {
    const scorer = scorerWith(plainEncoder());
    const joint = await run(scorer, 0, 1220);
    const alone = await run(scorerWith(undefined), 0, 1220);
    expect(
      values(joint)
        .slice(100, 1200)
        .filter((value) => value >= 1),
    ).toEqual([]);
    const raised = joint.slice(1200).filter((score, i) => score.value >= 1 && alone[1200 + i]!.value < 1);
    expect(raised.length).toBeGreaterThan(0);
    expect(raised[0]).toMatchObject({ detector: 'window-encoder', ready: true });
    expect(raised[0]!.contributors.map(({ metric }) => metric)).toContain('a');
    expect(scorer.learned).toMatchObject({ detector: 'window-encoder', failures: 0, lastRows: 2 });
    expect(scorer.learned!.anomalies).toBeGreaterThan(0);
  });

  it('changes nothing in shadow mode, and nothing when the model fails, which it counts', async () => {
    const alone = values(await run(scorerWith(undefined), 0, 1220));
    const shadow = scorerWith(plainEncoder(), 'shadow');
    expect(values(await run(shadow, 0, 1220))).toEqual(alone);
    expect(shadow.learned!.anomalies).toBeGreaterThan(0);
    const broken = scorerWith({ version: 'x', embed: () => Promise.reject(new Error('no')) });
    expect(values(await run(broken, 0, 100))).toEqual(alone.slice(0, 100));
    expect(broken.learned!.failures).toBeGreaterThan(50);
  });

  it('goes on from a snapshot as it would have', async () => {
    const whole = values(await run(scorerWith(plainEncoder()), 0, 1210));
    const first = scorerWith(plainEncoder());
    await run(first, 0, 700);
    const second = scorerWith(plainEncoder());
    for (const snapshot of first.snapshot()) expect(second.restore(snapshot)).toBe(true);
    expect(values(await run(second, 700, 1210))).toEqual(whole.slice(700));
  });

  it('begins its banks anew with another model', async () => {
    let version = 'one';
    const encoder: WindowEncoder = {
      get version() {
        return version;
      },
      // The other model sees everything a hundred away.
      embed: async (rows, windows) => (await plainEncoder().embed(rows, windows)).map((x) => (version === 'one' ? x : x + 100)),
    };
    const scorer = scorerWith(encoder);
    await run(scorer, 0, 600);
    version = 'two';
    expect(values(await run(scorer, 600, 900)).filter((value) => value >= 1)).toEqual([]);
  });

  it('bears gaps', async () => {
    const gappy = (i: number): WorkloadFrame =>
      i % 7 === 0 ? frame(i, Number.NaN, Number.NaN) : i % 5 === 0 ? frame(i, Number.NaN, 5) : waveAt(i);
    const alone = values(await run(scorerWith(undefined), 0, 400, gappy));
    const joint = values(await run(scorerWith(plainEncoder()), 0, 400, gappy));
    expect(joint.map(Number.isFinite)).toEqual(alone.map(Number.isFinite));
    expect(joint.slice(50).filter(Number.isFinite).length).toBeGreaterThan(250);
  });
});

describe('createWindowEncoder', () => {
  const training = { dataSha256: 'a'.repeat(64), licence: 'own', windows: 1, seed: 1, steps: 1, metrics: {} };
  const built = buildEncoder(initialWeights(buildEncoderTraining(2).parameters, seededRandom(1)), 'v1', training);

  it('embeds any number of windows', async () => {
    const session = await openDirectSession(built.model);
    const encoder = createWindowEncoder(built.manifest, session);
    const size = ENCODER.channels * ENCODER.windowLength;
    const random = seededRandom(2);
    const windows = Float32Array.from({ length: 3 * size }, () => random());
    const all = await encoder.embed(3, windows.slice());
    expect(all).toHaveLength(3 * ENCODER.width);
    const second = await encoder.embed(1, windows.slice(size, 2 * size));
    second.forEach((x, i) => {
      expect(x).toBeCloseTo(all[ENCODER.width + i]!, 5);
    });
    await session.close();
  });

  it('refuses a model of another kind', () => {
    expect(() => createWindowEncoder({ ...built.manifest, id: 'other' }, { run: async () => ({}) })).toThrow('does not turn windows');
  });
});

describe('agree', () => {
  const fresh = () => new Float64Array(AGREEMENT_SLOTS);

  it('leaves alarms, raises what both nearly call one, and keeps the rest below the boundary', () => {
    const slots = fresh();
    expect(agree(slots, 0, 60, 1.4, 1.4, 0.2)).toBe(1.4);
    expect(agree(slots, 0, 60, 0.5, 0.9, 1.2)).toBeCloseTo(1.05, 12);
    expect(agree(slots, 0, 60, 0.5, 0.3, 0.9)).toBeLessThan(1);
    expect(agree(slots, 0, 60, 0.99, 0.3, 1.4)).toBeLessThan(1);
  });

  it('asks for more at fast steps and for less at slow ones', () => {
    const isAlarm = (stepSeconds: number, encoder: number): boolean => agree(fresh(), 0, stepSeconds, 0.5, 0.9, encoder) >= 1;
    expect([1.74, 1.76].map((encoder) => isAlarm(30, encoder))).toEqual([false, true]);
    expect([1.14, 1.16].map((encoder) => isAlarm(60, encoder))).toEqual([false, true]);
    expect([0.93, 0.95].map((encoder) => isAlarm(3600, encoder))).toEqual([false, true]);
  });

  it('is the score itself as long as the encoder says nothing, and orders by it afterwards', () => {
    expect(agree(fresh(), 0, 60, 0.4, 0, Number.NaN)).toBeCloseTo(0.4, 6);
    expect(agree(fresh(), 0, 60, 0.4, 0, 0.8)).toBeGreaterThan(0.4);
    expect(agree(fresh(), 0, 60, 0.4, 0.8, 0)).toBeGreaterThan(0.4);
  });
});
