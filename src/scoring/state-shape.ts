import { RESIDUAL_LAGS, RING_LENGTH, SLOTS_PER_METRIC } from './metric-slots.ts';
import { BINS } from './surprise.ts';

/** Size of the window bank: samples of the whole past, drawn uniformly. */
export const BANK_ROWS = 128;
/** Width 0.05 up to a surprise of 10, that is one sample in ten thousand million. */
export const BAR_BINS = 200;
/** Numbers of a workload that belong to no metric; see workload-state.ts. */
export const ENTITY_SLOTS = 48;

export interface StateShape {
  readonly metrics: number;
  readonly profileBins: number;
  readonly bankWidth: number;
  readonly momentWidth: number;
  /** Offsets into the Float64 view. */
  readonly entity: number;
  readonly slots: number;
  readonly moments: number;
  /** Offsets into the Float32 view. */
  readonly rings: number;
  readonly histograms: number;
  readonly profiles: number;
  readonly bar: number;
  readonly bank: number;
  readonly fit: number;
  /** Offsets of the detectors' own numbers, in the order of the detectors. */
  readonly memories: readonly { readonly doubles: number; readonly floats: number; readonly size: MemorySize }[];
  /** Offset into the Uint8 view, = where the bytes begin. */
  readonly visits: number;
  readonly bytes: number;
}

export interface ShapeOptions {
  readonly stepSeconds: number;
  readonly bank: boolean;
}

/** Numbers that a detector keeps per workload. */
export interface MemorySize {
  readonly doubles: number;
  readonly floats: number;
}

/** Bins of the daily profile: 5 minutes, or a step where that is longer; 24 to 288 a day. */
export const profileBinsOf = (stepSeconds: number): number => Math.min(288, Math.max(24, Math.floor(86_400 / Math.max(600, stepSeconds))));

export const triangle = (width: number): number => (width * (width + 1)) / 2;

/** Places every table of a workload with that many scored metrics in one buffer. */
export const stateShape = (metrics: number, options: ShapeOptions, sizes: readonly MemorySize[]): StateShape => {
  const profileBins = profileBinsOf(options.stepSeconds);
  const bankWidth = options.bank ? (metrics === 1 ? 4 : 2 * metrics) : 0;
  const momentWidth = options.bank ? (metrics === 1 ? RESIDUAL_LAGS : 4 * metrics) : 0;
  let doubles = 0;
  const takeDoubles = (length: number): number => {
    const at = doubles;
    doubles += length;
    return at;
  };
  const entity = takeDoubles(ENTITY_SLOTS);
  const slots = takeDoubles(metrics * SLOTS_PER_METRIC);
  const moments = takeDoubles(momentWidth > 0 ? 1 + momentWidth + triangle(momentWidth) : 0);
  const memoryDoubles = sizes.map((size) => takeDoubles(size.doubles));
  let floats = doubles * 2;
  const takeFloats = (length: number): number => {
    const at = floats;
    floats += length;
    return at;
  };
  const rings = takeFloats(metrics * RING_LENGTH);
  const histograms = takeFloats(metrics * 3 * BINS);
  const profiles = takeFloats(metrics * profileBins);
  const bar = takeFloats(BAR_BINS);
  const bank = takeFloats(BANK_ROWS * bankWidth);
  const fit = takeFloats(momentWidth > 0 ? 2 * momentWidth + triangle(momentWidth) : 0);
  const memories = sizes.map((size, i) => ({ doubles: memoryDoubles[i]!, floats: takeFloats(size.floats), size }));
  const visits = floats * 4;
  const bytes = Math.ceil((visits + metrics * profileBins) / 8) * 8;
  return {
    metrics,
    profileBins,
    bankWidth,
    momentWidth,
    entity,
    slots,
    moments,
    rings,
    histograms,
    profiles,
    bar,
    bank,
    fit,
    memories,
    visits,
    bytes,
  };
};
