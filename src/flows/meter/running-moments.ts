/** Count, sum, extremes and deviation of numbers that come one by one (Welford, 1962). */
export interface Moments {
  count: number;
  sum: number;
  least: number;
  most: number;
  mean: number;
  /** Sum of squared distances from the mean. */
  squares: number;
}

export const newMoments = (): Moments => ({ count: 0, sum: 0, least: Number.NaN, most: Number.NaN, mean: 0, squares: 0 });

export const addNumber = (moments: Moments, x: number): void => {
  moments.count++;
  moments.sum += x;
  const before = x - moments.mean;
  moments.mean += before / moments.count;
  moments.squares += before * (x - moments.mean);
  if (!(x >= moments.least)) moments.least = x;
  if (!(x <= moments.most)) moments.most = x;
};

/** Over n - 1; 0 for one number. */
export const varianceOf = ({ count, squares }: Moments): number => (count > 1 ? squares / (count - 1) : 0);
export const deviationOf = (moments: Moments): number => Math.sqrt(varianceOf(moments));
