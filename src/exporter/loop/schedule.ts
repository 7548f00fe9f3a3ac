import type { Clock } from '../../platform/index.ts';

export interface ScheduleOptions {
  readonly intervalMs: number;
  /** Runs begin this long after each multiple of the interval. */
  readonly offsetMs: number;
  /** Runs whose time came while the one before was still running: they are left out, never made up for. */
  readonly onSkipped: (count: number) => void;
}

/** The first time after `nowMs` that lies `offsetMs` after a multiple of the interval. */
export const nextRunMs = (nowMs: number, { intervalMs, offsetMs }: Pick<ScheduleOptions, 'intervalMs' | 'offsetMs'>): number =>
  (Math.floor((nowMs - offsetMs) / intervalMs) + 1) * intervalMs + offsetMs;

/** Longest sleep before the clock is looked at again: a clock that is set must not leave the loop asleep. */
const LONGEST_SLEEP_MS = 60_000;

/** Runs on the clock until the signal is aborted, one run at a time. `run` must not reject. */
export const runSchedule = async (clock: Clock, options: ScheduleOptions, run: () => Promise<void>, signal: AbortSignal): Promise<void> => {
  let dueMs = nextRunMs(clock.nowMs(), options);
  while (!signal.aborted) {
    const nowMs = clock.nowMs();
    // The clock was set back: the next multiple is the one that people see coming.
    if (dueMs - nowMs > options.intervalMs) dueMs = nextRunMs(nowMs, options);
    if (nowMs < dueMs) {
      await clock.sleep(Math.min(dueMs - nowMs, LONGEST_SLEEP_MS), signal);
      continue;
    }
    await run();
    const next = nextRunMs(Math.max(clock.nowMs(), dueMs), options);
    const skipped = Math.round((next - dueMs) / options.intervalMs) - 1;
    if (skipped > 0) options.onSkipped(skipped);
    dueMs = next;
  }
};
