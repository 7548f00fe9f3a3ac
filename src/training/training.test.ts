import type { EventsFile, WorkloadSeries } from '../evaluation/index.ts';
import { buildEncoder, createWindowEncoder, ENCODER, initialWeights } from '../learning/index.ts';
import { seededRandom } from '../platform/index.ts';
import { openDirectSession } from '../testing/direct-session.ts';
import { changeWindow } from './changes.ts';
import { decodeFitState, encodeFitState } from './checkpoint.ts';
import { embedWith, encoderTraining, type FitState, fitEncoder, judgeEncoder } from './fit-encoder.ts';
import { compareModels } from './gate.ts';
import { trainingSeriesOf } from './training-series.ts';
import { tripletBatch } from './triplets.ts';

const STEP_MS = 60_000;

/** A wave with noise, beside a constant. */
const seriesOf = (seed: number, count = 2000): WorkloadSeries => {
  const random = seededRandom(seed);
  return {
    name: { namespace: 'n', workload: `w${seed}` },
    features: ['busy', 'still'].map((name) => ({ name, unit: '', unitClass: 'other' })),
    timesMs: Float64Array.from({ length: count }, (_, i) => i * STEP_MS),
    values: Float64Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 10 + Math.sin(i / 60) + random() : 5)),
  };
};
const eventsFor = (from: number, to: number): EventsFile => ({
  name: 'e',
  stepSeconds: 60,
  cleanUntil: undefined,
  faultFreeSpans: [],
  entities: [],
  events: [{ namespace: 'n', workload: 'w1', from, to, kind: 'k', metrics: [] } as unknown as EventsFile['events'][number]],
});

describe('trainingSeriesOf', () => {
  it('learns from metrics that move, and keeps the later part apart', () => {
    const found = trainingSeriesOf(seriesOf(1));
    expect(found).toHaveLength(1);
    const { learned, later } = found[0]!;
    expect(learned[0]).toBe(64);
    expect(learned.at(-1)).toBeLessThan(1600);
    // A later window must not reach back into what was learned.
    expect(later[0]! - ENCODER.windowLength).toBeGreaterThanOrEqual(1600);
  });

  it('leaves windows out that touch an event of the workload or a gap', () => {
    const series = seriesOf(1);
    series.values[2 * 300] = Number.NaN;
    const { learned } = trainingSeriesOf(series, eventsFor(1000 * 60, 1005 * 60))[0]!;
    const near = (i: number): boolean => learned.includes(i);
    expect([299, 300, 332, 333].map(near)).toEqual([true, false, false, true]);
    expect([989, 990, 1000, 1046, 1047].map(near)).toEqual([true, false, false, false, true]);
    expect(trainingSeriesOf(seriesOf(2), eventsFor(1000 * 60, 1005 * 60))[0]!.learned.includes(1000)).toBe(true);
  });

  it('gives nothing for a short series', () => {
    expect(trainingSeriesOf(seriesOf(1, 50))).toEqual([]);
  });
});

describe('changeWindow', () => {
  it('changes only newest samples, by no less than can be seen', () => {
    const kinds = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      const window = new Float32Array(33).map((_, i) => Math.sin(i) / 10);
      const before = window.slice();
      changeWindow(window, 2, seededRandom(seed));
      const first = window.findIndex((x, i) => x !== before[i]);
      expect(first).toBeGreaterThanOrEqual(33 - 12);
      kinds.add(first);
      expect(window.every(Number.isFinite)).toBe(true);
    }
    expect(kinds.size).toBeGreaterThan(4);
  });
});

describe('tripletBatch', () => {
  const series = trainingSeriesOf(seriesOf(1));

  it('depends on seed and number alone', () => {
    expect(tripletBatch(series, 'learned', 4, 1, 7)).toEqual(tripletBatch(series, 'learned', 4, 1, 7));
    expect(tripletBatch(series, 'learned', 4, 1, 7)).not.toEqual(tripletBatch(series, 'learned', 4, 1, 8));
    expect(tripletBatch(series, 'learned', 4, 1, 7)).not.toEqual(tripletBatch(series, 'learned', 4, 2, 7));
  });

  it('changes the end of the anchor and leaves its start', () => {
    const [anchor, , changed] = tripletBatch(series, 'later', 16, 1, 0);
    const start = ENCODER.windowLength - 13;
    expect(changed.slice(0, start)).toEqual(anchor.slice(0, start));
    expect(changed).not.toEqual(anchor);
  });
});

describe('fitEncoder', () => {
  const series = trainingSeriesOf(seriesOf(1));
  const graph = encoderTraining();

  it('learns to set changed windows apart, and ends at the same weights when it was stopped in between', async () => {
    const session = await openDirectSession(graph.model);
    const kept: FitState[] = [];
    const onPoint = async (state: FitState): Promise<void> => void kept.push(state);
    const whole = await fitEncoder(session, graph, series, { steps: 200, seed: 1, onPoint });
    expect(whole.curve.map(({ step }) => step)).toEqual([100, 200]);
    expect(whole.curve[1]!.laterSeparation).toBeGreaterThan(0.85);
    const from = decodeFitState(Buffer.concat(encodeFitState(kept[0]!)));
    expect(from).toEqual(kept[0]);
    expect(await fitEncoder(session, graph, series, { steps: 200, seed: 1, from })).toEqual(whole);

    const training = { dataSha256: 'a'.repeat(64), licence: 'own', windows: 1, seed: 1, steps: 200, metrics: {} };
    const built = buildEncoder(whole.trainer.weights, 'v', training);
    const serving = await openDirectSession(built.model);
    const { separation } = await judgeEncoder(embedWith(createWindowEncoder(built.manifest, serving)), series, 8);
    expect(separation).toBe(whole.curve[1]!.laterSeparation);
    expect(built.model.length).toBeLessThan(200 * 1024);
    await session.close();
    await serving.close();
  });

  it('stops between two steps', async () => {
    const session = await openDirectSession(graph.model);
    const signal = AbortSignal.abort();
    await expect(fitEncoder(session, graph, series, { steps: 200, seed: 1, signal })).rejects.toThrow('aborted');
    await session.close();
  });
});

describe('decodeFitState', () => {
  const weights = initialWeights(encoderTraining().parameters, seededRandom(1));
  const state: FitState = { trainer: { step: 100, weights, moments: weights, squares: weights }, curve: [] };
  const bytes = Buffer.concat(encodeFitState(state));

  it.each([
    ['nothing', new Uint8Array(0)],
    ['half a state', bytes.subarray(0, bytes.length / 2)],
    ['a state of another form', Buffer.concat([Buffer.from('{"format":2}\n'), bytes])],
    ['text', Buffer.from('not a state\n')],
  ])('begins anew from %s', (_, broken) => {
    expect(decodeFitState(broken)).toBeUndefined();
    expect(decodeFitState(bytes)).toEqual(state);
  });
});

describe('compareModels', () => {
  const judgement = (hits: number, of = 1000) => ({
    hits: Uint8Array.from({ length: of }, (_, i) => (i < hits ? 1 : 0)),
    separation: hits / of,
  });

  it.each([
    ['no champion', 500, undefined, true],
    ['clearly better', 950, 900, true],
    ['better by what chance gives', 901, 900, false],
    ['equal', 900, 900, false],
    ['worse', 800, 900, false],
  ])('%s', (_, challenger, champion, isBetter) => {
    const verdict = compareModels(judgement(challenger), champion === undefined ? undefined : judgement(champion));
    expect(verdict.isBetter).toBe(isBetter);
    expect(verdict.reason).toContain(`${(challenger / 10).toFixed(2)} %`);
  });
});
