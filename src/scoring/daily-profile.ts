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
