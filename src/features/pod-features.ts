import { HTTP_FAILED, HTTP_STATUS_LABELS } from '../conventions/index.ts';
import type { CatalogFeature, Formula, Term } from './catalog.ts';
import { matches } from './select.ts';

/** The rule for known CPU limits finds the feature by this name, in recordings too. */
export const CPU_LIMIT_FEATURE = 'pod_cpu_limit_usage_ratio';

/** Its largest value over the pods is also a lifecycle signal. */
export const THROTTLED_FEATURE = 'pod_cpu_throttled_ratio';

type Shape = Omit<CatalogFeature, 'formula' | 'otherwise'>;

const pod = (name: string, unit: string, unitClass: CatalogFeature['unitClass'], help: string, max?: number): Shape => ({
  name,
  help,
  unit,
  unitClass,
  min: 0,
  ...(max === undefined ? {} : { max }),
  level: 'pod',
});

/**
 * The features of a pod, without the way they are read. They carry the prefix `pod_` because a workload's value is the
 * median over its pods, not their sum: it does not move when the workload is scaled.
 */
export const POD_FEATURES = {
  cpuUsage: pod('pod_cpu_usage_cores', 'cores', 'cpu_cores', 'CPU used by the containers of a pod.'),
  // No upper bound: a container may pass its quota for part of a period.
  cpuLimitUsage: pod(
    CPU_LIMIT_FEATURE,
    'ratio',
    'ratio',
    'CPU used by the containers that have a CPU limit, over the sum of those limits.',
  ),
  cpuThrottled: pod(THROTTLED_FEATURE, 'ratio', 'stall_ratio', 'Share of scheduling periods in which the pod was throttled.', 1),
  memoryUsage: pod(
    'pod_memory_usage_bytes',
    'bytes',
    'memory_bytes',
    'Working set of the containers of a pod: what counts for an OOM kill.',
  ),
  memoryLimitUsage: pod(
    'pod_memory_limit_usage_ratio',
    'ratio',
    'memory_ratio',
    'Working set of the containers that have a memory limit, over the sum of those limits.',
  ),
  networkReceive: pod(
    'pod_network_receive_bytes_per_second',
    'bytes/s',
    'bytes_per_second',
    'Bytes received over all interfaces but loopback.',
  ),
  networkTransmit: pod(
    'pod_network_transmit_bytes_per_second',
    'bytes/s',
    'bytes_per_second',
    'Bytes sent over all interfaces but loopback.',
  ),
  packetsReceive: pod(
    'pod_network_receive_packets_per_second',
    'packets/s',
    'per_second',
    'Packets received: a scan moves many packets and few bytes.',
  ),
  packetsTransmit: pod('pod_network_transmit_packets_per_second', 'packets/s', 'per_second', 'Packets sent.'),
  fsReads: pod('pod_fs_reads_bytes_per_second', 'bytes/s', 'bytes_per_second', 'Bytes read from block devices.'),
  fsWrites: pod('pod_fs_writes_bytes_per_second', 'bytes/s', 'bytes_per_second', 'Bytes written to block devices.'),
  requests: pod('pod_requests_per_second', 'requests/s', 'requests_per_second', 'HTTP requests answered by a pod.'),
  errors: pod('pod_request_error_ratio', 'ratio', 'error_ratio', 'Share of HTTP requests answered with a 5xx status.', 1),
  latencyMean: pod('pod_latency_mean_seconds', 's', 'seconds', 'Mean time of an HTTP request.'),
  latencyP99: pod('pod_latency_p99_seconds', 's', 'seconds', '99th percentile of the time of an HTTP request, from histogram buckets.'),
} as const satisfies Record<string, Shape>;

const sum = (input: string): Term => ({ input, combine: 'sum' });
const value = (input: string): Formula => ({ kind: 'value', of: sum(input) });

const failed = (input: string): Term => ({ input, combine: 'sum', anyOf: HTTP_STATUS_LABELS.map((label) => matches(label, HTTP_FAILED)) });

/** How the pod features are made from the raw series of cAdvisor, kube-state-metrics and the applications. */
export const RAW_POD_FEATURES: readonly CatalogFeature[] = [
  { ...POD_FEATURES.cpuUsage, formula: value('cpu_usage') },
  { ...POD_FEATURES.cpuLimitUsage, formula: { kind: 'share_of_limit', usage: 'cpu_usage', limit: 'cpu_limit', by: 'container' } },
  { ...POD_FEATURES.cpuThrottled, formula: { kind: 'ratio', of: sum('cpu_throttled_periods'), over: sum('cpu_periods') } },
  { ...POD_FEATURES.memoryUsage, formula: value('memory_usage') },
  { ...POD_FEATURES.memoryLimitUsage, formula: { kind: 'share_of_limit', usage: 'memory_usage', limit: 'memory_limit', by: 'container' } },
  { ...POD_FEATURES.networkReceive, formula: value('network_receive_bytes') },
  { ...POD_FEATURES.networkTransmit, formula: value('network_transmit_bytes') },
  { ...POD_FEATURES.packetsReceive, formula: value('network_receive_packets') },
  { ...POD_FEATURES.packetsTransmit, formula: value('network_transmit_packets') },
  { ...POD_FEATURES.fsReads, formula: value('fs_reads_bytes') },
  { ...POD_FEATURES.fsWrites, formula: value('fs_writes_bytes') },
  { ...POD_FEATURES.requests, formula: value('http_requests'), otherwise: value('http_duration_count') },
  {
    ...POD_FEATURES.errors,
    formula: { kind: 'ratio', of: failed('http_requests'), over: sum('http_requests') },
    otherwise: { kind: 'ratio', of: failed('http_duration_count'), over: sum('http_duration_count') },
  },
  { ...POD_FEATURES.latencyMean, formula: { kind: 'ratio', of: sum('http_duration_sum'), over: sum('http_duration_count') } },
  { ...POD_FEATURES.latencyP99, formula: { kind: 'quantile', of: 'http_duration_buckets', q: 0.99 } },
];
