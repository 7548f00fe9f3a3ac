import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, startChild, type Usage, usageOf, waitFor } from './child.ts';
import { countSeries, getText, readScrape, type Scrape } from './scrape.ts';

export interface ExporterOptions {
  readonly prometheusUrl: string;
  readonly ports: readonly [scores: number, self: number, api: number];
  readonly backfillHours: number;
  readonly backfillStepSeconds: number;
  readonly bank: boolean;
  /** Script to run with Node. */
  readonly program: string;
  /** Folder for a CPU profile, written when the exporter ends. */
  readonly profileTo?: string;
  readonly signal: AbortSignal;
}

export interface ExporterProcess {
  readonly child: Child;
  readonly startedMs: number;
  scoresText(): Promise<string | undefined>;
  self(): Promise<Scrape>;
  usage(): Usage;
  stop(): Promise<void>;
}

export interface StartUp {
  /** From the start of the process to the first 200 of /readyz. */
  readonly readyMs: number;
  /** From the start of the process to the wanted number of score series. */
  readonly scoredMs: number;
  /** Answers of /readyz that said "not yet". */
  readonly notReadyAnswers: number;
  /** Probes before readiness that saw a score; has to be none. */
  readonly earlyScores: number;
  /** Share of the back-fill that was done at the first 200; has to be 1. */
  readonly progressAtReady: number;
}

export const INTERVAL_SECONDS = 30;
const PROBE_MS = 100;

export const DEFAULT_PROGRAM = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));

// JSON is YAML: no writer of YAML is needed.
const configOf = ({ prometheusUrl, ports, backfillHours, backfillStepSeconds, bank }: ExporterOptions): string =>
  JSON.stringify({
    prometheus: { url: prometheusUrl },
    intervalSeconds: INTERVAL_SECONDS,
    backfill: { hours: backfillHours, stepSeconds: backfillStepSeconds },
    features: { preset: 'recorded' },
    scoring: { bank },
    listen: { scoresPort: ports[0], selfPort: ports[1], apiPort: ports[2] },
    log: { level: 'warn' },
  });

/** Starts the exporter as a user does: a process with a configuration file. */
export const startExporter = async (options: ExporterOptions): Promise<ExporterProcess> => {
  const { ports, program, profileTo, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-bench-'));
  const config = join(folder, 'bellwether.yaml');
  await writeFile(config, configOf(options));
  const profile = profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`];
  const startedMs = Date.now();
  const child = startChild(process.execPath, [...profile, program, 'exporter', '--config', config]);
  return {
    child,
    startedMs,
    scoresText: () => getText(`http://127.0.0.1:${ports[0]}/metrics`, signal),
    self: async () => readScrape((await getText(`http://127.0.0.1:${ports[1]}/metrics`, signal)) ?? ''),
    usage: () => usageOf(child.pid),
    stop: async () => {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Watches an exporter from its start until it gives scores for `workloads` workloads. */
export const watchStartUp = async (
  exporter: ExporterProcess,
  { ports, signal }: ExporterOptions,
  { workloads, timeoutMs }: { readonly workloads: number; readonly timeoutMs: number },
): Promise<StartUp> => {
  const { child, startedMs } = exporter;
  const url = `http://127.0.0.1:${ports[1]}/readyz`;
  let notReadyAnswers = 0;
  let earlyScores = 0;
  const isReady = async (): Promise<number | undefined> => {
    // Scores first: where readiness comes between the two questions, that is no early score.
    const scores = countSeries((await exporter.scoresText()) ?? '', 'anomaly_score');
    const status = await fetch(url, { signal }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => 0,
    );
    if (status === 200) return Date.now() - startedMs;
    if (status > 0) {
      notReadyAnswers++;
      if (scores > 0) earlyScores++;
    }
    return undefined;
  };
  const waiting = { child, timeoutMs, everyMs: PROBE_MS, signal };
  const readyMs = await waitFor('readiness', isReady, waiting);
  const progressAtReady = (await exporter.self())('bellwether_backfill_progress_ratio');
  const scored = async (): Promise<number | undefined> => {
    const count = countSeries((await exporter.scoresText()) ?? '', 'anomaly_score');
    return count >= workloads ? Date.now() - startedMs : undefined;
  };
  const scoredMs = await waitFor(`score series of ${workloads} workloads`, scored, waiting);
  return { readyMs, scoredMs, notReadyAnswers, earlyScores, progressAtReady };
};
