import { freePorts } from './child.ts';
import { startExporter, watchStartUp } from './exporter-process.ts';
import { createFigures, type Figure } from './figures.ts';
import { startLiveLoad } from './live-load.ts';
import type { PhaseContext } from './phase.ts';
import { startPrometheus } from './prometheus-process.ts';
import { METRICS, recordedLoad, SERIES_PER_WORKLOAD } from './recorded-load.ts';
import { gridTimes, writePast } from './remote-write.ts';

const HOUR_MS = 3_600_000;
const BACKFILL_HOURS = 24;
const STEP_SECONDS = 60;
const OFFSET_MS = 7_000;
const QUIET_MAX_MS = 90_000;
/** Far beyond the bar, so that a slow start has a figure. */
const TIMEOUT_MS = 600_000;
export const COLD_START_WORKLOADS = 1_000;

/** From the start of the process to ready scores, with a day of the past read from a real Prometheus. */
export const measureColdStart = async ({ seed, scale, program, profileTo, signal }: PhaseContext, all: Figure[]): Promise<void> => {
  const figures = createFigures('cold start', all);
  const workloads = Math.round(COLD_START_WORKLOADS * scale);
  const series = recordedLoad(workloads, seed);
  const prometheus = await startPrometheus({ signal });
  try {
    const nowMs = Date.now();
    const stepMs = STEP_SECONDS * 1000;
    const times = gridTimes(nowMs - BACKFILL_HOURS * HOUR_MS, nowMs, stepMs, OFFSET_MS);
    const samples = await writePast(prometheus.url, series, times, signal);
    const live = startLiveLoad({ url: prometheus.url, series, stepMs, offsetMs: OFFSET_MS, afterMs: times.at(-1)!, signal });
    try {
      // A block is cut off the head every two hours of data: let that end, it is no cost of the exporter.
      await prometheus.quiet(QUIET_MAX_MS);
      const stored = await prometheus.number(`sum(count_over_time(${METRICS[0]!.record}[25h]))`);
      if (stored < workloads * times.length)
        throw new Error(`${workloads * times.length} samples of a metric were written, the server has ${stored}`);
      console.log(`loaded: ${workloads} workloads x ${METRICS.length} metrics, ${series.length} series, ${samples} samples`);

      const [a, b, c] = await freePorts(3);
      const options = {
        prometheusUrl: prometheus.url,
        ports: [a!, b!, c!] as const,
        backfillHours: BACKFILL_HOURS,
        backfillStepSeconds: STEP_SECONDS,
        bank: true,
        program,
        ...(profileTo === undefined ? {} : { profileTo }),
        signal,
      };
      const serverCpu = prometheus.cpuSeconds();
      const exporter = await startExporter(options);
      try {
        const up = await watchStartUp(exporter, options, { workloads, timeoutMs: TIMEOUT_MS });
        const { cpu, peak } = exporter.usage();
        figures.add(`start to ready scores, ${workloads} workloads`, up.scoredMs / 1000, 's', { atMost: 30 });
        figures.add('start to /readyz 200', up.readyMs / 1000, 's');
        figures.add('answers "not ready" before it', up.notReadyAnswers, 'answers', { atLeast: 1 });
        figures.add('scores seen before readiness', up.earlyScores, 'probes', { atMost: 0 });
        figures.add('share of the back-fill done at readiness', up.progressAtReady, '', { atLeast: 1 });
        figures.add('CPU of the exporter until then', cpu, 's');
        figures.add('CPU of Prometheus meanwhile', prometheus.cpuSeconds() - serverCpu, 's');
        figures.add('peak RSS of the exporter', peak / 1e6, 'MB');
        figures.add('samples read a second', (workloads * SERIES_PER_WORKLOAD * times.length) / (up.readyMs / 1000), '1/s');
      } finally {
        await exporter.stop();
      }
    } finally {
      await live.stop();
    }
  } finally {
    await prometheus.stop();
  }
};
