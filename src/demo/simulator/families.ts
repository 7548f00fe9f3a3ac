/** Every metric family of the simulated Prometheus: type and help as its source has them. */
export const FAMILIES = {
  container_cpu_usage_seconds_total: { type: 'counter', help: 'Cumulative cpu time consumed in seconds.' },
  container_cpu_cfs_periods_total: { type: 'counter', help: 'Number of elapsed enforcement period intervals.' },
  container_cpu_cfs_throttled_periods_total: { type: 'counter', help: 'Number of throttled period intervals.' },
  container_memory_working_set_bytes: { type: 'gauge', help: 'Current working set in bytes.' },
  container_network_receive_bytes_total: { type: 'counter', help: 'Cumulative count of bytes received.' },
  container_network_transmit_bytes_total: { type: 'counter', help: 'Cumulative count of bytes transmitted.' },
  container_network_receive_packets_total: { type: 'counter', help: 'Cumulative count of packets received.' },
  container_network_transmit_packets_total: { type: 'counter', help: 'Cumulative count of packets transmitted.' },
  container_fs_reads_bytes_total: { type: 'counter', help: 'Cumulative count of bytes read.' },
  container_fs_writes_bytes_total: { type: 'counter', help: 'Cumulative count of bytes written.' },
  kube_pod_info: { type: 'gauge', help: 'Information about pod.' },
  kube_pod_owner: { type: 'gauge', help: "Information about the Pod's owner." },
  kube_replicaset_owner: { type: 'gauge', help: "Information about the ReplicaSet's owner." },
  kube_job_owner: { type: 'gauge', help: "Information about the Job's owner." },
  kube_deployment_spec_replicas: { type: 'gauge', help: 'Number of desired pods for a deployment.' },
  kube_pod_container_status_restarts_total: { type: 'counter', help: 'The number of container restarts per container.' },
  kube_pod_container_status_waiting_reason: { type: 'gauge', help: 'Describes the reason the container is currently in waiting state.' },
  kube_pod_container_status_last_terminated_reason: {
    type: 'gauge',
    help: 'Describes the last reason the container was in terminated state.',
  },
  kube_pod_container_resource_limits: { type: 'gauge', help: 'The number of requested limit resource by a container.' },
  node_cpu_seconds_total: { type: 'counter', help: 'Seconds the CPUs spent in each mode.' },
  node_memory_MemTotal_bytes: { type: 'gauge', help: 'Memory information field MemTotal_bytes.' },
  node_memory_MemAvailable_bytes: { type: 'gauge', help: 'Memory information field MemAvailable_bytes.' },
  node_disk_io_time_seconds_total: { type: 'counter', help: 'Total seconds spent doing I/Os.' },
  node_network_receive_bytes_total: { type: 'counter', help: 'Network device statistic receive_bytes.' },
  node_network_transmit_bytes_total: { type: 'counter', help: 'Network device statistic transmit_bytes.' },
  node_pressure_cpu_waiting_seconds_total: { type: 'counter', help: 'Total time in seconds that processes have waited for CPU time.' },
  node_pressure_io_waiting_seconds_total: {
    type: 'counter',
    help: 'Total time in seconds that processes have waited due to IO congestion.',
  },
  node_pressure_memory_waiting_seconds_total: { type: 'counter', help: 'Total time in seconds that processes have waited for memory.' },
  node_uname_info: { type: 'gauge', help: 'Labeled system information as provided by the uname system call.' },
  http_requests_total: { type: 'counter', help: 'Requests answered, by status code.' },
  http_request_duration_seconds: { type: 'histogram', help: 'Time until a request was answered.' },
  up: { type: 'gauge', help: 'Whether the last scrape of the target succeeded.' },
} as const satisfies Record<string, { readonly type: 'counter' | 'gauge' | 'histogram'; readonly help: string }>;

/** The family a series name belongs to: the three parts of a histogram share one. */
export const familyOf = (name: string): string => (name in FAMILIES ? name : name.replace(/_(bucket|sum|count)$/, ''));
