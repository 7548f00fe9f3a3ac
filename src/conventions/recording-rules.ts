import {
  DISK_DEVICES,
  HTTP_DURATION_HISTOGRAMS,
  HTTP_FAILED,
  HTTP_STATUS_LABELS,
  NO_CONTAINERS,
  VIRTUAL_INTERFACES,
} from './source-series.ts';

/** A recording rule as data: the bundle ships it, the exporter reads it, a dashboard draws it. */
export interface RecordingRule {
  /** `level:metric:operations`; the rate window is part of the operation. */
  readonly record: string;
  readonly expr: string;
  readonly help: string;
}

export interface RecordingGroup {
  readonly name: string;
  readonly intervalSeconds: number;
  readonly rules: readonly RecordingRule[];
}

/** Rules are evaluated at the pace of the usual scrape. */
const INTERVAL_SECONDS = 30;

// Four scrapes of 30 s: a rate still has two samples after one lost scrape, and a short burst is not averaged away.
export const RECORDING_WINDOW_SECONDS = 120;
const WINDOW = `${RECORDING_WINDOW_SECONDS / 60}m`;

const POD = 'cluster, namespace, pod';
const sumByPod = (vector: string): string => `sum by (${POD}) (${vector})`;
const rate = (selector: string): string => `rate(${selector}[${WINDOW}])`;

const CONTAINERS = `container!~"${NO_CONTAINERS}"`;
const CPU = `container_cpu_usage_seconds_total{${CONTAINERS}}`;
const MEMORY = `container_memory_working_set_bytes{${CONTAINERS}}`;
const limits = (resource: string): string => `kube_pod_container_resource_limits{resource="${resource}"}`;

/** Usage of the containers that have a limit, over the sum of their limits. */
const shareOfLimit = (usage: string, resource: string): string =>
  `${sumByPod(`${usage} and on (${POD}, container) ${limits(resource)}`)} / ${sumByPod(limits(resource))}`;

const network = (direction: 'receive' | 'transmit', unit: 'bytes' | 'packets'): RecordingRule => ({
  record: `namespace_pod:container_network_${direction}_${unit}:sum_rate2m`,
  expr: sumByPod(rate(`container_network_${direction}_${unit}_total{pod!="",interface!="lo"}`)),
  help: `${unit === 'bytes' ? 'Bytes' : 'Packets'} per second ${direction === 'receive' ? 'received' : 'sent'} by a pod.`,
});

const disk = (direction: 'reads' | 'writes'): RecordingRule => ({
  record: `namespace_pod:container_fs_${direction}_bytes:sum_rate2m`,
  expr: sumByPod(rate(`container_fs_${direction}_bytes_total{${CONTAINERS}}`)),
  help: `Bytes per second a pod ${direction === 'reads' ? 'reads from' : 'writes to'} block devices.`,
});

const POD_RULES: readonly RecordingRule[] = [
  { record: 'namespace_pod:container_cpu_usage_seconds:sum_rate2m', expr: sumByPod(rate(CPU)), help: 'CPU cores used by a pod.' },
  {
    record: 'namespace_pod:container_cpu_limit_usage:ratio_rate2m',
    expr: shareOfLimit(rate(CPU), 'cpu'),
    help: 'CPU used over the CPU limit, containers with a limit.',
  },
  {
    record: 'namespace_pod:container_cpu_cfs_throttled_periods:ratio_rate2m',
    expr: `${sumByPod(rate(`container_cpu_cfs_throttled_periods_total{${CONTAINERS}}`))} / ${sumByPod(rate(`container_cpu_cfs_periods_total{${CONTAINERS}}`))}`,
    help: 'Share of scheduling periods in which a pod was throttled.',
  },
  { record: 'namespace_pod:container_memory_working_set_bytes:sum', expr: sumByPod(MEMORY), help: 'Working set of a pod.' },
  {
    record: 'namespace_pod:container_memory_limit_usage:ratio',
    expr: shareOfLimit(MEMORY, 'memory'),
    help: 'Working set over the memory limit, containers with a limit.',
  },
  network('receive', 'bytes'),
  network('transmit', 'bytes'),
  network('receive', 'packets'),
  network('transmit', 'packets'),
  disk('reads'),
  disk('writes'),
  {
    record: 'namespace_pod:kube_pod_container_status_restarts:sum',
    expr: sumByPod('kube_pod_container_status_restarts_total'),
    help: 'Container restarts of a pod since its start.',
  },
];

const firstOf = (expressions: readonly string[]): string => expressions.join('\n  or ');

const requests = (counter: string): string => sumByPod(rate(`${counter}{pod!=""}`));
const errorRatio = (counter: string): string => {
  const failed = HTTP_STATUS_LABELS.map((label) => sumByPod(rate(`${counter}{pod!="",${label}=~"${HTTP_FAILED}"}`)));
  // No failed request yet is a share of 0; no request at all is no share.
  return `(${firstOf([...failed, `0 * ${requests(counter)}`])}) / (${requests(counter)} > 0)`;
};
const REQUEST_COUNTERS = ['http_requests_total', ...HTTP_DURATION_HISTOGRAMS.map((name) => `${name}_count`)];

const REQUEST_RULES: readonly RecordingRule[] = [
  {
    record: 'namespace_pod:http_requests:sum_rate2m',
    expr: firstOf(REQUEST_COUNTERS.map(requests)),
    help: 'HTTP requests per second of a pod.',
  },
  {
    record: 'namespace_pod:http_request_errors:ratio_rate2m',
    expr: firstOf(REQUEST_COUNTERS.map(errorRatio)),
    help: 'Share of HTTP requests of a pod answered with a 5xx status.',
  },
  {
    record: 'namespace_pod:http_request_duration_seconds:mean_rate2m',
    expr: firstOf(
      HTTP_DURATION_HISTOGRAMS.map(
        (name) => `${sumByPod(rate(`${name}_sum{pod!=""}`))} / (${sumByPod(rate(`${name}_count{pod!=""}`))} > 0)`,
      ),
    ),
    help: 'Mean time of an HTTP request of a pod.',
  },
  {
    record: 'namespace_pod:http_request_duration_seconds:p99_rate2m',
    expr: firstOf(
      HTTP_DURATION_HISTOGRAMS.map((name) => `histogram_quantile(0.99, sum by (${POD}, le) (${rate(`${name}_bucket{pod!=""}`)}))`),
    ),
    help: '99th percentile of the time of an HTTP request of a pod.',
  },
];

const copyLabel = (vector: string, to: string, from: string): string => `label_replace(${vector}, "${to}", "$1", "${from}", "(.+)")`;
const constantLabel = (vector: string, name: string, value: string): string => `label_replace(${vector}, "${name}", "${value}", "", "")`;

/** Pods of a controller that may itself have an owner: ReplicaSets to Deployments, Jobs to CronJobs. */
const throughOwner = (kind: 'ReplicaSet' | 'Job', label: 'replicaset' | 'job_name', metric: string): string => {
  const owned = copyLabel(copyLabel(`${metric}{owner_kind!~"|<none>"}`, 'workload', 'owner_name'), 'workload_kind', 'owner_kind');
  const orphan = constantLabel(copyLabel(`${metric}{owner_kind=~"|<none>"}`, 'workload', label), 'workload_kind', kind);
  const owners = `max by (cluster, namespace, ${label}, workload, workload_kind) (${owned} or ${orphan})`;
  return `${copyLabel(`kube_pod_owner{owner_kind="${kind}"}`, label, 'owner_name')} * on (cluster, namespace, ${label}) group_left (workload, workload_kind) ${owners}`;
};

const IDENTITY_RULES: readonly RecordingRule[] = [
  {
    record: 'namespace_pod:kube_pod_owner:workload',
    expr: `max by (${POD}, owner_name, workload, workload_kind) (${firstOf([
      throughOwner('ReplicaSet', 'replicaset', 'kube_replicaset_owner'),
      throughOwner('Job', 'job_name', 'kube_job_owner'),
      copyLabel(
        copyLabel('kube_pod_owner{owner_kind!~"ReplicaSet|Job|Node||<none>"}', 'workload', 'owner_name'),
        'workload_kind',
        'owner_kind',
      ),
      constantLabel(copyLabel('kube_pod_owner{owner_kind=~"Node||<none>"}', 'workload', 'pod'), 'workload_kind', 'Pod'),
    ])})`,
    help: 'The workload of a pod, as labels.',
  },
];

const INSTANCE = 'cluster, node, instance';
const nodeRule = (record: string, expr: string, help: string): RecordingRule => ({ record: `instance:${record}`, expr, help });
const pressure = (resource: 'cpu' | 'memory' | 'io'): RecordingRule =>
  nodeRule(
    `node_pressure_${resource}:ratio_rate2m`,
    `sum by (${INSTANCE}) (${rate(`node_pressure_${resource}_waiting_seconds_total`)})`,
    `Share of time in which some task of a node waited for ${resource}.`,
  );

const NODE_RULES: readonly RecordingRule[] = [
  nodeRule(
    'node_cpu_usage:ratio_rate2m',
    `1 - avg by (${INSTANCE}) (${rate('node_cpu_seconds_total{mode="idle"}')})`,
    'Share of time in which the CPUs of a node were not idle.',
  ),
  nodeRule(
    'node_memory_usage:ratio',
    `1 - sum by (${INSTANCE}) (node_memory_MemAvailable_bytes) / sum by (${INSTANCE}) (node_memory_MemTotal_bytes)`,
    'Share of memory of a node that is not available.',
  ),
  nodeRule(
    'node_disk_io:max_rate2m',
    `max by (${INSTANCE}) (${rate(`node_disk_io_time_seconds_total{device=~"${DISK_DEVICES}"}`)})`,
    'Share of time in which the busiest disk of a node had requests in flight.',
  ),
  nodeRule(
    'node_network_receive_bytes:sum_rate2m',
    `sum by (${INSTANCE}) (${rate(`node_network_receive_bytes_total{device!~"${VIRTUAL_INTERFACES}"}`)})`,
    'Bytes per second a node receives.',
  ),
  nodeRule(
    'node_network_transmit_bytes:sum_rate2m',
    `sum by (${INSTANCE}) (${rate(`node_network_transmit_bytes_total{device!~"${VIRTUAL_INTERFACES}"}`)})`,
    'Bytes per second a node sends.',
  ),
  pressure('cpu'),
  pressure('memory'),
  pressure('io'),
];

/** What the exporter reads where the bundle's rules are loaded. A group fails alone: pods without request metrics lose nothing else. */
export const RECORDING_GROUPS: readonly RecordingGroup[] = [
  { name: 'bellwether-identity', intervalSeconds: INTERVAL_SECONDS, rules: IDENTITY_RULES },
  { name: 'bellwether-pods', intervalSeconds: INTERVAL_SECONDS, rules: POD_RULES },
  { name: 'bellwether-requests', intervalSeconds: INTERVAL_SECONDS, rules: REQUEST_RULES },
  { name: 'bellwether-nodes', intervalSeconds: INTERVAL_SECONDS, rules: NODE_RULES },
];
