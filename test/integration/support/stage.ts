import { loadBlocks, type RunningPrometheus, sleep, startPrometheus, startTarget } from '../remote-read-fixture.ts';
import { createLiveCluster, type LiveCluster, TARGET_LABELS } from './live-cluster.ts';
import { until } from './until.ts';

export interface StageOptions {
  readonly prometheus: string;
  readonly promtool: string;
  readonly seed: number;
  readonly workloads: number;
  readonly namespaces?: number;
  readonly nodes?: number;
  readonly stepMs: number;
  /** How much of the past is there before the first scrape. */
  readonly pastSteps: number;
  /** Where the past begins; by `pastSteps` before now where absent. The same time and seed give the same story. */
  readonly originMs?: number;
  /** Changes the text of a scrape. */
  readonly spoil?: (text: string, scrape: number) => string;
}

/** A real Prometheus that knows the past of a cluster and scrapes its present. */
export interface Stage {
  readonly cluster: LiveCluster;
  readonly prometheus: RunningPrometheus;
  stop(): Promise<void>;
}

export const scrapeConfig = (target: string): string => `
scrape_configs:
  - job_name: ${TARGET_LABELS.job}
    scrape_interval: 1s
    scrape_timeout: 1s
    static_configs: [{ targets: ['${target}'], labels: { instance: ${TARGET_LABELS.instance} } }]
`;

/** Part of a second, in milliseconds, in which scrapes are answered: well after exporters have read, just behind each second, and before they do so again. */
const ANSWER_FROM_MS = 600;
const ANSWER_TO_MS = 900;

/**
 * Prometheus scrapes at a moment of the second that follows from the target's address. Remote read is not isolated from a scrape that is being
 * stored: an exporter that reads just then gets one half of the series with and one without their newest samples.
 */
const untilQuietMoment = async (): Promise<void> => {
  const moment = Date.now() % 1000;
  if (moment < ANSWER_FROM_MS) await sleep(ANSWER_FROM_MS - moment);
  else if (moment > ANSWER_TO_MS) await sleep(1000 + ANSWER_FROM_MS - moment);
};

/** An origin for stages that are to tell the same story. */
export const originOf = (stepMs: number, pastSteps: number): number => Math.floor(Date.now() / stepMs - pastSteps) * stepMs;

export const startStage = async (options: StageOptions): Promise<Stage> => {
  const { prometheus, promtool, seed, workloads, namespaces = 3, nodes = 0, stepMs, pastSteps, spoil = (text) => text } = options;
  const originMs = options.originMs ?? originOf(stepMs, pastSteps);
  const cluster = createLiveCluster({ seed, workloads, namespaces, nodes, originMs, stepMs });
  const target = await startTarget(async (scrape) => {
    await untilQuietMoment();
    return spoil(cluster.text(Date.now()), scrape);
  });
  const server = await startPrometheus({
    binary: prometheus,
    config: scrapeConfig(target.address),
    load: (folder) => loadBlocks(promtool, cluster.past(originMs + pastSteps * stepMs), folder),
  });
  // The first scrape of a target comes at a moment of its own.
  await until('first scrapes', () => (target.scrapes() >= 2 ? true : undefined), { timeoutMs: 10_000 });
  return {
    cluster,
    prometheus: server,
    stop: async () => {
      await server.stop();
      target.stop();
    },
  };
};
