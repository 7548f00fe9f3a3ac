import { ENCODER } from '../../learning/index.ts';
import { floorAt, type UnitFloor } from '../unit-floor.ts';

/** Memory of mean, spread and the size of differences, in samples. */
const MEMORY = 5000;
/** Samples before a spread means anything; until then all values are as usual. */
const WARM_UP = 16;
/** Deviations beyond which one value pulls no harder. */
const CLIP = 6;

/** Numbers of one metric; all of them start as zeros. */
export const SCALE = { seen: 0, mean: 1, variance: 2, difference: 3, last: 4, hasLast: 5, ratio: 6 } as const;
export const SCALE_SLOTS = 7;

/**
 * The deviation of a sample from its metric's own past, which then learns it; 0 where it is missing or too little is known. Leaves the standard
 * deviation over the usual size of a difference in the slot `ratio`.
 *
 * @param x NaN = no sample
 */
export const observeScale = (d: Float64Array, at: number, x: number, unit: UnitFloor | undefined): number => {
  const mean = d[at + SCALE.mean]!;
  const floor = unit ? floorAt(unit, mean) : 1e-12;
  const scale = Math.sqrt(d[at + SCALE.variance]! + floor * floor);
  d[at + SCALE.ratio] = scale / Math.sqrt(d[at + SCALE.difference]! + (floor * floor) / 2);
  if (!Number.isFinite(x)) {
    d[at + SCALE.hasLast] = 0;
    return 0;
  }
  const deviation = d[at + SCALE.seen]! >= WARM_UP ? (x - mean) / scale : 0;
  const seen = d[at + SCALE.seen]! + 1;
  const rate = Math.max(1 / seen, 1 / MEMORY);
  const clip = (value: number): number => Math.max(-CLIP * scale, Math.min(CLIP * scale, value));
  const pull = seen <= WARM_UP ? x - mean : clip(x - mean);
  d[at + SCALE.seen] = seen;
  d[at + SCALE.mean] = mean + rate * pull;
  d[at + SCALE.variance] = (1 - rate) * (d[at + SCALE.variance]! + rate * pull * pull);
  if (d[at + SCALE.hasLast] === 1) {
    const step = clip(x - d[at + SCALE.last]!);
    d[at + SCALE.difference]! += rate * (step * step - d[at + SCALE.difference]!);
  }
  d[at + SCALE.last] = x;
  d[at + SCALE.hasLast] = 1;
  return deviation;
};

/** One metric in deviations from its own past, sample by sample. */
export interface ScaledMetric {
  readonly deviations: Float32Array;
  readonly ratios: Float32Array;
  /** Samples that were not missing, up to and with each one. */
  readonly seen: Uint32Array;
}

/** The same for a whole series; each sample is scaled by what came before it. */
export const scaleMetric = (count: number, at: (i: number) => number, unit: UnitFloor | undefined): ScaledMetric => {
  const scaled = { deviations: new Float32Array(count), ratios: new Float32Array(count), seen: new Uint32Array(count) };
  const slots = new Float64Array(SCALE_SLOTS);
  for (let i = 0; i < count; i++) {
    scaled.deviations[i] = observeScale(slots, 0, at(i), unit);
    scaled.ratios[i] = slots[SCALE.ratio]!;
    scaled.seen[i] = slots[SCALE.seen]!;
  }
  return scaled;
};

/**
 * One window for the encoder: asinh of the deviations, then asinh of their differences over the usual difference; oldest first.
 *
 * @param deviations windowLength + 1 of them from `from`, oldest first; the first is only there for its difference
 * @param out filled from `offset`
 */
export const fillWindow = (deviations: Float32Array, from: number, ratio: number, out: Float32Array, offset: number): void => {
  const length = ENCODER.windowLength;
  for (let t = 0; t < length; t++) {
    const x = deviations[from + t + 1]!;
    out[offset + t] = Math.asinh(x);
    out[offset + length + t] = Math.asinh((x - deviations[from + t]!) * ratio);
  }
};
