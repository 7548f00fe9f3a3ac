import type { Clock } from '../../platform/index.ts';

export interface DemoClockOptions {
  /** How far behind the wall clock time begins. */
  readonly behindMs: number;
  /** How many times faster it runs until it has caught up. */
  readonly speed: number;
}

/** A clock that begins in the past, runs fast, and is the wall clock once it has caught up: it is never in the future. */
export interface DemoClock extends Clock {
  readonly caughtUp: boolean;
}

export const createDemoClock = (wall: Clock, { behindMs, speed }: DemoClockOptions): DemoClock => {
  const startWallMs = wall.nowMs();
  const startMonotonicMs = wall.monotonicMs();
  // Per wall millisecond it gains speed - 1.
  const catchUpMs = speed > 1 ? behindMs / (speed - 1) : Number.POSITIVE_INFINITY;
  /** Demo time that has passed after so much wall time. */
  const passed = (wallMs: number): number => (wallMs < catchUpMs ? wallMs * speed : wallMs + behindMs);
  /** Wall time after which so much demo time has passed. */
  const needed = (demoMs: number): number => (demoMs < catchUpMs * speed ? demoMs / speed : demoMs - behindMs);
  const elapsed = (): number => wall.monotonicMs() - startMonotonicMs;
  return {
    nowMs: () => startWallMs - behindMs + passed(elapsed()),
    monotonicMs: () => passed(elapsed()),
    sleep: (ms, signal) => {
      const now = elapsed();
      return wall.sleep(Math.max(0, needed(passed(now) + ms) - now), signal);
    },
    get caughtUp() {
      return elapsed() >= catchUpMs;
    },
  };
};
