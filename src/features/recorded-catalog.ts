import type { Selector } from '../conventions/index.ts';
import { type CatalogFeature, type CatalogInput, defineCatalog, type FeatureCatalog } from './catalog.ts';
import { NODE_FEATURES } from './node-features.ts';
import { POD_FEATURES } from './pod-features.ts';
import { equals, named, namedLike } from './select.ts';

type PodFeature = keyof typeof POD_FEATURES;
type NodeFeature = keyof typeof NODE_FEATURES;

/** The recording rule that holds each pod feature (conventions/recording-rules.ts). */
const POD_RECORDS: Readonly<Record<PodFeature, string>> = {
  cpuUsage: 'namespace_pod:container_cpu_usage_seconds:sum_rate2m',
  cpuLimitUsage: 'namespace_pod:container_cpu_limit_usage:ratio_rate2m',
  cpuThrottled: 'namespace_pod:container_cpu_cfs_throttled_periods:ratio_rate2m',
  memoryUsage: 'namespace_pod:container_memory_working_set_bytes:sum',
  memoryLimitUsage: 'namespace_pod:container_memory_limit_usage:ratio',
  networkReceive: 'namespace_pod:container_network_receive_bytes:sum_rate2m',
  networkTransmit: 'namespace_pod:container_network_transmit_bytes:sum_rate2m',
  packetsReceive: 'namespace_pod:container_network_receive_packets:sum_rate2m',
  packetsTransmit: 'namespace_pod:container_network_transmit_packets:sum_rate2m',
  fsReads: 'namespace_pod:container_fs_reads_bytes:sum_rate2m',
  fsWrites: 'namespace_pod:container_fs_writes_bytes:sum_rate2m',
  requests: 'namespace_pod:http_requests:sum_rate2m',
  errors: 'namespace_pod:http_request_errors:ratio_rate2m',
  latencyMean: 'namespace_pod:http_request_duration_seconds:mean_rate2m',
  latencyP99: 'namespace_pod:http_request_duration_seconds:p99_rate2m',
};

const NODE_RECORDS: Readonly<Record<NodeFeature, string>> = {
  cpu: 'instance:node_cpu_usage:ratio_rate2m',
  memory: 'instance:node_memory_usage:ratio',
  diskIo: 'instance:node_disk_io:max_rate2m',
  networkReceive: 'instance:node_network_receive_bytes:sum_rate2m',
  networkTransmit: 'instance:node_network_transmit_bytes:sum_rate2m',
  pressureCpu: 'instance:node_pressure_cpu:ratio_rate2m',
  pressureMemory: 'instance:node_pressure_memory:ratio_rate2m',
  pressureIo: 'instance:node_pressure_io:ratio_rate2m',
};

/** Which pod features are read; the rest of the recorded ones costs nothing when left out. */
export interface RecordedOptions {
  /** Added to every selector, for example `cluster="a"`. */
  readonly all?: Selector;
  /** Names of features to read; all where absent. */
  readonly only?: readonly string[];
}

/**
 * Reads the series that the bundle's recording rules make: one per pod and feature, labels `cluster, namespace, pod` alone,
 * so a tick moves a tenth of the bytes that `defaultCatalog` moves.
 */
export const recordedCatalog = (options: RecordedOptions = {}): FeatureCatalog => {
  const all = options.all ?? [];
  const wanted = (feature: { readonly name: string }): boolean => options.only?.includes(feature.name) ?? true;
  const inputs: CatalogInput[] = [];
  const features: CatalogFeature[] = [];
  const add = (record: string, shape: Omit<CatalogFeature, 'formula'>): void => {
    if (!wanted(shape)) return;
    const entity = { by: shape.level === 'node' ? 'node' : 'pod' } as const;
    inputs.push({ id: record, selector: named(record, ...all), kind: 'gauge', entity });
    features.push({ ...shape, formula: { kind: 'value', of: { input: record, combine: 'sum' } } });
  };
  for (const key of Object.keys(POD_FEATURES) as PodFeature[]) add(POD_RECORDS[key], POD_FEATURES[key]);
  for (const key of Object.keys(NODE_FEATURES) as NodeFeature[]) add(NODE_RECORDS[key], NODE_FEATURES[key]);
  inputs.push(
    { id: 'workload', selector: named('namespace_pod:kube_pod_owner:workload', ...all), kind: 'pod_workload' },
    { id: 'node_name', selector: named('node_uname_info', ...all), kind: 'node_name' },
    { id: 'restarts', selector: named('namespace_pod:kube_pod_container_status_restarts:sum', ...all), kind: 'restarts' },
    // Sparse by nature (only containers that wait or were killed), so read as they are.
    {
      id: 'oom_killed',
      selector: named('kube_pod_container_status_last_terminated_reason', equals('reason', 'OOMKilled'), ...all),
      kind: 'oom_killed',
    },
    { id: 'waiting', selector: namedLike('kube_pod_(init_)?container_status_waiting_reason', ...all), kind: 'waiting' },
  );
  return defineCatalog('recorded', { inputs, features });
};
