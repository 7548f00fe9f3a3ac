import { DISK_DEVICES, HTTP_DURATION_HISTOGRAMS, NO_CONTAINERS, type Selector, VIRTUAL_INTERFACES } from '../conventions/index.ts';
import { type CatalogInput, defineCatalog, type FeatureCatalog } from './catalog.ts';
import { RAW_NODE_FEATURES } from './node-features.ts';
import { RAW_POD_FEATURES } from './pod-features.ts';
import { differs, equals, matches, named, namedLike, unlike } from './select.ts';

/** Matchers that narrow what a catalogue reads, for example to one cluster or one scrape job. */
export interface CatalogScope {
  /** Added to every selector. */
  readonly all?: Selector;
  readonly cadvisor?: Selector;
  readonly kubeState?: Selector;
  readonly nodeExporter?: Selector;
  /** Added to the selectors of request metrics of the applications. */
  readonly application?: Selector;
}

const POD = { by: 'pod' } as const;
const NODE = { by: 'node' } as const;

const CONTAINERS = unlike('container', NO_CONTAINERS);

const cadvisorInputs = (scope: Selector): readonly CatalogInput[] => {
  const counter = (id: string, name: string, ...matchers: Selector): CatalogInput => ({
    id,
    selector: named(name, ...matchers, ...scope),
    kind: 'counter',
    entity: POD,
  });
  // Network counters belong to the pod's network namespace and carry no container.
  const network = (id: string, name: string) => counter(id, name, differs('pod', ''), differs('interface', 'lo'));
  return [
    counter('cpu_usage', 'container_cpu_usage_seconds_total', CONTAINERS),
    counter('cpu_throttled_periods', 'container_cpu_cfs_throttled_periods_total', CONTAINERS),
    counter('cpu_periods', 'container_cpu_cfs_periods_total', CONTAINERS),
    { id: 'memory_usage', selector: named('container_memory_working_set_bytes', CONTAINERS, ...scope), kind: 'gauge', entity: POD },
    network('network_receive_bytes', 'container_network_receive_bytes_total'),
    network('network_transmit_bytes', 'container_network_transmit_bytes_total'),
    network('network_receive_packets', 'container_network_receive_packets_total'),
    network('network_transmit_packets', 'container_network_transmit_packets_total'),
    counter('fs_reads_bytes', 'container_fs_reads_bytes_total', CONTAINERS),
    counter('fs_writes_bytes', 'container_fs_writes_bytes_total', CONTAINERS),
  ];
};

/** Limits, which change rarely. */
const limitInputs = (scope: Selector): readonly CatalogInput[] =>
  (['cpu', 'memory'] as const).map((resource) => ({
    id: `${resource}_limit`,
    selector: named('kube_pod_container_resource_limits', equals('resource', resource), ...scope),
    kind: 'gauge',
    entity: POD,
    slow: true,
  }));

/** Owners and container states as kube-state-metrics gives them. */
const kubeStateInputs = (scope: Selector): readonly CatalogInput[] => [
  { id: 'pod_owner', selector: named('kube_pod_owner', ...scope), kind: 'pod_owner' },
  { id: 'replicaset_owner', selector: named('kube_replicaset_owner', ...scope), kind: 'replicaset_owner' },
  { id: 'job_owner', selector: named('kube_job_owner', ...scope), kind: 'job_owner' },
  { id: 'restarts', selector: named('kube_pod_container_status_restarts_total', ...scope), kind: 'restarts' },
  {
    id: 'oom_killed',
    selector: named('kube_pod_container_status_last_terminated_reason', equals('reason', 'OOMKilled'), ...scope),
    kind: 'oom_killed',
  },
  { id: 'waiting', selector: namedLike('kube_pod_(init_)?container_status_waiting_reason', ...scope), kind: 'waiting' },
];

const HTTP_DURATION = `(${HTTP_DURATION_HISTOGRAMS.join('|')})`;

const applicationInputs = (scope: Selector): readonly CatalogInput[] => {
  const duration = (id: string, suffix: string, kind: 'counter' | 'bucket'): CatalogInput => ({
    id,
    selector: namedLike(`${HTTP_DURATION}_${suffix}`, differs('pod', ''), ...scope),
    kind,
    entity: POD,
  });
  return [
    { id: 'http_requests', selector: named('http_requests_total', differs('pod', ''), ...scope), kind: 'counter', entity: POD },
    duration('http_duration_sum', 'sum', 'counter'),
    duration('http_duration_count', 'count', 'counter'),
    duration('http_duration_buckets', 'bucket', 'bucket'),
  ];
};

const nodeInputs = (scope: Selector): readonly CatalogInput[] => {
  const counter = (id: string, name: string, ...matchers: Selector): CatalogInput => ({
    id,
    selector: named(name, ...matchers, ...scope),
    kind: 'counter',
    entity: NODE,
  });
  const gauge = (id: string, name: string): CatalogInput => ({ id, selector: named(name, ...scope), kind: 'gauge', entity: NODE });
  return [
    { id: 'node_name', selector: named('node_uname_info', ...scope), kind: 'node_name' },
    counter('node_cpu_idle', 'node_cpu_seconds_total', equals('mode', 'idle')),
    gauge('node_memory_available', 'node_memory_MemAvailable_bytes'),
    gauge('node_memory_total', 'node_memory_MemTotal_bytes'),
    counter('node_disk_io', 'node_disk_io_time_seconds_total', matches('device', DISK_DEVICES)),
    counter('node_network_receive', 'node_network_receive_bytes_total', unlike('device', VIRTUAL_INTERFACES)),
    counter('node_network_transmit', 'node_network_transmit_bytes_total', unlike('device', VIRTUAL_INTERFACES)),
    counter('node_pressure_cpu', 'node_pressure_cpu_waiting_seconds_total'),
    counter('node_pressure_memory', 'node_pressure_memory_waiting_seconds_total'),
    counter('node_pressure_io', 'node_pressure_io_waiting_seconds_total'),
  ];
};

/**
 * Reads cAdvisor, kube-state-metrics, node_exporter and application metrics as they are: needs no recording rules,
 * costs the server several times what `recordedCatalog` costs on a large cluster.
 */
export const defaultCatalog = (scope: CatalogScope = {}): FeatureCatalog => {
  const all = scope.all ?? [];
  const kubeState = [...(scope.kubeState ?? []), ...all];
  return defineCatalog('raw', {
    inputs: [
      ...cadvisorInputs([...(scope.cadvisor ?? []), ...all]),
      ...limitInputs(kubeState),
      ...kubeStateInputs(kubeState),
      ...applicationInputs([...(scope.application ?? []), ...all]),
      ...nodeInputs([...(scope.nodeExporter ?? []), ...all]),
    ],
    features: [...RAW_POD_FEATURES, ...RAW_NODE_FEATURES],
  });
};
