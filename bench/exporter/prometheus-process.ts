import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Child, cpuSeconds, freePorts, startChild, waitFor } from './child.ts';
import { getText } from './scrape.ts';

const START_TIMEOUT_MS = 30_000;
const QUERY_TIMEOUT_MS = 60_000;
/** Below this share of a core over a few seconds the server has done what was asked of it: compaction and garbage. */
const QUIET_CORES = 0.08;
const QUIET_PROBE_MS = 3_000;

export interface Prometheus {
  readonly url: string;
  readonly child: Child;
  cpuSeconds(): number;
  /** Value of an instant query that gives one number; 0 where it gives nothing. */
  number(query: string): Promise<number>;
  /** Scrapes `host:port` from now on, as in a cluster. Not before the past is written: a sample of now closes everything older than an hour. */
  scrape(target: string): Promise<void>;
  /** Loads a rule file while running. */
  loadRules(yaml: string): Promise<void>;
  /** Resolves once the server is nearly idle, or after `maxMs`. */
  quiet(maxMs: number): Promise<void>;
  stop(): Promise<void>;
}

const prometheusProgram = (): string => {
  const path = process.env.PROMETHEUS ?? fileURLToPath(new URL('../../.tools/bin/prometheus', import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is missing: npm run tools -- prometheus`);
  return path;
};

/** What `prometheus --version` says first, without the word itself. */
export const prometheusVersion = async (): Promise<string> => {
  const { stdout } = await promisify(execFile)(prometheusProgram(), ['--version']);
  return /version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
};

const configuration = (scrapeTarget: string | undefined): string => {
  const scrape = `scrape_configs:
  - job_name: bellwether
    honor_labels: true
    scrape_interval: 30s
    scrape_timeout: 10s
    static_configs:
      - targets: ['${scrapeTarget}']
`;
  return `global:\n  evaluation_interval: 30s\nrule_files: ['rules/*.yaml']\n${scrapeTarget === undefined ? '' : scrape}`;
};

/** Starts a real Prometheus with an empty store on loopback; `stop` takes its data away. */
export const startPrometheus = async ({ signal }: { readonly signal: AbortSignal }): Promise<Prometheus> => {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-bench-'));
  await mkdir(join(folder, 'rules'));
  await writeFile(join(folder, 'prometheus.yml'), configuration(undefined));
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const child = startChild(prometheusProgram(), [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
    '--web.enable-lifecycle',
    // mad_over_time of the rules it is compared with.
    '--enable-feature=promql-experimental-functions',
    '--log.level=warn',
  ]);
  const stop = async (): Promise<void> => {
    await child.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const ask = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, { signal: AbortSignal.any([signal, AbortSignal.timeout(QUERY_TIMEOUT_MS)]) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: status ${answer.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  };
  const reload = async (): Promise<void> => {
    const answer = await fetch(`${url}/-/reload`, { method: 'POST', signal });
    if (!answer.ok) throw new Error(`reload: ${(await answer.text()).slice(0, 300)}`);
  };
  try {
    await waitFor('ready Prometheus', () => getText(`${url}/-/ready`, signal), {
      child,
      timeoutMs: START_TIMEOUT_MS,
      everyMs: 100,
      signal,
    });
    return {
      url,
      child,
      cpuSeconds: () => cpuSeconds(child.pid),
      number: async (query) => {
        const answer = (await ask(`/api/v1/query?query=${encodeURIComponent(query)}`)) as {
          data: { result: { value: [number, string] }[] };
        };
        return Number(answer.data.result[0]?.value[1] ?? 0);
      },
      scrape: async (target) => {
        await writeFile(join(folder, 'prometheus.yml'), configuration(target));
        await reload();
      },
      loadRules: async (yaml) => {
        await writeFile(join(folder, 'rules', 'peer.yaml'), yaml);
        await reload();
      },
      quiet: async (maxMs) => {
        const deadline = Date.now() + maxMs;
        for (;;) {
          const before = cpuSeconds(child.pid);
          await sleep(QUIET_PROBE_MS, undefined, { signal });
          if ((cpuSeconds(child.pid) - before) / (QUIET_PROBE_MS / 1000) < QUIET_CORES || Date.now() > deadline) return;
        }
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
