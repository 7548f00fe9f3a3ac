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
import { createAgreement } from './agreement.ts';
import { createEmbeddingBank } from './embedding-bank.ts';
import { scoreWithEncoder } from './encoder-scores.ts';
import { fillWindow, scaleMetric } from './scaled-metric.ts';

/** Takes the last 16 values of a window for its embedding. */
const plain: WindowEncoder = {
  version: 'plain',
  embed: async (rows, windows) => {
    const size = ENCODER.channels * ENCODER.windowLength;
    return Float32Array.from({ length: rows * ENCODER.width }, (_, i) => {
      const row = Math.floor(i / ENCODER.width);
      return windows[row * size + ENCODER.windowLength - ENCODER.width + (i % ENCODER.width)]!;
    });
  },
};
const feature = { name: 'm', unit: '', unitClass: 'other' } as const;
const wave = (count: number, spikeAt = -1): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => 10 + Math.sin(i) + (i === spikeAt ? 30 : 0));
const options = () => ({ stepSeconds: 60, random: seededRandom(1) });

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
      3,
      out,
      0,
    );
    expect(out[0]).toBeCloseTo(Math.asinh(1), 6);
    expect(out[ENCODER.windowLength - 1]).toBeCloseTo(Math.asinh(32), 6);
    expect(out[ENCODER.windowLength]).toBeCloseTo(Math.asinh(3), 6);
  });
});

describe('createEmbeddingBank', () => {
  it('gives the mean distance to the three nearest once it has enough', () => {
    const bank = createEmbeddingBank({ rows: 8, width: 1, leastRows: 3, random: seededRandom(1) });
    const data = Float32Array.of(0, 1, 3, 10);
    bank.admit(data, 0);
    bank.admit(data, 1);
    expect(bank.distance(data, 0)).toBeNaN();
    bank.admit(data, 2);
    bank.admit(data, 3);
    expect(bank.distance(data, 0)).toBeCloseTo(4 / 3, 6);
  });
});

describe('scoreWithEncoder', () => {
  it('finds a spike, says nothing too early and does not see the future', async () => {
    const scores = await scoreWithEncoder(plain, [feature], wave(1500, 1200), options());
    expect([...scores.subarray(0, 40)].every(Number.isNaN)).toBe(true);
    expect(scores[1200]).toBeGreaterThan(1);
    expect([...scores.subarray(1000, 1200)].filter((score) => score >= 1)).toEqual([]);
    expect(await scoreWithEncoder(plain, [feature], wave(1100), options())).toEqual(scores.subarray(0, 1100));
  });

  it('bears gaps and a workload without metrics', async () => {
    const gappy = wave(600).map((x, i) => (i % 7 === 0 ? Number.NaN : x));
    const scores = await scoreWithEncoder(plain, [feature], gappy, options());
    expect([...scores.subarray(200)].every((score, i) => ((i + 200) % 7 === 0 ? Number.isNaN(score) : Number.isFinite(score)))).toBe(true);
    expect(await scoreWithEncoder(plain, [], new Float64Array(0), options())).toHaveLength(0);
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

describe('createAgreement', () => {
  it('leaves alarms, raises what both nearly call one, and keeps the rest below the boundary', () => {
    const agree = createAgreement();
    expect(agree(1.4, 1.4, 0.2)).toBe(1.4);
    expect(agree(0.5, 0.9, 0.95)).toBeCloseTo(1.05, 12);
    expect(agree(0.5, 0.3, 0.9)).toBeLessThan(1);
    expect(agree(0.99, 0.3, 1.4)).toBeLessThan(1);
  });

  it('is the score itself as long as the encoder says nothing, and orders by it afterwards', () => {
    const silent = createAgreement();
    expect(silent(0.4, 0.4, Number.NaN)).toBeCloseTo(0.4, 6);
    const speaking = createAgreement();
    expect(speaking(0.4, 0.4, 0.8)).toBeGreaterThan(0.4);
  });
});
