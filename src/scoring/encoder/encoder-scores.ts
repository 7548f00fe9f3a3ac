import type { FrameFeature } from '../../conventions/index.ts';
import { ENCODER, type WindowEncoder } from '../../learning/index.ts';
import type { Random } from '../../platform/index.ts';
import { createOwnPast } from '../classic/own-past.ts';
import { unitFloorOf } from '../unit-floor.ts';
import { createEmbeddingBank } from './embedding-bank.ts';
import { fillWindow, type ScaledMetric, scaleMetric } from './scaled-metric.ts';

const BANK_ROWS = 256;
/** Rows of the bank, and samples of a metric, before its distance counts. */
const LEAST_ROWS = 20;
/** Metrics whose distances make up the workload's. */
const TOP = 3;
/** Windows like an alarm are never admitted. */
const ADMITTED_BELOW = 0.8;
/** Frames that are embedded in one run. */
const CHUNK = 512;
const USUAL_MEMORY = 5000;

export interface EncoderScoreOptions {
  readonly stepSeconds: number;
  readonly random: Random;
}

const windowsOf = (metrics: readonly ScaledMetric[], from: number, to: number): Float32Array => {
  const size = ENCODER.channels * ENCODER.windowLength;
  const windows = new Float32Array((to - from) * metrics.length * size);
  const slice = new Float32Array(ENCODER.windowLength + 1);
  for (let i = from; i < to; i++)
    for (const [m, { deviations, ratios }] of metrics.entries()) {
      // Before the first sample everything was as usual.
      const start = i - ENCODER.windowLength;
      slice.fill(0);
      slice.set(deviations.subarray(Math.max(0, start), i + 1), Math.max(0, -start));
      fillWindow(slice, ratios[i]!, windows, ((i - from) * metrics.length + m) * size);
    }
  return windows;
};

const meanOfLargest = (values: readonly number[]): number => {
  const top = values.toSorted((a, b) => b - a).slice(0, TOP);
  return top.length === 0 ? Number.NaN : top.reduce((sum, value) => sum + value, 0) / top.length;
};

/**
 * Scores the frames of one workload, in their order: each metric's window is embedded and compared with a bank of the metric's own past
 * (the idea of PaAno, ICLR 2026); the mean of the three largest distances, each over its usual one, becomes a surprise in the workload's own past.
 * 1 = the alert boundary; NaN while too little is known.
 *
 * @param values frames back to back, in the order of `features`; NaN = no sample
 */
export const scoreWithEncoder = async (
  encoder: WindowEncoder,
  features: readonly FrameFeature[],
  values: Float64Array,
  { stepSeconds, random }: EncoderScoreOptions,
): Promise<Float64Array> => {
  const width = features.length;
  const count = width === 0 ? 0 : values.length / width;
  const metrics = features.map(({ unitClass }, m) => scaleMetric(count, (i) => values[i * width + m]!, unitFloorOf(unitClass)));
  const banks = metrics.map(() => createEmbeddingBank({ rows: BANK_ROWS, width: ENCODER.width, leastRows: LEAST_ROWS, random }));
  const usual = new Float64Array(width);
  const told = new Uint32Array(width);
  const ownPast = createOwnPast(stepSeconds);
  const scores = new Float64Array(count).fill(Number.NaN);
  for (let from = 0; from < count; from += CHUNK) {
    const to = Math.min(count, from + CHUNK);
    const embeddings = await encoder.embed((to - from) * width, windowsOf(metrics, from, to));
    for (let i = from; i < to; i++) {
      const places = metrics.flatMap(({ seen }, m) => (seen[i]! > LEAST_ROWS && Number.isFinite(values[i * width + m]!) ? [m] : []));
      const offsetOf = (m: number): number => ((i - from) * width + m) * ENCODER.width;
      const distances = places.flatMap((m) => {
        const distance = banks[m]!.distance(embeddings, offsetOf(m));
        if (Number.isNaN(distance)) return [];
        const relative = told[m]! < LEAST_ROWS ? 0 : distance / (usual[m]! + 0.05);
        told[m]! += 1;
        usual[m]! += Math.max(1 / told[m]!, 1 / USUAL_MEMORY) * (Math.min(distance, 5 * usual[m]! + 0.05) - usual[m]!);
        return [relative];
      });
      const score = ownPast(meanOfLargest(distances));
      scores[i] = score;
      if (!(score >= ADMITTED_BELOW)) for (const m of places) banks[m]!.admit(embeddings, offsetOf(m));
    }
  }
  return scores;
};
