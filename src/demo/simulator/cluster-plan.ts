import type { Random } from '../../platform/index.ts';
import { ARCHETYPES, type Archetype, type ArchetypeName, type ControllerKind, PLAN_ORDER, type Range } from './archetypes.ts';
import { between, forkRandom, forkSeed, logBetween, pick, wholeBetween } from './draws.ts';
import { NOISE_PROFILES, noiseProfile } from './noise-profiles.ts';
import { type RhythmPlan, rhythmPeak } from './rhythm.ts';

/** A cluster as plain data: everything the simulation needs besides the events. */
export interface ClusterPlan {
  readonly seed: number;
  readonly nodes: readonly NodePlan[];
  readonly workloads: readonly WorkloadPlan[];
  /** `full` keeps cAdvisor's `id` and `name`, so that a restarted container is a new series; `slim` drops them, so that it is a counter reset. Both are common. */
  readonly cadvisorLabels: 'full' | 'slim';
  /**
   * Whose time cAdvisor's samples carry: its own, when it last looked at the container (Prometheus's default; such series vanish without
   * a stale marker), or the scrape's (kube-prometheus), so that a value is up to 20 s older than its time and rates are noisy.
   */
  readonly cadvisorTimes: 'own' | 'scrape';
}

export interface NodePlan {
  readonly name: string;
  readonly ip: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** What the disk moves at 100 % busy. */
  readonly diskBytesPerSecond: number;
}

export interface WorkloadPlan {
  readonly namespace: string;
  readonly name: string;
  readonly kind: ControllerKind;
  readonly archetype: ArchetypeName;
  readonly image: string;
  readonly seed: number;
  readonly noise: string;
  readonly rhythm: RhythmPlan;
  readonly replicas: number;
  /** Mean over a week, per replica of the plan. */
  readonly requestsPerPod: number;
  readonly cpuIdleCores: number;
  readonly cpuSecondsPerRequest: number;
  readonly cpuLimitCores?: number;
  /** Extra CPU of the first seconds of a container, fading. */
  readonly startUpCores: number;
  readonly memoryBytes: number;
  readonly heapBytes: number;
  readonly heapBytesPerRequest: number;
  readonly memoryLimitBytes: number;
  readonly receiveBytesPerRequest: number;
  readonly transmitBytesPerRequest: number;
  readonly readBytesPerRequest: number;
  readonly writeBytesPerRequest: number;
  readonly latencySeconds: number;
  readonly errorRatio: number;
  readonly appMetrics: boolean;
  readonly autoscale?: { readonly minReplicas: number; readonly maxReplicas: number };
  readonly nightlyBatch?: { readonly hourUtc: number; readonly minutes: number };
  readonly cron?: { readonly everyMinutes: number; readonly runSeconds: number };
  /** Index of the workload whose demand drives `share` of this one's. */
  readonly upstream?: { readonly workload: number; readonly share: number };
}

export interface ClusterPlanOptions {
  readonly seed: number;
  readonly workloads: number;
  /** Restricts the noise to these profiles. */
  readonly noise?: readonly string[];
}

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** Namespaces of the first dozen, then of each further dozen. */
const NAMESPACES: Readonly<Record<string, string>> = {
  gateway: 'edge',
  cache: 'data',
  database: 'data',
  agent: 'ops',
  report: 'jobs',
  import: 'jobs',
  worker: 'jobs',
};

const draw = (random: Random, [low, high]: Range): number =>
  low > 0 && high > low ? logBetween(random, low, high) : between(random, low, high);

type Size = Pick<WorkloadPlan, 'replicas' | 'requestsPerPod'>;

const planSize = (random: Random, archetype: Archetype): Size => ({
  replicas: wholeBetween(random, archetype.replicas[0], archetype.replicas[1]),
  requestsPerPod: draw(random, archetype.requestsPerPod),
});

type ProcessPlan = Omit<
  WorkloadPlan,
  'namespace' | 'name' | 'kind' | 'archetype' | 'image' | 'seed' | 'noise' | 'rhythm' | 'replicas' | 'requestsPerPod'
>;

const planProcess = (random: Random, archetype: Archetype, size: Size, peak: number): ProcessPlan => {
  const { requestsPerPod, replicas } = size;
  const cpuIdleCores = draw(random, archetype.cpuIdleCores);
  const cpuSecondsPerRequest = draw(random, archetype.cpuMillisecondsPerRequest) / 1000;
  const meanCores = cpuIdleCores + cpuSecondsPerRequest * requestsPerPod;
  const memoryBytes = draw(random, archetype.memoryMiB) * MIB;
  const heapBytes = draw(random, archetype.heapMiB) * MIB;
  // Limits stand above what healthy days need: a clean span must not hold an overload that nobody labelled. People write them in steps of 50 millicores and 64 MiB.
  const cpuLimitCores = Math.max(0.1, Math.ceil((meanCores * peak * draw(random, archetype.cpuLimitFactor)) / 0.05) * 0.05);
  const memoryLimitBytes = Math.ceil(((memoryBytes + heapBytes) * draw(random, archetype.memoryLimitFactor)) / (64 * MIB)) * 64 * MIB;
  const limited = random() < archetype.cpuLimitChance;
  const autoscaled = random() < archetype.autoscaleChance;
  const batched = random() < archetype.nightlyBatchChance;
  return {
    cpuIdleCores,
    cpuSecondsPerRequest,
    ...(limited ? { cpuLimitCores } : {}),
    startUpCores: meanCores * draw(random, archetype.startUpFactor),
    memoryBytes,
    heapBytes,
    heapBytesPerRequest: draw(random, archetype.heapKiBPerRequest) * 1024,
    memoryLimitBytes,
    receiveBytesPerRequest: draw(random, archetype.receiveBytesPerRequest),
    transmitBytesPerRequest: draw(random, archetype.transmitBytesPerRequest),
    readBytesPerRequest: draw(random, archetype.readBytesPerRequest),
    writeBytesPerRequest: draw(random, archetype.writeBytesPerRequest),
    latencySeconds: draw(random, archetype.latencyMilliseconds) / 1000,
    errorRatio: draw(random, archetype.errorRatio),
    appMetrics: archetype.appMetrics,
    ...(autoscaled ? { autoscale: { minReplicas: Math.max(2, replicas - 1), maxReplicas: replicas * 2 + 1 } } : {}),
    ...(batched ? { nightlyBatch: { hourUtc: wholeBetween(random, 0, 5), minutes: wholeBetween(random, 15, 45) } } : {}),
    ...(archetype.kind === 'CronJob'
      ? { cron: { everyMinutes: pick(random, [15, 30, 60, 120]), runSeconds: between(random, 90, 480) } }
      : {}),
  };
};

/** The nearest earlier workload of the upstream archetype drives part of the demand. */
const findUpstream = (workloads: readonly WorkloadPlan[], name: ArchetypeName, random: Random): Pick<WorkloadPlan, 'upstream'> => {
  const archetype: Archetype = ARCHETYPES[name];
  const workload = workloads.findLastIndex((other) => other.archetype === archetype.upstream);
  return workload < 0 ? {} : { upstream: { workload, share: between(random, 0.3, 0.8) } };
};

/** Demand at the worst hour of a healthy week, as a multiple of the mean: its own rhythm and noise, and what comes from upstream. */
const demandPeak = (rhythm: RhythmPlan, noise: string, upstream: WorkloadPlan['upstream'], before: readonly WorkloadPlan[]): number => {
  const own = rhythmPeak(rhythm) * noiseProfile(noise).headroom;
  const source = upstream && before[upstream.workload];
  if (!source) return own;
  return Math.max(own, (1 - upstream.share) * own + upstream.share * demandPeak(source.rhythm, source.noise, source.upstream, before));
};

const planWorkload = (index: number, before: readonly WorkloadPlan[], nodes: number, options: ClusterPlanOptions): WorkloadPlan => {
  const name = PLAN_ORDER[index % PLAN_ORDER.length] as ArchetypeName;
  const archetype: Archetype = ARCHETYPES[name];
  const random = forkRandom(options.seed, `workload-${index}`);
  const dozen = Math.floor(index / PLAN_ORDER.length);
  const earlier = before.filter((other) => other.archetype === name).length;
  const label = archetype.names[earlier % archetype.names.length] as string;
  const suffix = earlier < archetype.names.length ? '' : `-${Math.floor(earlier / archetype.names.length) + 1}`;
  const drawn = planSize(random, archetype);
  const size = { ...drawn, replicas: archetype.kind === 'DaemonSet' ? nodes : drawn.replicas };
  const noise = noiseProfile(pick(random, options.noise ?? NOISE_PROFILES.map((profile) => profile.name)));
  const rhythm: RhythmPlan = { shape: pick(random, archetype.rhythms), phaseHours: between(random, -6, 6), depth: between(random, 0.5, 1) };
  const ownPeak = rhythmPeak(rhythm) * noise.headroom;
  const process = planProcess(random, archetype, size, ownPeak);
  const { upstream } = findUpstream(before, name, random);
  // Engineers see the load that arrives, wherever it comes from.
  const peak = demandPeak(rhythm, noise.name, upstream, before) / ownPeak;
  return {
    namespace: `${NAMESPACES[name] ?? 'shop'}${dozen === 0 ? '' : `-${dozen + 1}`}`,
    name: label + suffix,
    kind: archetype.kind,
    archetype: name,
    image: `${archetype.image}:1.${wholeBetween(random, 0, 40)}.${wholeBetween(random, 0, 9)}`,
    seed: forkSeed(options.seed, `workload-${index}`),
    noise: noise.name,
    rhythm,
    ...size,
    ...process,
    ...(process.cpuLimitCores === undefined ? {} : { cpuLimitCores: Math.ceil((process.cpuLimitCores * peak) / 0.05 - 1e-9) * 0.05 }),
    ...(upstream ? { upstream } : {}),
  };
};

const NODE_SIZES = [4, 8, 16, 32] as const;
/** Share of its CPU that a node uses on average, at most: the peaks of a day are two to three times as high. */
const MEAN_USE = 0.42;

const planNode = (seed: number, index: number, meanCores: number): NodePlan => {
  const random = forkRandom(seed, `node-${index}`);
  const fitting = NODE_SIZES.filter((size) => size * MEAN_USE >= meanCores);
  const cores = pick(random, fitting.length > 0 ? fitting.slice(0, 2) : [32]);
  return {
    name: `node-${index + 1}`,
    ip: `10.0.0.${index + 11}`,
    cores,
    memoryBytes: cores * 4 * GIB,
    diskBytesPerSecond: pick(random, [120e6, 250e6, 500e6]),
  };
};

const meanCoresOf = (plan: WorkloadPlan): number => plan.replicas * (plan.cpuIdleCores + plan.requestsPerPod * plan.cpuSecondsPerRequest);

const WORKLOADS_PER_NODE = 4;

/** Draws a cluster. The same options give the same plan. */
export const planCluster = (options: ClusterPlanOptions): ClusterPlan => {
  const nodeCount = Math.max(3, Math.ceil(options.workloads / WORKLOADS_PER_NODE));
  const workloads: WorkloadPlan[] = [];
  for (let index = 0; index < options.workloads; index++) workloads.push(planWorkload(index, workloads, nodeCount, options));
  const meanCores = workloads.reduce((sum, workload) => sum + meanCoresOf(workload), 0) / nodeCount;
  return {
    seed: options.seed,
    nodes: Array.from({ length: nodeCount }, (_, index) => planNode(options.seed, index, meanCores)),
    workloads,
    cadvisorLabels: forkRandom(options.seed, 'cadvisor labels')() < 0.5 ? 'full' : 'slim',
    cadvisorTimes: forkRandom(options.seed, 'cadvisor times')() < 0.5 ? 'own' : 'scrape',
  };
};
