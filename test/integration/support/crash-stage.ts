import { join } from 'node:path';
import type { ConfigInput } from '../../../src/exporter/config/schema.ts';
import { type ExporterProcess, startExporter } from './exporter-process.ts';
import { family } from './exposition.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { type Stage, startStage } from './stage.ts';
import { until } from './until.ts';

/** Large enough that a snapshot takes some milliseconds to write. */
export const CRASH_STAGE = { workloads: 120, intervalMs: 3000, pastSteps: 120, snapshotFile: 'snapshot.bin' } as const;

/** The least that the configuration allows. */
const SNAPSHOT_SECONDS = 10;
const SCORED_TIMEOUT_MS = 60_000;

/** A Prometheus, a proxy that tells when it was read, and an exporter that nothing happens to. */
export interface CrashStage {
  readonly prometheusUrl: string;
  readonly proxy: FaultyProxy;
  readonly reference: ExporterProcess;
  /** Without a folder no snapshot is kept. */
  configFor(url: string, folder?: string): ConfigInput;
  /** Waits for the scores of all workloads. Milliseconds since the ports were open. */
  untilScored(exporter: ExporterProcess): Promise<number>;
  /** Exporters are ended by `killExporters`. */
  stop(): Promise<void>;
}

export interface CrashStageOptions {
  readonly prometheus: string;
  readonly promtool: string;
  readonly seed: number;
  readonly namespaces?: number;
}

export const startCrashStage = async ({ prometheus, promtool, seed, namespaces = 3 }: CrashStageOptions): Promise<CrashStage> => {
  const { workloads, intervalMs, pastSteps, snapshotFile } = CRASH_STAGE;
  const stage: Stage = await startStage({ prometheus, promtool, seed, workloads, namespaces, stepMs: intervalMs, pastSteps });
  const proxy = await startFaultyProxy(stage.prometheus.url);
  const configFor = (url: string, folder?: string): ConfigInput => ({
    prometheus: { url },
    intervalSeconds: intervalMs / 1000,
    backfill: { hours: 0.2, stepSeconds: intervalMs / 1000 },
    ...(folder === undefined ? {} : { snapshot: { path: join(folder, snapshotFile), intervalSeconds: SNAPSHOT_SECONDS } }),
  });
  const untilScored = async (exporter: ExporterProcess): Promise<number> => {
    const areThere = async () => (family(await exporter.scores(), 'anomaly_score').size === workloads ? true : undefined);
    await until('scores of all workloads', areThere, { timeoutMs: SCORED_TIMEOUT_MS, everyMs: 20 });
    return Date.now() - exporter.listeningMs;
  };
  const reference = await startExporter(configFor(stage.prometheus.url));
  await untilScored(reference);
  return {
    prometheusUrl: stage.prometheus.url,
    proxy,
    reference,
    configFor,
    untilScored,
    stop: async () => {
      await proxy.close();
      await stage.stop();
    },
  };
};
