import { ProtoWriter } from '../../src/prometheus/wire/proto-writer.ts';

/** A series of the load: its encoded labels and its value at any time, so that history and live samples are one curve. */
export interface LoadSeries {
  /** Field 1 of a TimeSeries message, one per label, sorted by name. */
  readonly labelBytes: Uint8Array;
  readonly valueAt: (timeMs: number) => number;
}

interface MetricShape {
  readonly record: string;
  /** Base value: log-uniform between these two. */
  readonly low: number;
  readonly high: number;
  /** Share of the base that moves with the day. */
  readonly daily: number;
  /** Standard deviation of the noise, as a share of the level. */
  readonly noise: number;
  /** Share of 5-minute blocks in which the value is several times its level. */
  readonly bursts: number;
  /** Values are multiples of it; 0 = any double. */
  readonly quantum: number;
  readonly max: number;
}

const any = { quantum: 0, max: Number.POSITIVE_INFINITY };

/** Eight of the recorded pod series (src/conventions/recording-rules.ts). */
export const METRICS: readonly MetricShape[] = [
  { record: 'namespace_pod:container_cpu_usage_seconds:sum_rate2m', low: 0.02, high: 2, daily: 0.5, noise: 0.12, bursts: 0.01, ...any },
  {
    record: 'namespace_pod:container_cpu_limit_usage:ratio_rate2m',
    low: 0.02,
    high: 0.3,
    daily: 0.5,
    noise: 0.12,
    bursts: 0.01,
    quantum: 0,
    max: 1.05,
  },
  {
    record: 'namespace_pod:container_cpu_cfs_throttled_periods:ratio_rate2m',
    low: 0.001,
    high: 0.05,
    daily: 0.2,
    noise: 0.6,
    bursts: 0.02,
    quantum: 0,
    max: 1,
  },
  {
    record: 'namespace_pod:container_memory_working_set_bytes:sum',
    low: 5e7,
    high: 2e9,
    daily: 0.1,
    noise: 0.01,
    bursts: 0,
    quantum: 4096,
    max: 8e9,
  },
  {
    record: 'namespace_pod:container_memory_limit_usage:ratio',
    low: 0.2,
    high: 0.8,
    daily: 0.1,
    noise: 0.01,
    bursts: 0,
    quantum: 0,
    max: 1,
  },
  { record: 'namespace_pod:container_network_receive_bytes:sum_rate2m', low: 1e3, high: 1e7, daily: 0.6, noise: 0.2, bursts: 0.02, ...any },
  {
    record: 'namespace_pod:container_network_transmit_bytes:sum_rate2m',
    low: 1e3,
    high: 1e7,
    daily: 0.6,
    noise: 0.2,
    bursts: 0.02,
    ...any,
  },
  { record: 'namespace_pod:container_fs_writes_bytes:sum_rate2m', low: 1e2, high: 1e6, daily: 0.2, noise: 0.8, bursts: 0.05, ...any },
];

/** What the recorded catalogue reads beside the features: one owner and one restart series per pod. */
const SIDE_SERIES_PER_POD = 2;
export const SERIES_PER_WORKLOAD = METRICS.length + SIDE_SERIES_PER_POD;

const DAY_MS = 86_400_000;
const BLOCK_MS = 300_000;
const NAMESPACES = 50;

/** A well mixed 32-bit hash of two integers (the finaliser of MurmurHash3), as a number in [0, 1). */
const unit = (a: number, b: number): number => {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b | 0, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
};

/** Close to a normal deviate: four uniforms, mean 0, standard deviation 1. */
const bell = (a: number, b: number): number => (unit(a, b) + unit(a + 1, b) + unit(a + 2, b) + unit(a + 3, b) - 2) * Math.sqrt(3);

const curve = (shape: MetricShape, seed: number): ((timeMs: number) => number) => {
  const base = shape.low * (shape.high / shape.low) ** unit(seed, 1);
  const daily = shape.daily * unit(seed, 2);
  const phase = 2 * Math.PI * unit(seed, 3);
  const { noise, bursts, quantum, max } = shape;
  return (timeMs) => {
    const second = Math.floor(timeMs / 1000);
    const level = base * (1 + daily * Math.sin((2 * Math.PI * timeMs) / DAY_MS + phase));
    const block = Math.floor(timeMs / BLOCK_MS);
    const burst = bursts > 0 && unit(seed + 11, block) < bursts ? 2 + 6 * unit(seed + 12, block) : 1;
    const value = Math.min(max, Math.max(0, level * burst * (1 + noise * bell(seed + 20, second))));
    return quantum > 0 ? Math.round(value / quantum) * quantum : value;
  };
};

/** Encodes labels as repeated field 1 of a TimeSeries. */
export const encodeLabelSet = (labels: Readonly<Record<string, string>>): Uint8Array => {
  const out = new ProtoWriter(256);
  const label = new ProtoWriter(64);
  for (const name of Object.keys(labels).sort()) {
    label.clear();
    label.string(1, name);
    label.string(2, labels[name]!);
    out.block(1, label.bytes());
  }
  return out.bytes().slice();
};

const suffix = (seed: number, salt: number, length: number): string =>
  Math.floor(unit(seed, salt) * 36 ** length)
    .toString(36)
    .padStart(length, '0');

/** Labels of the only pod of workload `index`. */
export const podLabels = (
  index: number,
  seed: number,
): { readonly pod: Record<string, string>; readonly owner: Record<string, string> } => {
  const workload = `service-${String(index).padStart(5, '0')}`;
  const replicaSet = `${workload}-${suffix(seed + index, 4, 5)}`;
  const pod = { cluster: 'bench', namespace: `team-${index % NAMESPACES}`, pod: `${replicaSet}-${suffix(seed + index, 5, 5)}` };
  return { pod, owner: { owner_name: replicaSet, workload, workload_kind: 'Deployment' } };
};

/** Series `m` of METRICS for workload `index`. */
export const metricSeries = (index: number, m: number, seed: number): LoadSeries => {
  const shape = METRICS[m]!;
  return {
    labelBytes: encodeLabelSet({ __name__: shape.record, ...podLabels(index, seed).pod }),
    valueAt: curve(shape, (seed + index * 64 + m * 4096 * 17) | 0),
  };
};

/** The recorded series of `workloads` Deployments with one pod each: features first, then owners and restarts. */
export const recordedLoad = (workloads: number, seed: number): readonly LoadSeries[] => {
  const series: LoadSeries[] = [];
  for (let index = 0; index < workloads; index++) {
    const { pod, owner } = podLabels(index, seed);
    METRICS.forEach((_, m) => {
      series.push(metricSeries(index, m, seed));
    });
    const constant = (record: string, more: Record<string, string>, value: number): LoadSeries => ({
      labelBytes: encodeLabelSet({ __name__: record, ...pod, ...more }),
      valueAt: () => value,
    });
    series.push(constant('namespace_pod:kube_pod_owner:workload', owner, 1));
    series.push(constant('namespace_pod:kube_pod_container_status_restarts:sum', {}, 0));
  }
  return series;
};
