import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../report.ts';
import { freePorts } from './child.ts';
import { type ExporterOptions, INTERVAL_SECONDS, startExporter, watchStartUp } from './exporter-process.ts';
import { createFigures, type Figure, type Figures } from './figures.ts';
import { startLiveLoad } from './live-load.ts';
import { observeServer, observeTicks } from './observe.ts';
import { peerLoad } from './peer-load.ts';
import { ADAPTIVE_GROUPS, ALL_GROUPS, ruleFile } from './peer-rules.ts';
import type { PhaseContext } from './phase.ts';
import { type Prometheus, startPrometheus } from './prometheus-process.ts';
import { METRICS, recordedLoad } from './recorded-load.ts';
import { gridTimes, writePast } from './remote-write.ts';
import { TICK_WORKLOADS } from './ticks.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
const PAST_HOURS = 26;
const OFFSET_MS = 11_000;
const QUIET_MAX_MS = 120_000;
const START_TIMEOUT_MS = 600_000;
const SERVER_INTERVALS = 4;
const MAX_TICKS = 4;
/** Beside the watched cycles of the exporter: with 8 of them, each group of a minute runs five times, the seasonal group of five minutes once. */
const MORE_RULE_INTERVALS = 2;
/** The first evaluation of every group falls within its own interval of the reload; bands of the slow group come after. */
const SETTLE_MS = 90_000;
const PEER_WORKLOADS = 1_000;

const loadPast = async (prometheus: Prometheus, workloads: number, seed: number, signal: AbortSignal): Promise<number> => {
  const { level, derived } = peerLoad(workloads, seed);
  const nowMs = Date.now();
  const week = gridTimes(nowMs - 7 * DAY_MS - HOUR_MS, nowMs - 7 * DAY_MS + 1.5 * HOUR_MS, MINUTE_MS, OFFSET_MS);
  await writePast(prometheus.url, level, week, signal);
  const day = gridTimes(nowMs - PAST_HOURS * HOUR_MS, nowMs, MINUTE_MS, OFFSET_MS);
  return writePast(prometheus.url, [...level, ...derived], day, signal);
};

const measureExporter = async (
  prometheus: Prometheus,
  options: ExporterOptions,
  workloads: number,
  ticks: number,
  idle: number,
  figures: Figures,
): Promise<void> => {
  const exporter = await startExporter(options);
  try {
    await watchStartUp(exporter, options, { workloads, timeoutMs: START_TIMEOUT_MS });
    const seen = await observeTicks(exporter, prometheus, ticks, options.signal);
    const own = median(seen.intervals.map(({ cpu }) => cpu));
    const server = median(seen.intervals.map(({ serverCpu }) => serverCpu)) - idle;
    figures.add('exporter: its CPU per interval', own, 's');
    figures.add('exporter: CPU of Prometheus per interval', server, 's');
    figures.add('exporter: both, per 1,000 input series', ((own + server) / (workloads * METRICS.length)) * 1000, 's');
    figures.add('exporter: series added', seen.exposedSeries, 'series');
  } finally {
    await exporter.stop();
  }
};

const measureRules = async (
  name: string,
  groups: typeof ALL_GROUPS,
  prometheus: Prometheus,
  inputs: number,
  intervals: number,
  idle: number,
  figures: Figures,
  signal: AbortSignal,
): Promise<void> => {
  await prometheus.loadRules(ruleFile(groups));
  await sleep(SETTLE_MS, undefined, { signal });
  const cpu = (await observeServer(prometheus, intervals, signal)) - idle;
  const records = groups.flatMap(({ rules }) => rules.map(([record]) => record));
  const added = await prometheus.number(`count(last_over_time({__name__=~"${records.join('|')}"}[6m]))`);
  const perInterval = groups.map(({ seconds }) => INTERVAL_SECONDS / seconds);
  const samples = await Promise.all(
    groups.map(async (group, i) => {
      const names = group.rules.map(([record]) => record).join('|');
      return (await prometheus.number(`count(last_over_time({__name__=~"${names}"}[6m]))`)) * perInterval[i]!;
    }),
  );
  const missed = await prometheus.number('sum(increase(prometheus_rule_group_iterations_missed_total[5m]))');
  figures.add(`${name}: CPU of Prometheus per interval`, cpu, 's');
  figures.add(`${name}: the same per 1,000 input series`, (cpu / inputs) * 1000, 's');
  figures.add(
    `${name}: times ${((TICK_WORKLOADS * METRICS.length) / inputs).toFixed(0)}, for 10 k workloads`,
    (cpu * TICK_WORKLOADS * METRICS.length) / inputs,
    's',
    {
      note: 'scaled, not measured: the cost is one window per series',
    },
  );
  figures.add(`${name}: series added`, added, 'series', { note: `${(added / inputs).toFixed(1)} for each input series` });
  figures.add(
    `${name}: samples added per interval`,
    samples.reduce((sum, each) => sum + each, 0),
    'samples',
  );
  if (missed > 0) console.log(`    ${missed} evaluations were left out: the groups do not end within their interval`);
};

/** The exporter and recorded anomaly bands, one after the other, on the same Prometheus for the same series. */
export const measurePeer = async ({ seed, scale, ticks, program, signal }: PhaseContext, all: Figure[]): Promise<void> => {
  const figures = createFigures('peer', all);
  const workloads = Math.round(PEER_WORKLOADS * scale);
  const inputs = workloads * METRICS.length;
  const series = recordedLoad(workloads, seed);
  const [a, b, c] = await freePorts(3);
  const prometheus = await startPrometheus({ signal });
  try {
    const past = await loadPast(prometheus, workloads, seed, signal);
    const nowMs = Date.now();
    const stepMs = INTERVAL_SECONDS * 1000;
    const recent = gridTimes(nowMs - 0.9 * HOUR_MS, nowMs, stepMs, OFFSET_MS);
    await writePast(prometheus.url, series, recent, signal);
    await prometheus.scrape(`127.0.0.1:${a}`);
    const live = startLiveLoad({ url: prometheus.url, series, stepMs, offsetMs: OFFSET_MS, afterMs: recent.at(-1)!, signal });
    try {
      await prometheus.quiet(QUIET_MAX_MS);
      console.log(`loaded: ${inputs} input series, ${past} samples of the past for the bands`);
      const idle = await observeServer(prometheus, SERVER_INTERVALS, signal);
      const options: ExporterOptions = {
        prometheusUrl: prometheus.url,
        ports: [a!, b!, c!],
        backfillHours: 1,
        backfillStepSeconds: INTERVAL_SECONDS,
        bank: true,
        program,
        signal,
      };
      figures.add('input series', inputs, 'series');
      figures.add('CPU of Prometheus for ingestion alone, per interval', idle, 's');
      await measureExporter(prometheus, options, workloads, Math.min(ticks, MAX_TICKS), idle, figures);
      await measureRules('adaptive bands', ADAPTIVE_GROUPS, prometheus, inputs, ticks + MORE_RULE_INTERVALS, idle, figures, signal);
      await measureRules('adaptive and robust bands', ALL_GROUPS, prometheus, inputs, ticks + MORE_RULE_INTERVALS, idle, figures, signal);
    } finally {
      await live.stop();
    }
  } finally {
    await prometheus.stop();
  }
};
