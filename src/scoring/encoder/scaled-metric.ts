import { ENCODER } from '../../learning/index.ts';
import { floorAt, type UnitFloor } from '../unit-floor.ts';

/** Memory of mean, spread and the size of differences, in samples. */
const MEMORY = 5000;
/** Samples before a spread means anything; until then all values are as usual. */
const WARM_UP = 16;
/** Deviations beyond which one value pulls no harder. */
const CLIP = 6;

/** One metric in deviations from its own past, sample by sample. */
export interface ScaledMetric {
  /** 0 where the sample is missing or too little is known. */
  readonly deviations: Float32Array;
  /** Standard deviation over the usual size of a difference, at each sample. */
  readonly ratios: Float32Array;
  /** Samples that were not missing, up to and with each one. */
  readonly seen: Uint32Array;
}

/**
 * Scales a metric by what came before each sample, itself left out. A missing sample counts as usual.
 *
 * @param at the value of sample i, NaN = missing
 */
export const scaleMetric = (count: number, at: (i: number) => number, unit: UnitFloor | undefined): ScaledMetric => {
  const deviations = new Float32Array(count);
  const ratios = new Float32Array(count);
  const seenUpTo = new Uint32Array(count);
  let seen = 0;
  let mean = 0;
  let variance = 0;
  let difference = 0;
  let last = Number.NaN;
  for (let i = 0; i < count; i++) {
    const x = at(i);
    const floor = unit ? floorAt(unit, mean) : 1e-12;
    const scale = Math.sqrt(variance + floor * floor);
    ratios[i] = scale / Math.sqrt(difference + (floor * floor) / 2);
    if (Number.isFinite(x)) {
      if (seen >= WARM_UP) deviations[i] = (x - mean) / scale;
      seen++;
      const rate = Math.max(1 / seen, 1 / MEMORY);
      const pull = seen <= WARM_UP ? x - mean : Math.max(-CLIP * scale, Math.min(CLIP * scale, x - mean));
      mean += rate * pull;
      variance = (1 - rate) * (variance + rate * pull * pull);
      if (Number.isFinite(last)) {
        const step = Math.max(-CLIP * scale, Math.min(CLIP * scale, x - last));
        difference += rate * (step * step - difference);
      }
    }
    last = x;
    seenUpTo[i] = seen;
  }
  return { deviations, ratios, seen: seenUpTo };
};

/**
 * One window for the encoder: asinh of the deviations, then asinh of their differences over the usual difference; oldest first.
 *
 * @param deviations windowLength + 1 of them, oldest first; the first is only there for its difference
 * @param out filled from `offset`
 */
export const fillWindow = (deviations: ArrayLike<number>, ratio: number, out: Float32Array, offset: number): void => {
  const length = ENCODER.windowLength;
  for (let t = 0; t < length; t++) {
    const x = deviations[t + 1]!;
    out[offset + t] = Math.asinh(x);
    out[offset + length + t] = Math.asinh((x - deviations[t]!) * ratio);
  }
};
