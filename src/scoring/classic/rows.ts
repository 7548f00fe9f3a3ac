import type { Random } from '../../platform/index.ts';

/** Feature vectors back to back: `count` rows of `width` numbers, none of them NaN. */
export interface Rows {
  readonly count: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** A detector that has seen its rows. */
export interface FittedDetector {
  /** One number per row, higher = less like the rows it was fitted on. Its scale is the detector's own. */
  score(rows: Rows): Float64Array | Promise<Float64Array>;
}

/** A detector that learns from a set of rows at once. */
export interface ClassicDetector {
  readonly id: string;
  /** `windows`: it wants rows of the last samples in their order (`buildWindows`); else newest value and mean of three lags. */
  readonly rows?: 'windows';
  /** At least two rows. The same rows and random numbers give the same detector. */
  fit(rows: Rows, random: Random): FittedDetector | Promise<FittedDetector>;
}

/** A detector that scores one row at a time, as most do. */
export const scoreEach =
  (score: (data: Float32Array, offset: number) => number) =>
  ({ count, width, data }: Rows): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => score(data, i * width));

export const squaredDistance = (a: Float32Array, offsetA: number, b: Float32Array, offsetB: number, width: number): number => {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (a[offsetA + k]! - b[offsetB + k]!) ** 2;
  return sum;
};

/** `count` different indices below `size`, or all of them where there are no more (Floyd's sampling; Bentley and Floyd, 1987). */
export const sampleIndices = (size: number, count: number, random: Random): Int32Array => {
  const chosen = new Set<number>();
  for (let i = Math.max(0, size - count); i < size; i++) {
    const candidate = Math.floor(random() * (i + 1));
    chosen.add(chosen.has(candidate) ? i : candidate);
  }
  return Int32Array.from(chosen);
};
