import { fillProfileRange, profileRange } from './daily-profile.ts';
import { SLOT } from './metric-slots.ts';
import { metricSlot, type WorkloadState } from './workload-state.ts';

/** Neighbouring bins of the daily profile that differ by this many scales are an edge: something begins or ends there every day. */
export const EDGE_SIZE = 3;
/** A job moves about as much as the day before, give or take this part. */
const EDGE_TOLERANCE = 0.5;

/**
 * What begins or ends at this time of the day, give or take a bin, moved the metric here yesterday too: a nightly backup. How far `x` lies beyond the values
 * known of this time, 0 between them; NaN where this time of the day has no edge.
 */
export const beyondThisHour = (state: WorkloadState, metric: number, seconds: number, x: number, scale: number): number => {
  fillProfileRange(state, metric, seconds, seconds - state.doubles[metricSlot(state, metric) + SLOT.firstSeconds]!);
  const { low, high } = profileRange;
  if (!(high - low > EDGE_SIZE * scale)) return Number.NaN;
  const tolerance = EDGE_TOLERANCE * (high - low);
  return Math.max(0, x - high - tolerance, low - tolerance - x);
};
