import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadSeries } from './recorded-load.ts';
import { gridTimes, writePast } from './remote-write.ts';

export interface LiveOptions {
  readonly url: string;
  readonly series: readonly LoadSeries[];
  readonly stepMs: number;
  /** A rule group is evaluated at its own moment within the interval, not at the exporter's. */
  readonly offsetMs: number;
  /** Newest instant already written. */
  readonly afterMs: number;
  readonly signal: AbortSignal;
}

export interface LiveLoad {
  /** Samples of how many instants were written, and the longest time that one instant took from its moment on. */
  readonly stats: { instants: number; worstLagMs: number };
  /** Ends once an instant at or after `timeMs` has been written. */
  reach(timeMs: number): Promise<void>;
  /** Rejects when writing failed. */
  stop(): Promise<void>;
}

/** Catches up with the clock, then writes one sample per series and step as it comes. */
export const startLiveLoad = ({ url, series, stepMs, offsetMs, afterMs, signal }: LiveOptions): LiveLoad => {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const stats = { instants: 0, worstLagMs: 0 };
  let writtenMs = afterMs;

  const run = async (): Promise<void> => {
    while (!both.aborted) {
      const due = gridTimes(writtenMs + 1, Date.now(), stepMs, offsetMs);
      if (due.length > 0) {
        await writePast(url, series, due, both);
        writtenMs = due.at(-1)!;
        stats.instants += due.length;
        if (due.length === 1) stats.worstLagMs = Math.max(stats.worstLagMs, Date.now() - writtenMs);
        continue;
      }
      const [next] = gridTimes(writtenMs + 1, writtenMs + stepMs, stepMs, offsetMs);
      await sleep(Math.max(1, next! - Date.now()), undefined, { signal: both });
    }
  };
  const running = run().catch((error: unknown) => {
    if (!both.aborted) throw error;
  });
  // Told where it is awaited; until then it must not end the process.
  running.catch(() => {});
  let failed = false;
  running.catch(() => {
    failed = true;
  });
  return {
    stats,
    reach: async (timeMs) => {
      while (writtenMs < timeMs) {
        if (failed) await running;
        await sleep(50, undefined, { signal });
      }
    },
    stop: async () => {
      ended.abort();
      await running;
    },
  };
};
