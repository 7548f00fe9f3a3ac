import type { Random } from '../../platform/index.ts';
import type { ClusterPlan, NodePlan, WorkloadPlan } from './cluster-plan.ts';
import { forkRandom } from './draws.ts';
import { applicationLabels, containerLabels, podCgroupLabels } from './labels.ts';
import { noiseProfile } from './noise-profiles.ts';
import {
  COUNTER,
  containerCounterAt,
  DURATION_BUCKETS,
  hasCompleted,
  type Pod,
  runAt,
  SANDBOX,
  STATUS_CODES,
  sandboxCounterAt,
} from './pod.ts';
import type { BatchWriter, SeriesTable } from './series-table.ts';
import { type Block, createBlock, createTarget, missBlock, pushBlock, type Scrape, type Target } from './target.ts';

/** The series of one pod out of cAdvisor and its own endpoint. */
export interface PodScraper {
  /** cAdvisor's part of a scrape of the pod's node. */
  scrapeContainer(scrape: Scrape, stepStartMs: number): void;
  /** The pod's own metrics endpoint, where it has one. */
  scrapeApplication(stepStartMs: number): void;
  /** The pod is gone: markers for what the last scrape had. */
  vanish(scrape: Scrape): void;
}

export interface ScrapeContext {
  readonly plan: ClusterPlan;
  readonly table: SeriesTable;
  readonly writer: BatchWriter;
  readonly stepMs: number;
}

/** cAdvisor looks at a container every 10 s plus a jitter of up to as much (its housekeeping interval and jitter factor 1). */
const HOUSEKEEPING_MS = 10_000;
/** An application answers its metrics endpoint a few seconds after its start. */
const LISTENS_AFTER_MS = 3000;

const CONTAINER_COUNTERS = [COUNTER.cpu, COUNTER.reads, COUNTER.writes] as const;
const LIMIT_COUNTERS = [COUNTER.periods, COUNTER.throttled] as const;
const NETWORK_FAMILIES = [
  'container_network_receive_bytes_total',
  'container_network_transmit_bytes_total',
  'container_network_receive_packets_total',
  'container_network_transmit_packets_total',
] as const;

interface ContainerBlock {
  readonly containerId: string;
  readonly block: Block;
  readonly limited: boolean;
}

const applicationBlock = (context: ScrapeContext, plan: WorkloadPlan, pod: Pod): Block => {
  const own = applicationLabels(plan, pod);
  return createBlock(context.table, [
    ...STATUS_CODES.map((code) => ({ __name__: 'http_requests_total', ...own, method: 'GET', code })),
    { __name__: 'http_request_duration_seconds_sum', ...own },
    { __name__: 'http_request_duration_seconds_count', ...own },
    ...DURATION_BUCKETS.map((bound) => ({
      __name__: 'http_request_duration_seconds_bucket',
      ...own,
      le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound),
    })),
  ]);
};

const containerBlock = (context: ScrapeContext, plan: WorkloadPlan, pod: Pod, node: NodePlan, containerId: string): ContainerBlock => {
  const own = containerLabels(plan, pod, node, containerId, context.plan.cadvisorLabels);
  const limited = plan.cpuLimitCores !== undefined;
  const device = { device: '/dev/nvme0n1' };
  return {
    containerId,
    limited,
    block: createBlock(context.table, [
      { __name__: 'container_memory_working_set_bytes', ...own },
      { __name__: 'container_cpu_usage_seconds_total', ...own, cpu: 'total' },
      { __name__: 'container_fs_reads_bytes_total', ...own, ...device },
      { __name__: 'container_fs_writes_bytes_total', ...own, ...device },
      ...(limited
        ? [
            { __name__: 'container_cpu_cfs_periods_total', ...own },
            { __name__: 'container_cpu_cfs_throttled_periods_total', ...own },
          ]
        : []),
    ]),
  };
};

const sandboxBlock = (context: ScrapeContext, plan: WorkloadPlan, pod: Pod, node: NodePlan): Block => {
  const own = podCgroupLabels(plan, pod, node, context.plan.cadvisorLabels);
  return createBlock(context.table, [
    ...NETWORK_FAMILIES.map((name) => ({ __name__: name, ...own, interface: 'eth0' })),
    { __name__: 'container_cpu_usage_seconds_total', ...own, cpu: 'total' },
    { __name__: 'container_memory_working_set_bytes', ...own },
  ]);
};

/** Prometheus stores whole bytes, packets and periods; CPU seconds keep their fraction. */
const whole = Math.floor;

export const createPodScraper = (context: ScrapeContext, plan: WorkloadPlan, pod: Pod, node: NodePlan): PodScraper => {
  const { writer } = context;
  const random: Random = forkRandom(plan.seed, `${pod.uid}/scrape`);
  const gaps = noiseProfile(plan.noise).gaps;
  const target: Target | undefined = plan.appMetrics ? createTarget(`${pod.ip}:8080`, plan.seed, context.stepMs) : undefined;
  const ownTimes = context.plan.cadvisorTimes === 'own';
  const sandbox = sandboxBlock(context, plan, pod, node);
  const application = plan.appMetrics ? applicationBlock(context, plan, pod) : undefined;
  const up = plan.appMetrics ? createBlock(context.table, [{ __name__: 'up', ...applicationLabels(plan, pod) }]) : undefined;
  const applicationValues = new Float64Array(application?.series.length ?? 0);
  const containerValues = new Float64Array(6);
  const sandboxValues = new Float64Array(6);
  let container: ContainerBlock | undefined;
  let seenMs = Number.NEGATIVE_INFINITY;
  let nextLookMs = pod.createdMs + random() * HOUSEKEEPING_MS;
  let missing = 0;

  /** When cAdvisor last looked before the scrape. */
  const lookedAt = (timeMs: number): number => {
    let looked = seenMs;
    // After a long pause (a fresh simulation) only the last looks matter.
    if (nextLookMs < timeMs - 10 * HOUSEKEEPING_MS) nextLookMs = timeMs - 2 * HOUSEKEEPING_MS * (1 + random());
    while (nextLookMs <= timeMs) {
      looked = Math.round(nextLookMs);
      nextLookMs += HOUSEKEEPING_MS * (1 + random());
    }
    return looked;
  };

  const pushContainer = (timeMs: number, lookMs: number, stepStartMs: number): void => {
    const run = runAt(pod, lookMs);
    if (!run) {
      missBlock(writer, container?.block, timeMs, !ownTimes);
      return;
    }
    if (container?.containerId !== run.containerId) {
      missBlock(writer, container?.block, timeMs, !ownTimes && context.plan.cadvisorLabels === 'full');
      container = containerBlock(context, plan, pod, node, run.containerId);
    }
    containerValues[0] = whole(pod.memoryBytes / 4096) * 4096;
    CONTAINER_COUNTERS.forEach((counter, i) => {
      const value = containerCounterAt(pod, run, counter, lookMs, stepStartMs);
      containerValues[i + 1] = counter === COUNTER.cpu ? value : whole(value);
    });
    if (container.limited) {
      LIMIT_COUNTERS.forEach((counter, i) => {
        containerValues[i + 4] = whole(containerCounterAt(pod, run, counter, lookMs, stepStartMs));
      });
    }
    pushBlock(writer, container.block, timeMs, containerValues);
  };

  return {
    scrapeContainer: (scrape, stepStartMs) => {
      if (scrape.outcome === 'lost') return;
      if (missing > 0) missing--;
      else if (random() < gaps.perScrape) missing = 1 + Math.floor(-Math.log(1 - random()) * (gaps.meanScrapes - 1));
      if (scrape.outcome === 'failed' || missing > 0) {
        missBlock(writer, container?.block, scrape.timeMs, !ownTimes);
        missBlock(writer, sandbox, scrape.timeMs, !ownTimes);
        return;
      }
      const lookMs = lookedAt(scrape.timeMs);
      // The kubelet stops the sandbox of a pod that has completed, and its network with it.
      if (hasCompleted(pod, lookMs)) {
        missBlock(writer, container?.block, scrape.timeMs, !ownTimes);
        missBlock(writer, sandbox, scrape.timeMs, !ownTimes);
        return;
      }
      // The same look a second time under its own time is a duplicate, which Prometheus drops.
      if (lookMs < pod.createdMs || (ownTimes && lookMs === seenMs)) return;
      seenMs = lookMs;
      const timeMs = ownTimes ? lookMs : scrape.timeMs;
      for (let i = 0; i < 4; i++) sandboxValues[i] = whole(sandboxCounterAt(pod, i, lookMs, stepStartMs));
      sandboxValues[4] = sandboxCounterAt(pod, SANDBOX.cpu, lookMs, stepStartMs);
      sandboxValues[5] = whole(pod.memoryBytes / 4096) * 4096 + 512 * 1024;
      pushBlock(writer, sandbox, timeMs, sandboxValues);
      pushContainer(timeMs, lookMs, stepStartMs);
    },
    scrapeApplication: (stepStartMs) => {
      if (!target || !application || !up) return;
      const scrape = target.next(stepStartMs);
      if (scrape.outcome === 'lost' || scrape.timeMs < pod.createdMs) return;
      const run = runAt(pod, scrape.timeMs);
      if (scrape.timeMs >= pod.deletedMs) {
        missBlock(writer, application, scrape.timeMs);
        missBlock(writer, up, scrape.timeMs);
        return;
      }
      if (scrape.outcome === 'failed' || !run || scrape.timeMs < run.startMs + LISTENS_AFTER_MS) {
        missBlock(writer, application, scrape.timeMs);
        pushBlock(writer, up, scrape.timeMs, [0]);
        return;
      }
      const at = (index: number): number => containerCounterAt(pod, run, index, scrape.timeMs, stepStartMs);
      const codes = STATUS_CODES.length;
      for (let i = 0; i < codes; i++) applicationValues[i] = whole(at(COUNTER.codes + i));
      applicationValues[codes] = at(COUNTER.durationSum);
      const buckets = DURATION_BUCKETS.length;
      for (let i = 0; i < buckets; i++) applicationValues[codes + 2 + i] = whole(at(COUNTER.buckets + i));
      applicationValues[codes + 1] = applicationValues[codes + 1 + buckets] as number;
      pushBlock(writer, application, scrape.timeMs, applicationValues);
      pushBlock(writer, up, scrape.timeMs, [1]);
    },
    vanish: (scrape) => {
      missBlock(writer, container?.block, scrape.timeMs, !ownTimes);
      missBlock(writer, sandbox, scrape.timeMs, !ownTimes);
      missBlock(writer, application, scrape.timeMs);
      missBlock(writer, up, scrape.timeMs);
    },
  };
};
