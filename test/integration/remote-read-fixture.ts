import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Labels, Series } from '../../src/conventions/index.ts';
import { seededRandom } from '../../src/platform/index.ts';

/** A real Prometheus on a port of its own choice, with its data in a folder that goes with it. */
export interface RunningPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

export interface PrometheusSetup {
  readonly binary: string;
  /** Text of prometheus.yml. */
  readonly config: string;
  /** Fills the data folder before the start. */
  readonly load?: (dataFolder: string) => void;
  readonly args?: readonly string[];
}

const START_TIMEOUT_MS = 30_000;

export const startPrometheus = async ({ binary, config, load, args = [] }: PrometheusSetup): Promise<RunningPrometheus> => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-prometheus-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  load?.(data);
  writeFileSync(join(folder, 'prometheus.yml'), config);
  const child = spawn(
    binary,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      '--web.listen-address=127.0.0.1:0',
      '--web.enable-remote-write-receiver',
      ...args,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = `http://${await listenAddress(child)}`;
    await untilReady(url);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** Prometheus logs the port that it was given for port 0. */
const listenAddress = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let log = '';
    const timer = setTimeout(() => reject(new Error(`no port in the log:\n${log}`)), START_TIMEOUT_MS);
    child.stderr?.on('data', (part: Buffer) => {
      log += part.toString();
      // The first mention has the port that was asked for, the second the real one.
      const address = /"?Listening on"? .*address=(127\.0\.0\.1:[1-9]\d*)/.exec(log)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`prometheus ended with ${code}:\n${log}`)));
  });

const untilReady = async (url: string): Promise<void> => {
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end; await sleep(100)) {
    const ready = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (ready?.status === 200) return;
  }
  throw new Error(`${url} is not ready`);
};

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Series of every shape that a float can have, at uneven times, with gaps. */
export const randomSeries = (count: number, startMs: number, stepMs: number, steps: number, seed: number): Series[] => {
  const random = seededRandom(seed);
  const shapes: readonly ((value: number) => number)[] = [
    (value) => value + Math.round(random() * 1e6) / 1e6,
    (value) => value + Math.floor(random() * 1000),
    () => Math.floor(random() * 2 ** 18) * 4096,
    () => (random() - 0.5) * 10 ** Math.floor(random() * 600 - 300),
    () => 1,
    () => Math.floor(random() * 2),
    (value) => -value,
    () => [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, Number.MAX_VALUE, 0.1][Math.floor(random() * 6)]!,
  ];
  return Array.from({ length: count }, (_, index) => {
    const shape = shapes[index % shapes.length]!;
    const jitter = Math.floor(random() * 2) * 400;
    const times: number[] = [];
    const values: number[] = [];
    let value = random() * 1000;
    for (let i = 0; i < steps; i++) {
      value = shape(value);
      if (random() < 0.05) continue;
      times.push(startMs + i * stepMs + Math.floor(random() * jitter));
      values.push(value);
    }
    return { labels: labelsOf(index), timesMs: Float64Array.from(times), values: Float64Array.from(values) };
  });
};

/** Labels as they come in clusters, and some that need escapes or are not ASCII. */
const labelsOf = (index: number): Labels => ({
  __name__: `random_${index % 7}`,
  index: String(index),
  namespace: `team-${index % 13}`,
  pod: `pod-${index}-${(index * 2654435761) % 99991}`,
  ...(index % 11 === 0 ? { path: `C:\\temp\n"${index}"`, city: 'Zürich 東京 🚀' } : {}),
  ...(index % 17 === 0 ? { ['__proto__']: 'an ordinary label in Prometheus' } : {}),
});

/** OpenMetrics text, families and series kept together as the format demands. */
export const openMetrics = (series: readonly Series[]): string => {
  const families = new Map<string, Series[]>();
  for (const one of series) {
    const name = one.labels.__name__!;
    families.set(name, [...(families.get(name) ?? []), one]);
  }
  let text = '';
  for (const [name, members] of families) {
    text += `# TYPE ${name} gauge\n`;
    for (const { labels, timesMs, values } of members) {
      const head = `${name}${formatLabels(labels)}`;
      timesMs.forEach((time, i) => {
        text += `${head} ${formatValue(values[i]!)} ${(time / 1000).toFixed(3)}\n`;
      });
    }
  }
  return `${text}# EOF\n`;
};

export const formatLabels = (labels: Labels): string =>
  `{${Object.entries(labels)
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`)
    .join(',')}}`;

export const formatValue = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';

/** Makes blocks of the series in a data folder. */
export const loadBlocks = (promtool: string, series: readonly Series[], dataFolder: string): void => {
  const file = join(dataFolder, '..', 'load.om');
  writeFileSync(file, openMetrics(series));
  execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', file, dataFolder], { stdio: 'pipe' });
};

/** A scrape target whose text is made anew for every scrape, at once or when its promise says. */
export const startTarget = async (
  text: (scrape: number) => string | Promise<string>,
): Promise<{ address: string; scrapes(): number; stop(): void }> => {
  let scrapes = 0;
  const server = createServer(async (_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(await text(scrapes++));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    scrapes: () => scrapes,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
