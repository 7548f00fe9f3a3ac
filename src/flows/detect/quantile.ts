/** A quantile with linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996); NaN of nothing. */
export const quantileOf = (values: ArrayLike<number>, q: number): number => {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const below = sorted[low]!;
  return below + (sorted[Math.min(low + 1, sorted.length - 1)]! - below) * (at - low);
};
