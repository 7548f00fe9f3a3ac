import type { Labels, Series } from '../../../src/conventions/index.ts';
import { type Random, seededRandom } from '../../../src/platform/index.ts';
import { formatLabels } from '../remote-read-fixture.ts';

export interface LiveClusterOptions {
  readonly seed: number;
  readonly workloads: number;
  /** Where the past begins; a multiple of the step. */
  readonly originMs: number;
  /** One sample per series and step; the interval of the exporters, so that each scoring instant has exactly one. */
  readonly stepMs: number;
}

/** A small cluster whose every value follows from seed and time alone: what it did before a test and what is scraped during it are one story. */
export interface LiveCluster {
  readonly workloads: number;
  /** All samples up to a time. */
  past(toMs: number): Series[];
  /** Text of a scrape. Samples carry their own times, half-way between scoring instants, so that no instant depends on when a scrape came. */
  text(nowMs: number): string;
}

/** A burst of demand every minute or so, that lasts long enough to be an anomaly: scores are to move. */
const BURST_CHANCE = 0.015;
const BURST_STEPS = 6;
const BURST_FACTOR = 6;

/** What a scrape adds; the past carries it too, so that both are the same series. */
export const TARGET_LABELS: Labels = { job: 'cluster', instance: 'cluster' };

type Advance = (before: number) => number;
interface Signal {
  readonly labels: Labels;
  readonly values: number[];
  readonly advance: Advance;
}

const walk = (random: Random, level: number): Advance => {
  return (before) => level + 0.9 * ((Number.isNaN(before) ? level : before) - level) + level * 0.02 * (random() - 0.5);
};

const counter = (random: Random, rate: number, bursts: boolean): Advance => {
  let burstLeft = 0;
  return (before) => {
    if (bursts && burstLeft === 0 && random() < BURST_CHANCE) burstLeft = BURST_STEPS;
    const factor = burstLeft > 0 ? BURST_FACTOR : 1;
    burstLeft = Math.max(0, burstLeft - 1);
    return (Number.isNaN(before) ? 1000 * rate : before) + rate * factor * (0.9 + 0.2 * random());
  };
};

const constant =
  (value: number): Advance =>
  () =>
    value;

const signalsOf = (index: number, seed: number): Signal[] => {
  const name = `svc-${index}`;
  const pod = { namespace: `team-${index % 3}`, pod: `${name}-5d4f-${(index * 7919) % 9973}` };
  const container = { ...pod, container: 'app' };
  const owner = { owner_is_controller: 'true' };
  const all: readonly (readonly [Labels, (random: Random) => Advance])[] = [
    [{ __name__: 'container_cpu_usage_seconds_total', ...container }, (random) => counter(random, 0.1 + 0.8 * random(), true)],
    [{ __name__: 'container_memory_working_set_bytes', ...container }, (random) => walk(random, 1e8 * (1 + random()))],
    [{ __name__: 'container_network_receive_bytes_total', interface: 'eth0', ...pod }, (random) => counter(random, 1e5 * random(), true)],
    [{ __name__: 'kube_pod_container_status_restarts_total', ...container }, () => constant(0)],
    [{ __name__: 'kube_pod_owner', ...pod, ...owner, owner_kind: 'ReplicaSet', owner_name: `${name}-5d4f` }, () => constant(1)],
    [
      {
        __name__: 'kube_replicaset_owner',
        namespace: pod.namespace,
        replicaset: `${name}-5d4f`,
        ...owner,
        owner_kind: 'Deployment',
        owner_name: name,
      },
      () => constant(1),
    ],
  ];
  return all.map(([labels, make], i) => ({ labels, values: [], advance: make(seededRandom(seed * 1000 + index * 10 + i)) }));
};

export const createLiveCluster = ({ seed, workloads, originMs, stepMs }: LiveClusterOptions): LiveCluster => {
  const signals = Array.from({ length: workloads }, (_, i) => signalsOf(i, seed)).flat();
  const timeOf = (step: number): number => originMs + (step + 0.5) * stepMs;
  const stepAt = (timeMs: number): number => Math.floor((timeMs - originMs) / stepMs - 0.5);
  const valueAt = ({ values, advance }: Signal, step: number): number => {
    while (values.length <= step) values.push(advance(values[values.length - 1] ?? Number.NaN));
    return values[step]!;
  };
  return {
    workloads,
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
        .map((signal) => `${signal.labels.__name__}${formatLabels(signal.labels)} ${valueAt(signal, step)} ${timeMs}\n`)
        .join('');
    },
  };
};
