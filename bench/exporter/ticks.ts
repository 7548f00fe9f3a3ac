import { median } from '../report.ts';
import { freePorts } from './child.ts';
import { type ExporterOptions, INTERVAL_SECONDS, startExporter, watchStartUp } from './exporter-process.ts';
import { createFigures, type Figure } from './figures.ts';
import { startLiveLoad } from './live-load.ts';
import { observeServer, observeTicks } from './observe.ts';
import type { PhaseContext } from './phase.ts';
import { type Prometheus, startPrometheus } from './prometheus-process.ts';
import { METRICS, recordedLoad } from './recorded-load.ts';
import { gridTimes, writePast } from './remote-write.ts';

const HOUR_MS = 3_600_000;
/** 150 samples per series: more than the 128 windows of a bank. */
const PAST_HOURS = 1.25;
/** The samples' own moment within the interval, as that of a rule group. */
const OFFSET_MS = 11_000;
const SERVER_INTERVALS = 4;
/** Long, as a machine with other work may be slow to start; the start is measured, not judged here. */
const START_TIMEOUT_MS = 900_000;
const QUIET_MAX_MS = 30_000;
export const TICK_WORKLOADS = 10_000;

/** Bytes, decimal: the bars are set in MB. */
const MAX_RSS_MB = { on: 700, off: 400 } as const;

const measureTicks = async (
  prometheus: Prometheus,
  options: ExporterOptions,
  workloads: number,
  ticks: number,
  idleServerCpu: number,
  all: Figure[],
): Promise<void> => {
  const bank = options.bank ? 'on' : 'off';
  const figures = createFigures(`ticks, bank ${bank}`, all);
  const exporter = await startExporter(options);
  try {
    const up = await watchStartUp(exporter, options, { workloads, timeoutMs: START_TIMEOUT_MS });
    const seen = await observeTicks(exporter, prometheus, ticks, options.signal);
    const of = (pick: (each: (typeof seen.intervals)[number]) => number): number[] => seen.intervals.map(pick);
    const wall = of(({ wall }) => wall);
    const cpu = of(({ cpu }) => cpu);
    const listed = (values: readonly number[]): string => `${ticks} ticks: ${values.map((value) => value.toFixed(2)).join(' ')}`;
    figures.add(`tick of ${workloads} workloads, wall, median`, median(wall), 's', { atMost: 2, note: listed(wall) });
    figures.add('of it the read from Prometheus, median', median(of(({ read }) => read)), 's');
    figures.add('tick, CPU, median', median(cpu), 's', { atMost: 1, note: `${listed(cpu)}; everything in an interval, scrapes too` });
    figures.add('RSS, highest in these ticks', seen.rss / 1e6, 'MB', { atMost: MAX_RSS_MB[bank] });
    figures.add('RSS, highest since start', seen.peak / 1e6, 'MB', { atMost: MAX_RSS_MB[bank] });
    figures.add('RSS per workload', seen.rss / workloads, 'bytes');
    figures.add('state per workload', seen.stateBytes / workloads, 'bytes');
    figures.add('history for explanations per workload', seen.historyBytes / workloads, 'bytes');
    figures.add('cycles without a score of their own', ticks - of(({ cycles }) => cycles).filter((cycles) => cycles === 1).length, '', {
      atMost: 0,
    });
    figures.add('failed cycles', seen.failures, '', { atMost: 0 });
    figures.add('score series', seen.scoreSeries, 'series', { atLeast: workloads });
    figures.add('start to ready scores, 75 min of the past', up.scoredMs / 1000, 's');
    const serverCpu = median(of(({ serverCpu }) => serverCpu)) - idleServerCpu;
    figures.add('CPU of Prometheus for reads and scrape, per interval', serverCpu, 's');
    figures.add('CPU of exporter and Prometheus, per interval', median(cpu) + serverCpu, 's');
    figures.add('series added to Prometheus', seen.exposedSeries, 'series');
  } finally {
    await exporter.stop();
  }
};

/** Wall time, CPU and memory of live cycles over 10 k workloads, first with the bank, then without. */
export const measureAllTicks = async ({ seed, scale, ticks, program, profileTo, signal }: PhaseContext, all: Figure[]): Promise<void> => {
  const workloads = Math.round(TICK_WORKLOADS * scale);
  const series = recordedLoad(workloads, seed);
  const [a, b, c] = await freePorts(3);
  const prometheus = await startPrometheus({ signal });
  try {
    const nowMs = Date.now();
    const stepMs = INTERVAL_SECONDS * 1000;
    const times = gridTimes(nowMs - PAST_HOURS * HOUR_MS, nowMs, stepMs, OFFSET_MS);
    const samples = await writePast(prometheus.url, series, times, signal);
    await prometheus.scrape(`127.0.0.1:${a}`);
    const live = startLiveLoad({ url: prometheus.url, series, stepMs, offsetMs: OFFSET_MS, afterMs: times.at(-1)!, signal });
    try {
      await prometheus.quiet(QUIET_MAX_MS);
      console.log(`loaded: ${workloads} workloads x ${METRICS.length} metrics, ${series.length} series, ${samples} samples`);
      const idleServerCpu = await observeServer(prometheus, SERVER_INTERVALS, signal);
      createFigures('ticks', all).add('CPU of Prometheus for ingestion alone, per interval', idleServerCpu, 's');
      for (const bank of [true, false]) {
        const options: ExporterOptions = {
          prometheusUrl: prometheus.url,
          ports: [a!, b!, c!],
          backfillHours: PAST_HOURS,
          backfillStepSeconds: INTERVAL_SECONDS,
          bank,
          program,
          ...(profileTo === undefined ? {} : { profileTo }),
          signal,
        };
        await measureTicks(prometheus, options, workloads, ticks, idleServerCpu, all);
      }
    } finally {
      await live.stop();
    }
  } finally {
    await prometheus.stop();
  }
};
