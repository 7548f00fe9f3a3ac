import { meanRate, SLOT } from './metric-slots.ts';
import type { WorkloadState } from './workload-state.ts';

const DAY_SECONDS = 86_400;
/** Error memory in samples. */
const MEMORY = 20_000;
/** The profile has to be this much better than the level before it is believed. */
const ADVANTAGE = 0.9;
/** Visits over which a bin is a plain mean; later ones weigh one seventh, so a week is remembered. */
const MEMORY_VISITS = 7;

export const profileBin = (state: WorkloadState, seconds: number): number => {
  const bins = state.shape.profileBins;
  const inDay = ((seconds % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS;
  return Math.min(bins - 1, Math.floor((inDay / DAY_SECONDS) * bins));
};

/** The profile's value: the bin mixed 1:2:1 with its neighbours, as far as they were visited; NaN where the bin never was. */
export const profileValue = (state: WorkloadState, metric: number, bin: number): number => {
  const { profileBins: bins, profiles, visits } = state.shape;
  const values = profiles + metric * bins;
  const seen = visits + metric * bins;
  if (state.bytes[seen + bin] === 0) return Number.NaN;
  const before = (bin + bins - 1) % bins;
  const after = (bin + 1) % bins;
  let sum = 2 * state.floats[values + bin]!;
  let weight = 2;
  if (state.bytes[seen + before]! > 0) {
    sum += state.floats[values + before]!;
    weight++;
  }
  if (state.bytes[seen + after]! > 0) {
    sum += state.floats[values + after]!;
    weight++;
  }
  return sum / weight;
};

/** Lowest and highest value known of a time of the day from earlier days; low > high where there is none. Reused. */
export const profileRange = { low: 0, high: 0 };

/** Lag of the longest difference: values a change is measured against belong to the range. */
const LONGEST_LAG = 3;

/** Fills `profileRange` from the bin of `seconds`, the next one and those before it, as far as they lie in the `age` seconds of history. */
export const fillProfileRange = (state: WorkloadState, metric: number, seconds: number, age: number): void => {
  const { profileBins: bins, profiles, visits } = state.shape;
  profileRange.low = Number.POSITIVE_INFINITY;
  profileRange.high = Number.NEGATIVE_INFINITY;
  const width = DAY_SECONDS / bins;
  const bin = profileBin(state, seconds);
  const inBin = (((seconds % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS) - bin * width;
  const before = Math.ceil((LONGEST_LAG * state.stepSeconds) / width);
  for (let offset = -before; offset <= 1; offset++) {
    const at = metric * bins + ((bin + bins + offset) % bins);
    // The bin's turn a day ago ended that long ago. Before the first sample it says nothing, and what it holds is of today: good enough for bins
    // before this one, but this one would explain itself.
    const endedAgo = DAY_SECONDS + inBin - (offset + 1) * width;
    if (age <= DAY_SECONDS + inBin - 2 * width || (offset >= 0 && age <= endedAgo) || state.bytes[visits + at] === 0) continue;
    const value = state.floats[profiles + at]!;
    if (value < profileRange.low) profileRange.low = value;
    if (value > profileRange.high) profileRange.high = value;
  }
};

/** Whether the profile has earned its place: enough samples in competition with the level, and clearly smaller errors. */
export const profileInUse = (state: WorkloadState, slot: number): boolean => {
  const d = state.doubles;
  return (
    d[slot + SLOT.profileCount]! >= state.shape.profileBins / 2 && d[slot + SLOT.profileError]! < ADVANTAGE * d[slot + SLOT.levelError]!
  );
};

/** Learns one sample; errors are those of the old state, clipped by the caller. */
export const learnProfile = (
  state: WorkloadState,
  metric: number,
  slot: number,
  bin: number,
  x: number,
  errors: { level: number; profile: number; clip: number } | undefined,
  reach: number,
): void => {
  const d = state.doubles;
  if (errors) {
    const rate = meanRate(d[slot + SLOT.profileCount]!, MEMORY);
    d[slot + SLOT.levelError]! += rate * (Math.min(errors.level, errors.clip) - d[slot + SLOT.levelError]!);
    d[slot + SLOT.profileError]! += rate * (Math.min(errors.profile, errors.clip) - d[slot + SLOT.profileError]!);
    d[slot + SLOT.profileCount]! += 1;
  }
  const bins = state.shape.profileBins;
  const value = state.shape.profiles + metric * bins + bin;
  const seen = state.shape.visits + metric * bins + bin;
  if (state.bytes[seen] === 0) {
    state.floats[value] = x;
    state.bytes[seen] = 1;
  } else {
    if (d[slot + SLOT.profileBin] !== bin && state.bytes[seen]! < 255) state.bytes[seen]! += 1;
    const share = Math.min(1, (state.stepSeconds * bins) / DAY_SECONDS) / Math.min(state.bytes[seen]!, MEMORY_VISITS);
    const error = x - state.floats[value]!;
    state.floats[value]! += share * Math.max(-reach, Math.min(reach, error));
  }
  d[slot + SLOT.profileBin] = bin;
};

/** Seconds of history before the profile may compete. */
export const PROFILE_AFTER_SECONDS = DAY_SECONDS;
