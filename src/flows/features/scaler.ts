/** Back to back rows of numbers. */
export interface Matrix {
  readonly count: number;
  readonly width: number;
  readonly data: Float32Array | Float64Array;
}

/** Means and deviations of columns. */
export interface Scaler {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** Columns that hardly vary in training would make a mountain of any change. */
const LEAST_DEVIATION = 0.05;

/** Fitted on training rows alone, for all classes alike. */
export const fitScaler = ({ width, data }: Matrix, rows: ArrayLike<number>): Scaler => {
  const means = new Float64Array(width);
  const deviations = new Float64Array(width);
  for (let i = 0; i < rows.length; i++) for (let k = 0; k < width; k++) means[k]! += data[rows[i]! * width + k]! / rows.length;
  for (let i = 0; i < rows.length; i++)
    for (let k = 0; k < width; k++) deviations[k]! += (data[rows[i]! * width + k]! - means[k]!) ** 2 / rows.length;
  return { means, deviations: deviations.map((variance) => Math.max(Math.sqrt(variance), LEAST_DEVIATION)) };
};

/** One row in deviations from the mean, written into `out`. */
export const scaleInto = (
  { means, deviations }: Scaler,
  row: Float32Array | Float64Array,
  offset: number,
  out: Float64Array | Float32Array,
  at = 0,
): void => {
  for (let k = 0; k < means.length; k++) out[at + k] = (row[offset + k]! - means[k]!) / deviations[k]!;
};
