import { setTimeout as sleep } from 'node:timers/promises';
import { type ExporterProcess, INTERVAL_SECONDS } from './exporter-process.ts';
import type { Prometheus } from './prometheus-process.ts';
import { countSeries } from './scrape.ts';

/** Cycles are aligned to the clock; figures are taken this long after, when the cycle and the scrape of its scores have ended. */
const LOOK_AT_SECONDS = 22;
const RSS_PROBE_MS = 500;

/** One interval of the exporter's life. */
export interface Interval {
  /** Cycles that ended in it; one where all is well. */
  readonly cycles: number;
  /** Mean wall time of its cycles, seconds: read, features and scores, as the exporter itself measures it. */
  readonly wall: number;
  /** Of it the read from Prometheus, up to its last decoded sample. */
  readonly read: number;
  /** CPU seconds of the exporter: the cycle, the scrapes, everything. */
  readonly cpu: number;
  /** CPU seconds of Prometheus: ingestion, reads, the scrape. */
  readonly serverCpu: number;
}

export interface Observation {
  readonly intervals: readonly Interval[];
  /** Highest resident memory seen in these intervals, bytes. */
  readonly rss: number;
  readonly peak: number;
  readonly stateBytes: number;
  readonly historyBytes: number;
  readonly failures: number;
  readonly scoreSeries: number;
  readonly exposedSeries: number;
}

/** Sleeps until the clock shows `LOOK_AT_SECONDS` into an interval. */
const nextLook = async (signal: AbortSignal, probe: () => void = () => {}): Promise<void> => {
  const stepMs = INTERVAL_SECONDS * 1000;
  const lookMs = Math.ceil((Date.now() + 1000 - LOOK_AT_SECONDS * 1000) / stepMs) * stepMs + LOOK_AT_SECONDS * 1000;
  for (;;) {
    probe();
    const leftMs = lookMs - Date.now();
    if (leftMs <= 0) return;
    await sleep(Math.min(RSS_PROBE_MS, leftMs), undefined, { signal });
  }
};

/** CPU seconds per interval of a server that nobody reads from. */
export const observeServer = async (prometheus: Prometheus, intervals: number, signal: AbortSignal): Promise<number> => {
  await nextLook(signal);
  const before = prometheus.cpuSeconds();
  for (let i = 0; i < intervals; i++) await nextLook(signal);
  return (prometheus.cpuSeconds() - before) / intervals;
};

/** Watches `count` whole intervals of a ready exporter. */
export const observeTicks = async (
  exporter: ExporterProcess,
  prometheus: Prometheus,
  count: number,
  signal: AbortSignal,
): Promise<Observation> => {
  let rss = 0;
  const probe = (): void => {
    rss = Math.max(rss, exporter.usage().rss);
  };
  const look = async () => {
    const cpu = exporter.usage().cpu;
    const serverCpu = prometheus.cpuSeconds();
    const self = await exporter.self();
    return {
      cpu,
      serverCpu,
      seconds: self('bellwether_score_duration_seconds_sum'),
      readSeconds: self('bellwether_source_read_duration_seconds_sum'),
      cycles: self('bellwether_score_duration_seconds_count'),
      failures: self('bellwether_cycle_failures_total', 'loop="tick"') || 0,
      stateBytes: self('bellwether_scorer_state_bytes'),
      historyBytes: self('bellwether_history_bytes'),
    };
  };
  await nextLook(signal);
  let last = await look();
  const firstFailures = last.failures;
  const intervals: Interval[] = [];
  for (let i = 0; i < count; i++) {
    await nextLook(signal, probe);
    const now = await look();
    const cycles = now.cycles - last.cycles;
    intervals.push({
      cycles,
      wall: (now.seconds - last.seconds) / cycles,
      read: (now.readSeconds - last.readSeconds) / cycles,
      cpu: now.cpu - last.cpu,
      serverCpu: now.serverCpu - last.serverCpu,
    });
    last = now;
  }
  const text = (await exporter.scoresText()) ?? '';
  return {
    intervals,
    rss,
    peak: exporter.usage().peak,
    stateBytes: last.stateBytes,
    historyBytes: last.historyBytes,
    failures: last.failures - firstFailures,
    scoreSeries: countSeries(text, 'anomaly_score'),
    exposedSeries: text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
  };
};
