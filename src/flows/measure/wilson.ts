/** 97.5 % quantile of the standard normal distribution: intervals of 95 %. */
const Z = 1.959964;

/** A share with its interval (Wilson, 1927), which holds for few trials and for shares near 0 and 1. */
export interface Share {
  readonly hits: number;
  readonly trials: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export const shareOf = (hits: number, trials: number): Share => {
  if (trials === 0) return { hits, trials, value: Number.NaN, low: 0, high: 1 };
  const p = hits / trials;
  const square = Z ** 2;
  const middle = (p + square / (2 * trials)) / (1 + square / trials);
  const half = (Z / (1 + square / trials)) * Math.sqrt((p * (1 - p)) / trials + square / (4 * trials ** 2));
  return { hits, trials, value: p, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
};

export const formatShare = ({ hits, trials, value, low, high }: Share): string =>
  trials === 0 ? '-' : `${(100 * value).toFixed(2)} % [${(100 * low).toFixed(2)}, ${(100 * high).toFixed(2)}] (${hits} of ${trials})`;
