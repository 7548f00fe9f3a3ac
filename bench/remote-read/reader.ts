// Runs in a process of its own: reads from a Prometheus and says what that cost, as JSON on stdout.
// It imports single files, not whole modules, so that logging, validation and the PromQL grammar are not in the figures.
import { fileURLToPath } from 'node:url';
import type { SelectorResult } from '../../src/conventions/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/http-client.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createPrometheusSource } from '../../src/prometheus/client/prometheus-source.ts';
import type { Rung } from '../../src/prometheus/index.ts';

export interface ReaderTask {
  readonly url: string;
  /** Name of the metric to read. */
  readonly metric: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly rung: Rung;
  /** `read` holds the whole answer, `slices` one slice at a time. */
  readonly mode: 'read' | 'slices';
  readonly runs: number;
}

export interface ReaderRun {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly series: number;
  readonly samples: number;
  readonly slices: number;
}

export interface ReaderResult {
  readonly runs: readonly ReaderRun[];
  /** Highest resident memory of the process, bytes. */
  readonly peakRss: number;
}

const samplesIn = (results: readonly SelectorResult[]): number =>
  results.reduce((sum, { series }) => sum + series.reduce((part, { timesMs }) => part + timesMs.length, 0), 0);

const runReader = async (task: ReaderTask): Promise<ReaderResult> => {
  const http = createHttpClient();
  const source = createPrometheusSource(
    { http, clock: systemClock, random: systemRandom },
    { url: task.url, maxBytes: 512 * 2 ** 20, timeoutMs: 120_000, rung: task.rung, firstSliceMs: 1_800_000 },
  );
  const request = { selectors: [[{ name: '__name__', type: '=' as const, value: task.metric }]], startMs: task.startMs, endMs: task.endMs };
  const runs: ReaderRun[] = [];
  for (let i = 0; i < task.runs; i++) {
    const cpu = process.cpuUsage();
    const startedMs = performance.now();
    let [series, samples, slices] = [0, 0, 0];
    const count = (results: readonly SelectorResult[]): void => {
      series = Math.max(series, results[0]!.series.length);
      samples += samplesIn(results);
      slices++;
    };
    if (task.mode === 'read') count(await source.read(request));
    else for await (const { results } of source.readSlices(request)) count(results);
    const { user, system } = process.cpuUsage(cpu);
    runs.push({ cpuMs: (user + system) / 1000, wallMs: performance.now() - startedMs, series, samples, slices });
  }
  await http.close();
  return { runs, peakRss: process.resourceUsage().maxRSS * 1024 };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await runReader(JSON.parse(process.argv[2]!) as ReaderTask)));
}
