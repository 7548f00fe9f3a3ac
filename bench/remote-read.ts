// Remote read: chunks decoded per second beside Prometheus's own iterator, a whole read's CPU and memory, memory over the range's length.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prometheusVersion, startPrometheus } from './exporter/prometheus-process.ts';
import { gridTimes, writePast } from './exporter/remote-write.ts';
import { type ChunkFile, MIXES, makeChunkFile, timeDecoder } from './remote-read/chunks.ts';
import { buildGoIterator } from './remote-read/go-iterator.ts';
import { containerCounters } from './remote-read/load.ts';
import type { ReaderResult } from './remote-read/reader.ts';
import { bundleReader, runReader } from './remote-read/run-reader.ts';
import { printBar, printHead } from './report.ts';

const SEED = 20_240_110;
const CHUNKS = 10_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const { values: options } = parseArgs({
  options: {
    part: { type: 'string', default: 'decode,end-to-end,memory' },
    seconds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log('bench/remote-read.ts [--part decode,end-to-end,memory] [--seconds N]   N seconds per decoder and mix');
  process.exit(0);
}
const parts = new Set(options.part.split(','));
const abort = new AbortController();
let reached = true;
const bar = (...args: Parameters<typeof printBar>): void => {
  reached = printBar(...args) && reached;
};

const goVersion = (): string => {
  try {
    return execFileSync('go', ['version'], { encoding: 'utf8' }).trim();
  } catch {
    return 'not here: no comparison';
  }
};

const decodeBench = (files: ReadonlyMap<string, ChunkFile>): void => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-bench-'));
  try {
    const seconds = Number(options.seconds);
    const go = buildGoIterator(folder);
    for (const [mix, file] of files) {
      const ours = timeDecoder(file, seconds);
      const first = mix === [...files.keys()][0];
      console.log(`${mix}: ${(file.dataBytes / file.samples).toFixed(2)} bytes per sample`);
      bar({ name: '  decoded', value: 1e3 / ours, unit: 'M samples/s', ...(first ? { atLeast: 40 } : {}) });
      if (go === undefined) continue;
      const theirs = go.time(file, seconds);
      bar({ name: "  Prometheus's own iterator", value: 1e3 / theirs, unit: 'M samples/s' });
      bar({ name: '  ratio', value: theirs / ours, unit: 'times Go', ...(first ? { atLeast: 1 } : {}) });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const check = ({ runs }: ReaderResult, series: number, samples: number): void => {
  for (const run of runs) {
    if (run.series !== series || run.samples !== samples) throw new Error(`read ${run.series} series, ${run.samples} samples`);
  }
};

const METRIC = 'container_cpu_usage_seconds_total';

const endToEndBench = async (): Promise<void> => {
  const [count, samplesEach] = [20_000, 60];
  const prometheus = await startPrometheus({ signal: abort.signal });
  try {
    const endMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    const times = gridTimes(endMs - (samplesEach - 1) * 5_000, endMs, 5_000, 0);
    await writePast(prometheus.url, containerCounters(count, SEED), times, abort.signal);
    await prometheus.quiet(20_000);
    console.log(`\nend to end: ${count} raw series, ${count * samplesEach} samples of Prometheus`);
    for (const rung of ['streamed', 'samples'] as const) {
      const serverCpu = prometheus.cpuSeconds();
      const task = { url: prometheus.url, metric: METRIC, startMs: times[0]!, endMs, rung, mode: 'read', runs: 5 } as const;
      const cold = await runReader({ ...task, runs: 1 });
      const warm = await runReader(task);
      check(cold, count, count * samplesEach);
      check(warm, count, count * samplesEach);
      const bars = rung === 'streamed' ? { cpu: { atMost: 500 }, rss: { atMost: 120 } } : { cpu: {}, rss: {} };
      bar({ name: `  ${rung}: CPU of the first read`, value: cold.runs[0]!.cpuMs, unit: 'ms', ...bars.cpu });
      bar({ name: `  ${rung}: peak memory of one read`, value: cold.peakRss / 1e6, unit: 'MB', ...bars.rss });
      bar({ name: `  ${rung}: CPU of the fifth read`, value: warm.runs.at(-1)!.cpuMs, unit: 'ms' });
      bar({ name: `  ${rung}: wall time of the fifth read`, value: warm.runs.at(-1)!.wallMs, unit: 'ms' });
      bar({ name: `  ${rung}: peak memory of five reads`, value: warm.peakRss / 1e6, unit: 'MB' });
      bar({ name: `  ${rung}: CPU of Prometheus per read`, value: ((prometheus.cpuSeconds() - serverCpu) / 6) * 1000, unit: 'ms' });
    }
  } finally {
    await prometheus.stop();
  }
};

const memoryBench = async (): Promise<void> => {
  const [count, hours] = [2_000, 24];
  const prometheus = await startPrometheus({ signal: abort.signal });
  try {
    const endMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    const times = gridTimes(endMs - hours * HOUR_MS + MINUTE_MS, endMs, MINUTE_MS, 0);
    await writePast(prometheus.url, containerCounters(count, SEED + 1), times, abort.signal);
    await prometheus.quiet(30_000);
    console.log(`\nin slices: ${count} raw series, one sample a minute`);
    const read = async (span: number): Promise<ReaderResult> => {
      const task = { url: prometheus.url, metric: METRIC, endMs, rung: 'streamed', mode: 'slices', runs: 1 } as const;
      const result = await runReader({ ...task, startMs: endMs - span * HOUR_MS + MINUTE_MS });
      check(result, count, count * span * 60);
      const [run] = result.runs;
      console.log(`  ${span} h: ${run!.slices} slices, ${run!.samples} samples, ${run!.cpuMs.toFixed(0)} ms CPU`);
      return result;
    };
    const short = await read(1);
    const long = await read(hours);
    bar({ name: '  peak memory of 1 h', value: short.peakRss / 1e6, unit: 'MB' });
    bar({ name: '  peak memory of 24 h', value: long.peakRss / 1e6, unit: 'MB' });
    bar({ name: '  24 h over 1 h', value: long.peakRss / short.peakRss, unit: 'times', atMost: 1.2 });
  } finally {
    await prometheus.stop();
  }
};

const files = new Map(Object.keys(MIXES).map((mix) => [mix, makeChunkFile(mix, CHUNKS, SEED)]));
await printHead({
  bench: 'remote-read',
  seed: SEED,
  inputs: [...files].map(([name, { bytes }]) => ({ name: `${CHUNKS} chunks, ${name}`, source: { bytes } })),
  versions: { go: goVersion(), prometheus: await prometheusVersion().catch(() => 'not here') },
});
if (parts.has('decode')) decodeBench(files);
if (parts.has('end-to-end') || parts.has('memory')) await bundleReader();
if (parts.has('end-to-end')) await endToEndBench();
if (parts.has('memory')) await memoryBench();
process.exitCode = reached ? 0 : 1;
