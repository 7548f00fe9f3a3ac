/** Turns of the power iteration; eigenvalues of data are rarely closer than that can tell apart, and where they are either order will do. */
const TURNS = 200;

const multiply = (matrix: Float64Array, width: number, vector: Float64Array): Float64Array =>
  Float64Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += matrix[i * width + j]! * vector[j]!;
    return sum;
  });

const normalise = (vector: Float64Array): number => {
  const length = Math.hypot(...vector);
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return length;
};

/**
 * The first principal components (Pearson 1901; Hotelling 1933) of rows whose columns have mean 0, by power iteration with deflation: `count` rows of `width`,
 * back to back, fewer where the data have less rank. The largest weight of each is positive, so that the same data give the same components.
 */
export const principalComponents = (rows: Float32Array, width: number, count: number): number[] => {
  const covariance = new Float64Array(width * width);
  const total = rows.length / width;
  for (let at = 0; at < rows.length; at += width)
    for (let i = 0; i < width; i++) for (let j = 0; j < width; j++) covariance[i * width + j]! += (rows[at + i]! * rows[at + j]!) / total;
  const components: number[] = [];
  for (let k = 0; k < Math.min(count, width); k++) {
    let vector: Float64Array = Float64Array.from({ length: width }, (_, i) => 1 / (1 + ((i + k) % width)));
    normalise(vector);
    let size = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      vector = multiply(covariance, width, vector);
      size = normalise(vector);
      if (size < 1e-12) return components;
    }
    const largest = vector.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
    if (largest < 0) for (let i = 0; i < width; i++) vector[i]! *= -1;
    components.push(...vector);
    for (let i = 0; i < width; i++) for (let j = 0; j < width; j++) covariance[i * width + j]! -= size * vector[i]! * vector[j]!;
  }
  return components;
};
