import { OWN_PAST_FLOATS, OWN_PAST_SLOTS, observeOwnPast } from '../own-past.ts';

/** Turns a detector's numbers, whatever their scale, into how surprising they are in the workload's own past: 1 is the alert boundary. NaN while it knows too little. */
export type OwnPast = (value: number) => number;

/** `observeOwnPast` with memory of its own; every call is a step later. */
export const createOwnPast = (stepSeconds: number): OwnPast => {
  const place = { doubles: new Float64Array(OWN_PAST_SLOTS), doublesAt: 0, floats: new Float32Array(OWN_PAST_FLOATS), floatsAt: 0 };
  let calls = 0;
  return (value) => observeOwnPast(place, calls++ * stepSeconds, stepSeconds, value);
};
