import { ENTITY, type WorkloadState } from './workload-state.ts';

/** Half a day: as long as somebody looks for what follows from an incident. */
const FADE_SECONDS = 43_200;
/** In the unit of the rank part, whose usual value is about 2: what has just alarmed stands before what is merely restless. */
const WEIGHT = 2;

/** What a workload's last alarm, of whatever part, still adds to its order below the boundary: trouble comes back, and its end is seldom its last sample. */
export const afterglow = (state: WorkloadState, seconds: number): number =>
  WEIGHT * Math.exp(-Math.max(0, seconds - state.doubles[ENTITY.lastSaid]!) / FADE_SECONDS);

/** Remembers that the score was an alarm. */
export const noteAlarm = (state: WorkloadState, seconds: number): void => {
  state.doubles[ENTITY.lastSaid] = seconds;
};
