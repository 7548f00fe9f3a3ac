import type { Range } from './archetypes.ts';
import type { WorkloadPlan } from './cluster-plan.ts';
import type { Signal } from './signals.ts';

export type ScenarioKind =
  | 'miner'
  | 'scan'
  | 'flood'
  | 'crash_loop'
  | 'exfiltration'
  | 'leak'
  | 'throttling'
  | 'noisy_neighbour'
  | 'disk_pressure'
  | 'rollout'
  | 'scale_out'
  | 'nightly_batch'
  | 'new_replica'
  | 'node_drain'
  | 'restart'
  | 'traffic_shift';

/** A kind of event as data: what it is, whom it can befall, where it shows. How strong it is stands in scenario-strength.ts. */
export interface ScenarioDefinition {
  readonly kind: ScenarioKind;
  /** A benign twin looks like an attack or fault from afar and must not alert. */
  readonly benign: boolean;
  readonly target: 'workload' | 'node';
  readonly description: string;
  /** Signals that are the thing itself: one of them should lead the explanation. */
  readonly first: readonly Signal[];
  /** Signals that follow from it, strongest first. */
  readonly follows: readonly Signal[];
  readonly minutes: Range;
  /** Which pods of the workload: one compromised or broken replica, all of them, or either by seed. */
  readonly scope: 'one' | 'all' | 'either' | 'none';
  /** Whom else it may move: the nodes under its pods, and with `downstream` also workloads that get their demand from it. */
  readonly spreads: 'nowhere' | 'hosts' | 'downstream';
  /** Slow ones count as visible only once they clearly leave the band of the clean day before. */
  readonly slow?: boolean;
  readonly suits: (plan: WorkloadPlan) => boolean;
}

const runsAlways = (plan: WorkloadPlan): boolean => plan.kind !== 'CronJob' && plan.kind !== 'Job';
/** Whose replicas are set by hand: an autoscaler would undo what the event does. */
const scales = (plan: WorkloadPlan): boolean => plan.kind === 'Deployment' && !plan.autoscale;
const servesUsers = (plan: WorkloadPlan): boolean => plan.archetype === 'gateway' || plan.archetype === 'web' || plan.archetype === 'api';

export const SCENARIOS: readonly ScenarioDefinition[] = [
  {
    kind: 'miner',
    benign: false,
    target: 'workload',
    description: 'A process takes 60 to 95 % of the CPU that the pod could still get, and sends and receives about 1 kB/s to a pool.',
    first: ['cpu', 'cpu_limit'],
    follows: ['throttling', 'memory', 'latency'],
    minutes: [20, 60],
    scope: 'either',
    spreads: 'hosts',
    suits: runsAlways,
  },
  {
    kind: 'scan',
    benign: false,
    target: 'workload',
    description:
      'One pod probes the network: 3 to 10 times its usual packets, at least 300/s, and a fifth more than any second of the day before; small ones, few answered.',
    first: ['transmit_packets', 'receive_packets'],
    follows: ['transmit_bytes', 'cpu'],
    minutes: [5, 20],
    scope: 'one',
    spreads: 'hosts',
    suits: runsAlways,
  },
  {
    kind: 'flood',
    benign: false,
    target: 'workload',
    description: 'Requests rise to 6 to 20 times the usual number within seconds; what cannot be served is refused or late.',
    first: ['requests', 'receive_packets', 'receive_bytes'],
    follows: ['cpu', 'errors', 'latency', 'throttling', 'transmit_packets', 'transmit_bytes'],
    minutes: [8, 25],
    scope: 'all',
    spreads: 'downstream',
    suits: servesUsers,
  },
  {
    kind: 'crash_loop',
    benign: false,
    target: 'workload',
    description: 'A container exits some seconds after every start; the kubelet waits 10, 20, 40 ... 300 s between the tries.',
    first: ['restarts', 'waiting'],
    follows: ['requests', 'cpu', 'memory'],
    minutes: [15, 45],
    scope: 'either',
    spreads: 'downstream',
    suits: runsAlways,
  },
  {
    kind: 'exfiltration',
    benign: false,
    target: 'workload',
    description:
      'One pod sends 4 to 12 times its usual bytes out, at least 1 MB/s more, and a fifth more than in any second of the day before, part of it from disk.',
    first: ['transmit_bytes', 'transmit_packets'],
    follows: ['receive_packets', 'file_reads', 'cpu'],
    minutes: [8, 30],
    scope: 'one',
    spreads: 'hosts',
    suits: runsAlways,
  },
  {
    kind: 'leak',
    benign: false,
    target: 'workload',
    description:
      'Memory that is never given back fills the room to the limit in one to three hours; then the kernel kills the container and it starts again.',
    first: ['memory'],
    follows: ['restarts'],
    minutes: [90, 200],
    scope: 'all',
    spreads: 'downstream',
    slow: true,
    suits: (plan) => runsAlways(plan) && plan.kind !== 'DaemonSet',
  },
  {
    kind: 'throttling',
    benign: false,
    target: 'workload',
    description: 'The CPU limit is resized in place to 35 to 60 % of what the pod uses: periods are throttled, requests are late.',
    first: ['throttling', 'cpu_limit'],
    follows: ['latency', 'cpu', 'errors'],
    minutes: [15, 45],
    scope: 'all',
    spreads: 'downstream',
    suits: (plan) => runsAlways(plan) && plan.cpuLimitCores !== undefined,
  },
  {
    kind: 'noisy_neighbour',
    benign: false,
    target: 'node',
    description: 'A process outside Kubernetes takes all free CPU of a node and more; its pods get less than they want.',
    first: ['node_cpu', 'node_cpu_pressure'],
    follows: [],
    minutes: [15, 40],
    scope: 'none',
    spreads: 'downstream',
    suits: runsAlways,
  },
  {
    kind: 'disk_pressure',
    benign: false,
    target: 'node',
    description: 'The disk of a node is busy all the time; whoever reads or writes waits.',
    first: ['node_disk', 'node_io_pressure'],
    follows: [],
    minutes: [15, 40],
    scope: 'none',
    spreads: 'downstream',
    suits: runsAlways,
  },
  {
    kind: 'rollout',
    benign: true,
    target: 'workload',
    description: 'A new release replaces all pods one after the other; it may cost up to 20 % more or 15 % less CPU per request.',
    first: [],
    follows: [],
    minutes: [10, 10],
    scope: 'none',
    spreads: 'nowhere',
    suits: runsAlways,
  },
  {
    kind: 'scale_out',
    benign: true,
    target: 'workload',
    description: 'A campaign brings 30 to 80 % more demand over ten minutes, and replicas are added to match.',
    first: [],
    follows: [],
    minutes: [40, 120],
    scope: 'none',
    spreads: 'downstream',
    suits: scales,
  },
  {
    kind: 'nightly_batch',
    benign: true,
    target: 'workload',
    description: 'The backup or reindex that ran at the same time the night before.',
    first: [],
    follows: [],
    minutes: [15, 45],
    scope: 'none',
    spreads: 'hosts',
    suits: (plan) => plan.nightlyBatch !== undefined,
  },
  {
    kind: 'new_replica',
    benign: true,
    target: 'workload',
    description: 'One more replica with cold caches, under unchanged demand.',
    first: [],
    follows: [],
    minutes: [20, 60],
    scope: 'none',
    spreads: 'nowhere',
    suits: scales,
  },
  {
    kind: 'node_drain',
    benign: true,
    target: 'node',
    description: 'A node is emptied for maintenance: its pods start elsewhere, and it stays without pods until it is back.',
    first: [],
    follows: [],
    minutes: [20, 60],
    scope: 'none',
    spreads: 'downstream',
    suits: runsAlways,
  },
  {
    kind: 'restart',
    benign: true,
    target: 'workload',
    description: 'One container restarts once after a failed liveness probe.',
    first: [],
    follows: [],
    minutes: [10, 10],
    scope: 'one',
    spreads: 'nowhere',
    suits: runsAlways,
  },
  {
    kind: 'traffic_shift',
    benign: true,
    target: 'workload',
    description: 'Demand settles on a new level, 25 to 45 % away, within a few minutes: a customer came or went.',
    first: [],
    follows: [],
    minutes: [30, 30],
    scope: 'none',
    spreads: 'downstream',
    suits: runsAlways,
  },
];

/** The definition of that kind. */
export const scenarioOf = (kind: ScenarioKind): ScenarioDefinition => {
  const found = SCENARIOS.find((definition) => definition.kind === kind);
  if (!found) throw new RangeError(`no scenario is called ${kind}`);
  return found;
};

/** Parts of the truth that say when the workload cannot be told from a healthy one, and when it can. */
export interface SimulatedEvent {
  readonly id: string;
  readonly kind: ScenarioKind;
  readonly benign: boolean;
  /** `rollout`: it began with a new release. */
  readonly variant?: 'rollout';
  /** Namespace "" and kind Node for a node. */
  readonly namespace: string;
  readonly workload: string;
  readonly workloadKind: string;
  /** Names of the pods it befell when it began; empty where it is all of them. */
  readonly pods: readonly string[];
  readonly startMs: number;
  /** Later than planned never, earlier when the pod it lived in has gone. */
  endMs: number;
  /**
   * Equal to the start for everything sudden; one scrape later for a miner in new pods, whose counters have no rate before. For slow kinds the time when the median memory of its pods leaves the band of
   * the last 24 h (above its top by half its height and by 20 %) and stays out for ten minutes, or of the first kill for want of memory; undefined while a
   * slow one is still inside.
   */
  visibleFromMs: number | undefined;
  readonly first: readonly Signal[];
  readonly metrics: readonly Signal[];
  /** Others that this legitimately moves: nodes under its pods, workloads downstream, neighbours on a full node. */
  readonly affects: readonly { readonly namespace: string; readonly workload: string; readonly workloadKind: string }[];
  /** How strong it was drawn, for the record. */
  readonly strength: Readonly<Record<string, number>>;
}

/** What shall happen, before the simulation knows the pods. */
export interface PlannedEvent {
  readonly kind: ScenarioKind;
  /** Index into the plan's workloads, or nodes for node scenarios. */
  readonly target: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly variant?: 'rollout';
}

/** Every kind of event. */
export const SCENARIO_KINDS: readonly ScenarioKind[] = SCENARIOS.map(({ kind }) => kind);

/** The scenario that somebody names, with hyphens or underscores; undefined where there is none. */
export const scenarioNamed = (name: string): ScenarioKind | undefined => SCENARIO_KINDS.find((kind) => kind === name.replaceAll('-', '_'));
