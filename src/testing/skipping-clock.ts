import type { Clock } from '../platform/index.ts';

export interface SkippingClock extends Clock {
  /** Lets time pass. */
  advance(ms: number): void;
  /** Every sleep that was asked for, in milliseconds. */
  readonly sleeps: readonly number[];
}

/** A clock for code that sleeps between attempts: a sleep ends at once and time has passed. */
export const createSkippingClock = (startMs: number): SkippingClock => {
  let passedMs = 0;
  const sleeps: number[] = [];
  return {
    sleeps,
    nowMs: () => startMs + passedMs,
    monotonicMs: () => passedMs,
    sleep: async (ms) => {
      sleeps.push(ms);
      passedMs += ms;
    },
    advance: (ms) => {
      passedMs += ms;
    },
  };
};
