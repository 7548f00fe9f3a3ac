import type { FrameFeature } from '../../conventions/index.ts';
import { floorAt, unitFloorOf } from '../unit-floor.ts';
import type { Rows } from './rows.ts';

/** Lags whose mean stands beside the newest value; a workload of one metric has each of them. */
const LAGS = 3;
const MEMORY = 20_000;
/** Standard deviations beyond which values are alike. */
const CLIP = 10;
/** Samples before a deviation means anything. */
const WARM_UP = 16;

/**
 * Rows for the classic detectors out of the frames of one workload: per metric the newest value and the mean of the three before it,
 * each in deviations from the metric's own past mean. A missing sample counts as usual. One row per frame, of past and present only.
 *
 * @param values frames back to back, in the order of `features`; NaN = no sample.
 */
export const buildRows = (features: readonly FrameFeature[], values: Float64Array): Rows => {
  const single = features.length === 1;
  return build(features, values, single ? LAGS + 1 : 2, (scaled, at, data) => {
    data[at] = scaled(0);
    if (!single) data[at + 1] = (scaled(1) + scaled(2) + scaled(3)) / LAGS;
    else for (let lag = 1; lag <= LAGS; lag++) data[at + lag] = scaled(lag);
  });
};

/** Rows of the last `length` samples per metric, oldest first, scaled alike: metric after metric. */
export const buildWindows = (features: readonly FrameFeature[], values: Float64Array, length: number): Rows =>
  build(features, values, length, (scaled, at, data) => {
    for (let lag = 0; lag < length; lag++) data[at + length - 1 - lag] = scaled(lag);
  });

type FillRow = (scaled: (lag: number) => number, at: number, data: Float32Array) => void;

const build = (features: readonly FrameFeature[], values: Float64Array, parts: number, fill: FillRow): Rows => {
  const metrics = features.length;
  const count = metrics === 0 ? 0 : values.length / metrics;
  const floors = features.map(({ unitClass }) => unitFloorOf(unitClass));
  const data = new Float32Array(count * metrics * parts);
  const mean = new Float64Array(metrics);
  const variance = new Float64Array(metrics);
  const seen = new Uint32Array(metrics);
  for (let row = 0; row < count; row++)
    for (let m = 0; m < metrics; m++) {
      const unit = floors[m];
      const floor = unit ? floorAt(unit, mean[m]!) : 0;
      const scale = Math.sqrt(variance[m]! + floor * floor) + 1e-12;
      const scaled = (lag: number): number => {
        const x = row >= lag ? values[(row - lag) * metrics + m]! : Number.NaN;
        return Number.isFinite(x) && seen[m]! >= WARM_UP ? Math.max(-CLIP, Math.min(CLIP, (x - mean[m]!) / scale)) : 0;
      };
      fill(scaled, (row * metrics + m) * parts, data);
      const x = values[row * metrics + m]!;
      if (!Number.isFinite(x)) continue;
      seen[m]! += 1;
      const rate = Math.max(1 / seen[m]!, 1 / MEMORY);
      const limit = CLIP * Math.max(scale, 1e-12);
      const difference = seen[m]! <= WARM_UP ? x - mean[m]! : Math.max(-limit, Math.min(limit, x - mean[m]!));
      mean[m]! += rate * difference;
      variance[m] = (1 - rate) * (variance[m]! + rate * difference * difference);
    }
  return { count, width: metrics * parts, data };
};
