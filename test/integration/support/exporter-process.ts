import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WORKLOAD_PAGE } from '../../../src/exporter/api/schema/workloads.ts';
import type { ConfigInput } from '../../../src/exporter/config/schema.ts';
import type { FromSchema } from '../../../src/platform/index.ts';
import { type Exposition, parseExposition } from './exposition.ts';
import { keyText } from './live-cluster.ts';
import { until } from './until.ts';

type WorkloadPage = FromSchema<typeof WORKLOAD_PAGE>;

const BIN = fileURLToPath(new URL('../../../bin/bellwether.mjs', import.meta.url));
/** Loading TypeScript takes seconds on a busy machine. */
const START_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 5_000;

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly reason?: string;
  readonly outcome?: string;
}

/** A ready score and the instant it was given for. */
export interface TimedScore {
  readonly key: string;
  readonly timeMs: number;
  readonly score: number;
}

/** The exporter as a user runs it: a process with a configuration file. */
export interface ExporterProcess {
  readonly pid: number;
  /** Unix ms at which its ports were open. */
  readonly listeningMs: number;
  readonly log: readonly LogLine[];
  /** Address of the API port. */
  readonly api: string;
  /** Puts other content into the configuration file: a configuration that keeps the ports, or any text. */
  reconfigure(content: ConfigInput | string): void;
  alive(): boolean;
  scoresText(): Promise<string>;
  selfText(): Promise<string>;
  scores(): Promise<Exposition>;
  self(): Promise<Exposition>;
  /** Status and text of a path of the self port. */
  probe(path: '/healthz' | '/readyz'): Promise<{ readonly status: number; readonly text: string }>;
  /** The newest ready score of each workload, as the API lists them: there each has its instant beside it. */
  newest(): Promise<readonly TimedScore[]>;
  /** Resident bytes. */
  rss(): number;
  signal(signal: NodeJS.Signals): void;
  /** Ends at once, as by an out-of-memory killer. */
  kill(): Promise<number | null>;
  /** Gives back the exit code; null after a signal. */
  stop(): Promise<number | null>;
}

const running = new Map<ChildProcess, Promise<void>>();
process.on('exit', () => {
  for (const child of running.keys()) child.kill('SIGKILL');
});

/** For the end of a file: ends what a failed test has left. */
export const killExporters = async (): Promise<void> => {
  for (const [child, ended] of running) {
    child.kill('SIGKILL');
    await ended;
  }
};

const parseLine = (line: string): LogLine & { readonly scores?: string; readonly self?: string; readonly api?: string } => {
  try {
    return JSON.parse(line);
  } catch {
    return { level: 'none', msg: line };
  }
};

const get = async (url: string): Promise<{ status: number; text: string }> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  return { status: answer.status, text: await answer.text() };
};

export const startExporter = async (config: ConfigInput): Promise<ExporterProcess> => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-exporter-'));
  const file = join(folder, 'bellwether.yaml');
  const reconfigure = (content: ConfigInput | string): void => {
    // JSON is YAML.
    const text = typeof content === 'string' ? content : JSON.stringify({ listen: { scoresPort: 0, selfPort: 0, apiPort: 0 }, ...content });
    writeFileSync(file, text);
  };
  reconfigure(config);
  const child = spawn(process.execPath, [BIN, 'exporter', '--config', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close').then(() => {
    running.delete(child);
    rmSync(folder, { recursive: true, force: true });
  });
  running.set(child, ended);
  const log: LogLine[] = [];
  let addresses: { scores: string; self: string; api: string } | undefined;
  let listeningMs = 0;
  let rest = '';
  child.stderr.on('data', (part: Buffer) => {
    const lines = (rest + part.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.map(parseLine)) {
      log.push(line);
      if (line.msg !== 'listening' || !line.scores || !line.self || !line.api) continue;
      addresses = { scores: line.scores, self: line.self, api: line.api };
      listeningMs = Date.now();
    }
  });
  const alive = (): boolean => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (alive()) child.kill(signal);
    await ended;
    return child.exitCode;
  };
  const {
    scores: scoresUrl,
    self: selfUrl,
    api,
  } = await until(
    'open ports of the exporter',
    () => {
      if (!alive()) throw new Error(`the exporter ended at its start: ${JSON.stringify(log)}`);
      return addresses;
    },
    { timeoutMs: START_TIMEOUT_MS },
  );
  const scoresText = async (): Promise<string> => (await get(`${scoresUrl}/metrics`)).text;
  const selfText = async (): Promise<string> => (await get(`${selfUrl}/metrics`)).text;
  const self = async (): Promise<Exposition> => parseExposition(await selfText());

  const newest = async (): Promise<TimedScore[]> => {
    const { items } = JSON.parse((await get(`${api}/api/v1/workloads?limit=1000`)).text) as WorkloadPage;
    return items.flatMap(({ namespace, workload, workloadKind, timeSeconds, score }) =>
      score === null ? [] : [{ key: keyText(namespace, workload, workloadKind), timeMs: timeSeconds * 1000, score }],
    );
  };
  return {
    pid: child.pid ?? -1,
    listeningMs,
    log,
    api,
    reconfigure,
    alive,
    scoresText,
    selfText,
    scores: async () => parseExposition(await scoresText()),
    self,
    probe: (path) => get(`${selfUrl}${path}`),
    newest,
    rss: () => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? Number.NaN) * 1024,
    signal: (signal) => void child.kill(signal),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
};
