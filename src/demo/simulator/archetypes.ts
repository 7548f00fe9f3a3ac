import type { RhythmShape } from './rhythm.ts';

/** Low and high end of a range that a seed draws from. */
export type Range = readonly [low: number, high: number];

export type ControllerKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'CronJob' | 'Job';

/** A kind of software and what its load costs, as ranges. Costs are per request; a "request" of a worker is a message, of a cache an operation. */
export interface Archetype {
  readonly kind: ControllerKind;
  readonly names: readonly string[];
  readonly image: string;
  readonly replicas: Range;
  /** Requests per second of one pod, mean over a week. */
  readonly requestsPerPod: Range;
  readonly cpuMillisecondsPerRequest: Range;
  readonly cpuIdleCores: Range;
  /** CPU limit as a multiple of the use at the peak of the week; the chance that there is a limit at all. */
  readonly cpuLimitFactor: Range;
  readonly cpuLimitChance: number;
  /** CPU of the first seconds of a container, as a multiple of the mean use, on top of it. */
  readonly startUpFactor: Range;
  readonly memoryMiB: Range;
  /** Managed heap that fills up and is collected; [0, 0] = no garbage collector to see. */
  readonly heapMiB: Range;
  readonly heapKiBPerRequest: Range;
  readonly memoryLimitFactor: Range;
  readonly receiveBytesPerRequest: Range;
  readonly transmitBytesPerRequest: Range;
  readonly readBytesPerRequest: Range;
  readonly writeBytesPerRequest: Range;
  readonly latencyMilliseconds: Range;
  readonly errorRatio: Range;
  readonly appMetrics: boolean;
  readonly rhythms: readonly RhythmShape[];
  /** Chance that a HorizontalPodAutoscaler follows the demand. */
  readonly autoscaleChance: number;
  /** Chance of a nightly batch inside the workload: a backup, a reindex. */
  readonly nightlyBatchChance: number;
  /** Name of the archetype whose demand drives part of this one's. */
  readonly upstream?: string;
}

const NONE: Range = [0, 0];
const USERS: readonly RhythmShape[] = ['office', 'evening', 'global', 'two_markets'];

const http = {
  kind: 'Deployment',
  heapMiB: NONE,
  heapKiBPerRequest: NONE,
  memoryLimitFactor: [1.6, 3],
  readBytesPerRequest: [0, 60],
  writeBytesPerRequest: [80, 600],
  errorRatio: [0.0002, 0.004],
  appMetrics: true,
  rhythms: USERS,
  autoscaleChance: 0.25,
  nightlyBatchChance: 0,
  cpuLimitFactor: [1.5, 3],
  startUpFactor: [0.3, 1],
  cpuLimitChance: 0.7,
} as const;

export const ARCHETYPES = {
  gateway: {
    ...http,
    names: ['gateway', 'edge-proxy'],
    image: 'registry.example/edge/gateway',
    replicas: [2, 4],
    requestsPerPod: [50, 160],
    cpuMillisecondsPerRequest: [0.8, 2],
    cpuIdleCores: [0.01, 0.03],
    memoryMiB: [60, 180],
    receiveBytesPerRequest: [900, 2500],
    transmitBytesPerRequest: [4000, 20_000],
    latencyMilliseconds: [8, 40],
  },
  web: {
    ...http,
    names: ['frontend', 'storefront', 'portal'],
    image: 'registry.example/shop/frontend',
    replicas: [2, 5],
    requestsPerPod: [10, 50],
    cpuMillisecondsPerRequest: [4, 12],
    cpuIdleCores: [0.01, 0.04],
    memoryMiB: [120, 350],
    heapMiB: [60, 160],
    heapKiBPerRequest: [40, 200],
    receiveBytesPerRequest: [1500, 6000],
    transmitBytesPerRequest: [8000, 60_000],
    latencyMilliseconds: [30, 150],
    upstream: 'gateway',
  },
  api: {
    ...http,
    names: ['cart', 'catalog', 'auth', 'pricing', 'search'],
    image: 'registry.example/shop/api',
    replicas: [2, 6],
    requestsPerPod: [10, 80],
    cpuMillisecondsPerRequest: [2, 8],
    cpuIdleCores: [0.005, 0.03],
    memoryMiB: [40, 200],
    receiveBytesPerRequest: [600, 3000],
    transmitBytesPerRequest: [1500, 12_000],
    latencyMilliseconds: [5, 60],
    upstream: 'web',
  },
  jvm: {
    ...http,
    names: ['checkout', 'payments', 'orders', 'ledger'],
    image: 'registry.example/shop/orders',
    replicas: [1, 3],
    requestsPerPod: [8, 40],
    startUpFactor: [1, 3],
    cpuMillisecondsPerRequest: [6, 20],
    cpuIdleCores: [0.02, 0.06],
    memoryMiB: [450, 900],
    heapMiB: [250, 700],
    heapKiBPerRequest: [150, 900],
    receiveBytesPerRequest: [1500, 8000],
    transmitBytesPerRequest: [2000, 20_000],
    latencyMilliseconds: [20, 120],
    upstream: 'web',
    autoscaleChance: 0,
  },
  worker: {
    ...http,
    names: ['mailer', 'thumbnailer', 'indexer'],
    image: 'registry.example/jobs/worker',
    replicas: [1, 4],
    requestsPerPod: [3, 20],
    cpuMillisecondsPerRequest: [10, 45],
    cpuIdleCores: [0.005, 0.02],
    memoryMiB: [100, 500],
    receiveBytesPerRequest: [10_000, 80_000],
    transmitBytesPerRequest: [3000, 40_000],
    latencyMilliseconds: [50, 300],
    appMetrics: false,
    autoscaleChance: 0,
    upstream: 'jvm',
  },
  cache: {
    ...http,
    kind: 'StatefulSet',
    names: ['session-cache', 'rate-cache'],
    image: 'registry.example/data/cache',
    replicas: [1, 3],
    requestsPerPod: [150, 900],
    cpuMillisecondsPerRequest: [0.03, 0.12],
    cpuIdleCores: [0.005, 0.01],
    memoryMiB: [200, 1200],
    receiveBytesPerRequest: [120, 500],
    transmitBytesPerRequest: [300, 2500],
    latencyMilliseconds: [0.3, 2],
    appMetrics: false,
    autoscaleChance: 0,
    upstream: 'api',
  },
  database: {
    ...http,
    kind: 'StatefulSet',
    names: ['orders-db', 'catalog-db', 'users-db'],
    image: 'registry.example/data/sql',
    replicas: [1, 3],
    requestsPerPod: [40, 250],
    cpuMillisecondsPerRequest: [0.6, 3],
    cpuIdleCores: [0.02, 0.05],
    memoryMiB: [800, 3000],
    receiveBytesPerRequest: [300, 1500],
    transmitBytesPerRequest: [800, 8000],
    readBytesPerRequest: [500, 8000],
    writeBytesPerRequest: [800, 6000],
    latencyMilliseconds: [1, 12],
    appMetrics: false,
    autoscaleChance: 0,
    nightlyBatchChance: 0.7,
    upstream: 'api',
  },
  agent: {
    ...http,
    kind: 'DaemonSet',
    names: ['log-agent', 'metrics-agent'],
    image: 'registry.example/ops/agent',
    replicas: NONE,
    requestsPerPod: [20, 120],
    cpuMillisecondsPerRequest: [0.2, 0.7],
    cpuIdleCores: [0.01, 0.03],
    memoryMiB: [60, 160],
    receiveBytesPerRequest: [50, 200],
    transmitBytesPerRequest: [300, 900],
    readBytesPerRequest: [300, 900],
    latencyMilliseconds: [2, 8],
    appMetrics: false,
    rhythms: ['global', 'flat'],
    autoscaleChance: 0,
  },
  report: {
    ...http,
    kind: 'CronJob',
    names: ['report', 'sync', 'cleanup'],
    image: 'registry.example/jobs/report',
    replicas: [1, 1],
    requestsPerPod: [10, 60],
    cpuMillisecondsPerRequest: [8, 20],
    cpuIdleCores: [0.02, 0.1],
    memoryMiB: [80, 400],
    receiveBytesPerRequest: [5000, 40_000],
    transmitBytesPerRequest: [500, 6000],
    latencyMilliseconds: [20, 90],
    appMetrics: false,
    rhythms: ['flat'],
    autoscaleChance: 0,
  },
  import: {
    ...http,
    kind: 'Job',
    names: ['import'],
    image: 'registry.example/jobs/import',
    replicas: [1, 1],
    requestsPerPod: [40, 120],
    cpuMillisecondsPerRequest: [4, 9],
    cpuIdleCores: [0.02, 0.05],
    memoryMiB: [150, 400],
    receiveBytesPerRequest: [8000, 60_000],
    transmitBytesPerRequest: [500, 3000],
    writeBytesPerRequest: [4000, 30_000],
    latencyMilliseconds: [20, 90],
    appMetrics: false,
    rhythms: ['flat'],
    autoscaleChance: 0,
  },
} as const satisfies Record<string, Archetype>;

export type ArchetypeName = keyof typeof ARCHETYPES;

/** Order in which workloads are planned: the first dozen has something of everything. */
export const PLAN_ORDER: readonly ArchetypeName[] = [
  'gateway',
  'web',
  'api',
  'jvm',
  'cache',
  'database',
  'api',
  'worker',
  'agent',
  'report',
  'jvm',
  'import',
];
