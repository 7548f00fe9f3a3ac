/** Ring of the last `RECENT` values in a Float32 view: two hours at 30 s, four at a minute. */
export const RECENT = 240;

const scratch = new Float64Array(RECENT);

/** Median of the `count` values kept (at most RECENT); NaN for none. */
export const recentMedian = (ring: Float32Array, offset: number, count: number): number => {
  const length = Math.min(count, RECENT);
  if (length === 0) return Number.NaN;
  const values = scratch.subarray(0, length);
  values.set(ring.subarray(offset, offset + length));
  values.sort();
  const middle = length >> 1;
  return length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
};

export const pushRecent = (ring: Float32Array, offset: number, count: number, x: number): void => {
  ring[offset + (count % RECENT)] = x;
};
