/**
 * Where a metric's numbers lie. A workload's state is one ArrayBuffer, so that ten thousand workloads cost what their numbers cost
 * and a snapshot is a copy. Float64 slots of one metric follow; its Float32 tables are placed by `stateShape`.
 */
export const SLOT = {
  /** Samples seen. */
  count: 0,
  /** Level and mean absolute deviation around it (1.25 times it is a standard deviation of a Gaussian). */
  level: 1,
  spread: 2,
  /** Fast mean absolute deviation (1,000 samples), a floor for the clip of the level's update. */
  fastSpread: 3,
  /** Values at lags 1 to 3. */
  lag1: 4,
  lag2: 5,
  lag3: 6,
  /** Mean absolute differences to lag 1 and 3, over 1,000 and 250 samples. */
  diff1Slow: 7,
  diff1Fast: 8,
  diff3Slow: 9,
  diff3Fast: 10,
  /** Sparse guard: share and mean size of excursions from the level, their number, how many non-zero samples, and whether the last one was. */
  nonZeroShare: 11,
  nonZeroSize: 12,
  excursions: 13,
  nonZeroCount: 14,
  wasNonZero: 15,
  /** Daily profile: mean clipped errors of level and profile over the same samples, their number, the bin of the last sample. */
  levelError: 16,
  profileError: 17,
  profileCount: 18,
  profileBin: 19,
  /** Total mass of the three surprise histograms. */
  mass0: 20,
  mass1: 21,
  mass3: 22,
  /** Slow mean and variance for the window bank. */
  mean: 23,
  variance: 24,
  /** Signed surprise of the level residual, the last 6 samples, newest first. */
  plateau: 25,
  /** Level residual (compressed) at lags 0 to 11, newest first. */
  residualLags: 31,
  /** Unix seconds of the first and the newest sample. */
  firstSeconds: 43,
  lastSeconds: 44,
} as const;

export const SLOTS_PER_METRIC = 46;
export const PLATEAU_LENGTH = 6;
export const RESIDUAL_LAGS = 12;

/** Samples in the starting ring, from which the first level and spread are taken. */
export const RING_LENGTH = 32;

/** Largest |z| that enters means and moments linearly; above it grows with the logarithm, so one spike does not own the statistics. */
export const compress = (z: number): number => {
  const size = Math.abs(z);
  return size <= 10 ? z : Math.sign(z) * 10 * (1 + Math.log(size / 10));
};

/** The inverse of `compress`. */
export const expand = (z: number): number => {
  const size = Math.abs(z);
  return size <= 10 ? z : Math.sign(z) * 10 * Math.exp(size / 10 - 1);
};

/** Rate of an exponentially weighted mean over `window` samples that is a plain mean until it has seen that many. */
export const meanRate = (count: number, window: number): number => Math.max(1 / (count + 1), 1 / window);
