import { learnProfile, PROFILE_AFTER_SECONDS, profileBin, profileInUse, profileValue } from './daily-profile.ts';
import { beyondThisHour, EDGE_SIZE } from './hour-edge.ts';
import { compress, meanRate, RESIDUAL_LAGS, RING_LENGTH, SLOT } from './metric-slots.ts';
import { floorAt, type UnitFloor } from './unit-floor.ts';
import type { WorkloadState } from './workload-state.ts';

/** What a value is compared with: its level or daily profile, the value before, the value three before. */
export const RESIDUALS = ['level', 'change', 'change3'] as const;

/** One metric's residuals at one sample, before anything was learnt from it. */
export interface MetricResiduals {
  /** False until the 5th sample: then everything else is meaningless. */
  ready: boolean;
  readonly z: Float64Array;
  readonly expected: Float64Array;
  readonly scale: Float64Array;
}

export const createMetricResiduals = (): MetricResiduals => ({
  ready: false,
  z: new Float64Array(3),
  expected: new Float64Array(3),
  scale: new Float64Array(3),
});

/** Slow memory, in samples, of level and spread. */
const MEMORY = 20_000;
const MEMORY_FAST = 1_000;
const MEMORY_FASTEST = 250;
/** Mean absolute deviation to standard deviation of a Gaussian, sqrt(pi/2). */
const SIGMA = 1.25;
/** Updates further out than this many scales are clipped, so that an outlier moves the level little. */
const CLIP = 5;
/** A jump that ends where the metric usually is counts half: what was news is that it had left. */
const RETURN = 0.5;
/** Samples before the first residual. */
const WARM_UP = 4;
/** Missing samples in a row after which differences start anew. */
const LONGEST_GAP_STEPS = 10;

const hypot3 = (a: number, b: number, c: number): number => Math.sqrt(a * a + b * b + c * c);

/** A first change after n equal samples is a "1 in n+2" event, not infinitely surprising: the |z| at which the prior tail equals 1/(n+2). */
const constantCap = (count: number): number => Math.sqrt(3 * ((count + 2) ** (2 / 3) - 1));

const capConstant = (z: number, sigma: number, level: number, count: number): number => {
  if (sigma >= 1e-3 * Math.abs(level) + 1e-9) return z;
  const cap = constantCap(count);
  return z > cap ? cap : z < -cap ? -cap : z;
};

const median = (sorted: Float64Array): number => {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Scale of sparse series (rare excursions from a constant): their own mean excursion; 0 where a series is not sparse. */
const sparseScale = (d: Float64Array, slot: number): number =>
  d[slot + SLOT.excursions]! >= 4 && d[slot + SLOT.nonZeroShare]! < 0.2 ? d[slot + SLOT.nonZeroSize]! : 0;

/** Fills `out` from the state before `x`. Follows the recipe's level, difference, constant and sparse rules. */
export const deriveResiduals = (
  state: WorkloadState,
  metric: number,
  slot: number,
  floor: UnitFloor,
  seconds: number,
  x: number,
  out: MetricResiduals,
): void => {
  const d = state.doubles;
  const count = d[slot + SLOT.count]!;
  out.ready = count >= WARM_UP;
  if (!out.ready) return;
  const level = d[slot + SLOT.level]!;
  const fl = floorAt(floor, level);
  const sparse = sparseScale(d, slot);
  const young = Math.sqrt(count / (count + 6));

  let expected = level;
  let sigma = SIGMA * d[slot + SLOT.spread]!;
  if (profileInUse(state, slot)) {
    const value = profileValue(state, metric, profileBin(state, seconds));
    if (!Number.isNaN(value)) {
      expected = value;
      sigma = SIGMA * d[slot + SLOT.profileError]!;
    }
  }
  const scale0 = Math.max(hypot3(sigma, fl, 0), sparse);
  out.expected[0] = expected;
  out.scale[0] = scale0 / young;
  out.z[0] = capConstant((x - expected) / scale0, sigma, level, count) * young;

  // After a long gap there is no value before: a day of change is not a jump.
  const gapped = seconds - d[slot + SLOT.lastSeconds]! > LONGEST_GAP_STEPS * state.stepSeconds;
  for (let i = 1; i < 3; i++) {
    const lag = i === 1 ? SLOT.lag1 : SLOT.lag3;
    const slow = i === 1 ? SLOT.diff1Slow : SLOT.diff3Slow;
    const differenceSigma = SIGMA * Math.max(d[slot + slow]!, d[slot + slow + 1]!);
    const scale = hypot3(differenceSigma, fl * Math.SQRT1_2, sparse);
    out.expected[i] = d[slot + lag]!;
    out.scale[i] = scale / young;
    out.z[i] = gapped ? 0 : capConstant((x - d[slot + lag]!) / scale, differenceSigma, level, count) * young;
  }
  if (Math.abs(x - expected) <= scale0) {
    for (let i = 1; i < 3; i++) if (Math.abs(out.expected[i]! - expected) > Math.abs(x - expected)) out.z[i]! *= RETURN;
  }
  explainEdge(state, metric, seconds, x, scale0, out);
};

/** Explains what earlier days know of this time of the day; beyond that only the rest is left. */
const explainEdge = (state: WorkloadState, metric: number, seconds: number, x: number, scale: number, out: MetricResiduals): void => {
  const beyond = beyondThisHour(state, metric, seconds, x, scale);
  if (Number.isNaN(beyond)) return;
  const left = Math.min(1, beyond / (EDGE_SIZE * scale));
  const z0 = out.z[0]!;
  out.z[0] = Math.sign(z0) * Math.min(Math.abs(z0), beyond / scale);
  for (let i = 1; i < 3; i++) out.z[i] = out.z[i]! * left;
};

const ringScratch = new Float64Array(RING_LENGTH);

const learnRing = (state: WorkloadState, metric: number, slot: number, count: number, x: number): void => {
  const d = state.doubles;
  const ring = state.shape.rings + metric * RING_LENGTH;
  state.floats[ring + count] = x;
  const seen = ringScratch.subarray(0, count + 1);
  for (let i = 0; i <= count; i++) seen[i] = state.floats[ring + i]!;
  seen.sort();
  const level = median(seen);
  let meanDeviation = 0;
  for (let i = 0; i <= count; i++) {
    seen[i] = Math.abs(seen[i]! - level);
    meanDeviation += seen[i]! / (count + 1);
  }
  seen.sort();
  d[slot + SLOT.level] = level;
  d[slot + SLOT.spread] = Math.max((1.4826 * median(seen)) / SIGMA, 0.5 * meanDeviation);
};

const learnSparse = (d: Float64Array, slot: number, deviation: number, level: number, count: number): void => {
  const size = Math.abs(deviation);
  const nonZero = size > 1e-3 * Math.abs(level);
  d[slot + SLOT.nonZeroShare]! += meanRate(count, MEMORY_FAST) * ((nonZero ? 1 : 0) - d[slot + SLOT.nonZeroShare]!);
  if (nonZero) {
    d[slot + SLOT.nonZeroCount]! += 1;
    d[slot + SLOT.nonZeroSize]! += Math.max(1 / d[slot + SLOT.nonZeroCount]!, 0.02) * (size - d[slot + SLOT.nonZeroSize]!);
    if (d[slot + SLOT.wasNonZero] === 0) d[slot + SLOT.excursions]! += 1;
  }
  d[slot + SLOT.wasNonZero] = nonZero ? 1 : 0;
};

const learnLevel = (state: WorkloadState, metric: number, slot: number, fl: number, seconds: number, x: number): void => {
  const d = state.doubles;
  const count = d[slot + SLOT.count]!;
  const level = count === 0 ? x : d[slot + SLOT.level]!;
  const deviation = x - level;
  const sparse = sparseScale(d, slot);
  const scale = Math.max(hypot3(SIGMA * d[slot + SLOT.spread]!, fl, 0), sparse);
  const reach = CLIP * Math.max(scale, 0.5 * d[slot + SLOT.fastSpread]!);
  d[slot + SLOT.fastSpread]! += meanRate(count, MEMORY_FAST) * (Math.abs(deviation) - d[slot + SLOT.fastSpread]!);
  learnSparse(d, slot, deviation, level, count);

  const bin = profileBin(state, seconds);
  const old = seconds - d[slot + SLOT.firstSeconds]! >= PROFILE_AFTER_SECONDS ? profileValue(state, metric, bin) : Number.NaN;
  const profileScale = Math.max(scale, hypot3(SIGMA * d[slot + SLOT.profileError]!, fl, 0), sparse);
  const errors = Number.isNaN(old) ? undefined : { level: Math.abs(deviation), profile: Math.abs(x - old), clip: CLIP * profileScale };
  learnProfile(state, metric, slot, bin, x, errors, CLIP * (profileInUse(state, slot) ? profileScale : scale));

  if (count < RING_LENGTH) {
    learnRing(state, metric, slot, count, x);
    return;
  }
  const clipped = deviation > reach ? reach : deviation < -reach ? -reach : deviation;
  const rate = meanRate(count, MEMORY);
  d[slot + SLOT.level]! += rate * clipped;
  d[slot + SLOT.spread]! += rate * (Math.abs(clipped) - d[slot + SLOT.spread]!);
};

const learnDifferences = (d: Float64Array, slot: number, x: number, count: number): void => {
  if (count >= 1) {
    const size = Math.abs(x - d[slot + SLOT.lag1]!);
    d[slot + SLOT.diff1Slow]! += meanRate(count - 1, MEMORY_FAST) * (size - d[slot + SLOT.diff1Slow]!);
    d[slot + SLOT.diff1Fast]! += meanRate(count - 1, MEMORY_FASTEST) * (size - d[slot + SLOT.diff1Fast]!);
  }
  if (count >= 3) {
    const size = Math.abs(x - d[slot + SLOT.lag3]!);
    d[slot + SLOT.diff3Slow]! += meanRate(count - 3, MEMORY_FAST) * (size - d[slot + SLOT.diff3Slow]!);
    d[slot + SLOT.diff3Fast]! += meanRate(count - 3, MEMORY_FASTEST) * (size - d[slot + SLOT.diff3Fast]!);
  }
};

/** Slow mean and variance, clipped at 10 sigma, for the scale of the window bank. */
const learnVariance = (d: Float64Array, slot: number, fl: number, x: number, count: number): void => {
  const rate = meanRate(count, MEMORY);
  const reach = count < RING_LENGTH ? Number.POSITIVE_INFINITY : 10 * Math.sqrt(d[slot + SLOT.variance]! + fl * fl);
  const deviation = Math.max(-reach, Math.min(reach, x - d[slot + SLOT.mean]!));
  d[slot + SLOT.mean]! += rate * deviation;
  d[slot + SLOT.variance]! += rate * (deviation * deviation * (1 - rate) - d[slot + SLOT.variance]!);
};

/** Learns one sample after it was scored; `z0` is its level residual. */
export const learnResiduals = (
  state: WorkloadState,
  metric: number,
  slot: number,
  floor: UnitFloor,
  seconds: number,
  x: number,
  z0: number,
): void => {
  const d = state.doubles;
  const count = d[slot + SLOT.count]!;
  if (count === 0) d[slot + SLOT.firstSeconds] = seconds;
  const fl = floorAt(floor, count === 0 ? x : d[slot + SLOT.level]!);
  learnLevel(state, metric, slot, fl, seconds, x);
  if (seconds - d[slot + SLOT.lastSeconds]! <= LONGEST_GAP_STEPS * state.stepSeconds) learnDifferences(d, slot, x, count);
  learnVariance(d, slot, fl, x, count);
  d[slot + SLOT.lag3] = count === 0 ? x : d[slot + SLOT.lag2]!;
  d[slot + SLOT.lag2] = count === 0 ? x : d[slot + SLOT.lag1]!;
  d[slot + SLOT.lag1] = x;
  d.copyWithin(slot + SLOT.residualLags + 1, slot + SLOT.residualLags, slot + SLOT.residualLags + RESIDUAL_LAGS - 1);
  d[slot + SLOT.residualLags] = compress(z0);
  d[slot + SLOT.lastSeconds] = seconds;
  d[slot + SLOT.count] = count + 1;
};
