import type { Labels, Series } from '../../../src/conventions/index.ts';
import { type Random, seededRandom } from '../../../src/platform/index.ts';
import { formatLabels } from '../remote-read-fixture.ts';

export interface LiveClusterOptions {
  readonly seed: number;
  readonly workloads: number;
  /** `team-0` and so on, 3 where absent; workloads take turns. */
  readonly namespaces?: number;
  /** Nodes with the metrics of node_exporter; none where absent. */
  readonly nodes?: number;
  /** Where the past begins; a multiple of the step. */
  readonly originMs: number;
  /** One sample per series and step; the interval of the exporters, so that each scoring instant has exactly one. */
  readonly stepMs: number;
}

/** A small cluster whose every value follows from seed and time alone: what it did before a test and what is scraped during it are one story. */
export interface LiveCluster {
  readonly workloads: number;
  /** Keys of all workloads and nodes, as label text of their scores. */
  readonly keys: readonly string[];
  /** From the next step on the workload needs so many times more CPU and disk than it did. */
  surge(workload: number, factor: number): void;
  /** From the next scrape on the workload is not there any more. */
  remove(workload: number): void;
  /** All samples up to a time. */
  past(toMs: number): Series[];
  /** Text of a scrape. Samples carry their own times, soon after a scoring instant, so that the next one does not depend on when a scrape came. */
  text(nowMs: number): string;
}

/** Of a sample behind a scoring instant: where steps are long, a scrape or two may be late and the next instant has it still. */
const LATEST_OFFSET_MS = 500;

/** A burst of demand every minute or so, that lasts long enough to be an anomaly: scores are to move. */
const BURST_CHANCE = 0.015;
const BURST_STEPS = 6;
const BURST_FACTOR = 6;

/** What a scrape adds; the past carries it too, so that both are the same series. */
export const TARGET_LABELS: Labels = { job: 'cluster', instance: 'cluster' };

type Advance = (before: number) => number;
interface Signal {
  /** Number of the workload, -1 for a node. */
  readonly workload: number;
  readonly labels: Labels;
  readonly values: number[];
  readonly advance: Advance;
}

const walk = (random: Random, level: number): Advance => {
  return (before) => level + 0.9 * ((Number.isNaN(before) ? level : before) - level) + level * 0.02 * (random() - 0.5);
};

const counter = (random: Random, rate: number, bursts: boolean, factorNow: () => number = () => 1): Advance => {
  let burstLeft = 0;
  return (before) => {
    if (bursts && burstLeft === 0 && random() < BURST_CHANCE) burstLeft = BURST_STEPS;
    const factor = (burstLeft > 0 ? BURST_FACTOR : 1) * factorNow();
    burstLeft = Math.max(0, burstLeft - 1);
    return (Number.isNaN(before) ? 1000 * rate : before) + rate * factor * (0.9 + 0.2 * random());
  };
};

const constant =
  (value: number): Advance =>
  () =>
    value;

/** A few workloads have replicas, so that there are siblings to compare. */
const replicasOf = (index: number): number => (index % 4 === 0 ? 3 : 1);

type Making = readonly [labels: Labels, make: (random: Random) => Advance];

const seeded = (makings: readonly Making[], workload: number, seed: number): Signal[] =>
  makings.map(([labels, make], i) => ({ workload, labels, values: [], advance: make(seededRandom(seed + i)) }));

const podSignals = (index: number, namespace: string, replica: number, seed: number, surge: () => number): Signal[] => {
  const name = `svc-${index}`;
  const pod = { namespace, pod: `${name}-5d4f-${(index * 7919 + replica * 104_729) % 9973}` };
  const container = { ...pod, container: 'app' };
  const owner = { owner_is_controller: 'true', owner_kind: 'ReplicaSet', owner_name: `${name}-5d4f` };
  const makings: readonly Making[] = [
    [{ __name__: 'container_cpu_usage_seconds_total', ...container }, (random) => counter(random, 0.1 + 0.8 * random(), true, surge)],
    [{ __name__: 'container_memory_working_set_bytes', ...container }, (random) => walk(random, 1e8 * (1 + random()))],
    [{ __name__: 'container_network_receive_bytes_total', interface: 'eth0', ...pod }, (random) => counter(random, 1e5 * random(), true)],
    [{ __name__: 'container_network_transmit_bytes_total', interface: 'eth0', ...pod }, (random) => counter(random, 1e5 * random(), true)],
    [{ __name__: 'container_fs_reads_bytes_total', ...container }, (random) => counter(random, 1e6, false, surge)],
    [{ __name__: 'container_fs_writes_bytes_total', ...container }, (random) => counter(random, 1e6, false, surge)],
    [{ __name__: 'kube_pod_container_status_restarts_total', ...container }, () => constant(0)],
    [{ __name__: 'kube_pod_owner', ...pod, ...owner }, () => constant(1)],
  ];
  return seeded(makings, index, seed * 1000 + index * 100 + replica * 10);
};

const workloadSignals = (index: number, namespace: string, seed: number, surge: () => number): Signal[] => {
  const name = `svc-${index}`;
  const owner = { owner_is_controller: 'true', owner_kind: 'Deployment', owner_name: name };
  const labels = { __name__: 'kube_replicaset_owner', namespace, replicaset: `${name}-5d4f`, ...owner };
  return [
    ...Array.from({ length: replicasOf(index) }, (_, replica) => podSignals(index, namespace, replica, seed, surge)).flat(),
    { workload: index, labels, values: [], advance: constant(1) },
  ];
};

const nodeSignals = (index: number, seed: number): Signal[] => {
  const node = { node: `node-${index}` };
  const makings: readonly Making[] = [
    [{ __name__: 'node_cpu_seconds_total', cpu: '0', mode: 'idle', ...node }, (random) => counter(random, 0.6, false)],
    [{ __name__: 'node_memory_MemAvailable_bytes', ...node }, (random) => walk(random, 8e9)],
    [{ __name__: 'node_memory_MemTotal_bytes', ...node }, () => constant(16e9)],
    [{ __name__: 'node_network_receive_bytes_total', device: 'eth0', ...node }, (random) => counter(random, 1e6, false)],
  ];
  return seeded(makings, -1, seed * 1000 + 900_000 + index * 10);
};

/** Label text of a score, as the exporter writes it. */
export const keyText = (namespace: string, workload: string, kind: string): string =>
  `{namespace="${namespace}",workload="${workload}",workload_kind="${kind}"}`;

export const createLiveCluster = (options: LiveClusterOptions): LiveCluster => {
  const { seed, workloads, namespaces = 3, nodes = 0, originMs, stepMs } = options;
  const namespaceOf = (index: number): string => `team-${index % namespaces}`;
  const surges = new Map<number, number>();
  const removed = new Set<number>();
  const signals = [
    ...Array.from({ length: workloads }, (_, i) => workloadSignals(i, namespaceOf(i), seed, () => surges.get(i) ?? 1)).flat(),
    ...Array.from({ length: nodes }, (_, i) => nodeSignals(i, seed)).flat(),
  ];
  const offsetMs = Math.min(stepMs / 2, LATEST_OFFSET_MS);
  const timeOf = (step: number): number => originMs + step * stepMs + offsetMs;
  const stepAt = (timeMs: number): number => Math.floor((timeMs - originMs - offsetMs) / stepMs);
  const valueAt = ({ values, advance }: Signal, step: number): number => {
    while (values.length <= step) values.push(advance(values[values.length - 1] ?? Number.NaN));
    return values[step]!;
  };
  return {
    workloads,
    keys: [
      ...Array.from({ length: workloads }, (_, i) => keyText(namespaceOf(i), `svc-${i}`, 'Deployment')),
      ...Array.from({ length: nodes }, (_, i) => keyText('', `node-${i}`, 'Node')),
    ],
    surge: (workload, factor) => void surges.set(workload, factor),
    remove: (workload) => void removed.add(workload),
    past: (toMs) => {
      const length = stepAt(toMs) + 1;
      const timesMs = Float64Array.from({ length }, (_, step) => timeOf(step));
      return signals.map((signal) => ({
        labels: { ...signal.labels, ...TARGET_LABELS },
        timesMs,
        values: Float64Array.from({ length }, (_, step) => valueAt(signal, step)),
      }));
    },
    text: (nowMs) => {
      const step = stepAt(nowMs);
      const timeMs = timeOf(step);
      return signals
        .filter(({ workload }) => !removed.has(workload))
        .map((signal) => `${signal.labels.__name__}${formatLabels(signal.labels)} ${valueAt(signal, step)} ${timeMs}\n`)
        .join('');
    },
  };
};
