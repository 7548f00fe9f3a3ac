/** Adds a bucket to lists kept in rising order of bounds; equal bounds (paths, methods) are summed. */
export const addBucket = (bounds: number[], counts: number[], bound: number, count: number): void => {
  let low = 0;
  let high = bounds.length;
  // Buckets of one histogram mostly come in order: look at the end first.
  if (high > 0 && bounds[high - 1]! < bound) low = high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bounds[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  if (bounds[low] === bound) counts[low]! += count;
  else {
    bounds.splice(low, 0, bound);
    counts.splice(low, 0, count);
  }
};

/**
 * Quantile of a classic histogram, as PromQL's `histogram_quantile`: linear inside a bucket, the lowest bucket starts at 0
 * (or is its own bound where that is not above 0), the open bucket gives the bound below it.
 * `bounds` rise, `counts` are cumulative; a count below the one before is lifted to it: buckets of one scrape may be read torn.
 * NaN where nothing was counted or there is no open bucket.
 */
export const histogramQuantile = (q: number, bounds: readonly number[], counts: number[]): number => {
  const last = bounds.length - 1;
  if (last < 1 || bounds[last] !== Number.POSITIVE_INFINITY) return Number.NaN;
  for (let i = 1; i <= last; i++) counts[i] = Math.max(counts[i]!, counts[i - 1]!);
  const total = counts[last]!;
  if (!(total > 0)) return Number.NaN;
  const rank = q * total;
  let i = 0;
  while (i < last && counts[i]! < rank) i++;
  if (i === last) return bounds[last - 1]!;
  if (i === 0 && bounds[0]! <= 0) return bounds[0]!;
  const lower = i === 0 ? 0 : bounds[i - 1]!;
  const below = i === 0 ? 0 : counts[i - 1]!;
  const inside = counts[i]! - below;
  return inside > 0 ? lower + ((bounds[i]! - lower) * (rank - below)) / inside : bounds[i]!;
};
