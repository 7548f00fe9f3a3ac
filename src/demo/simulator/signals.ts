/**
 * What a scenario moves, in the field's words: the raw metric family it shows in, and the features of the default catalogue
 * that are made from that family.
 */
export const SIGNALS = {
  cpu: { family: 'container_cpu_usage_seconds_total', features: ['pod_cpu_usage_cores'] },
  cpu_limit: { family: 'kube_pod_container_resource_limits', features: ['pod_cpu_limit_usage_ratio'] },
  throttling: { family: 'container_cpu_cfs_throttled_periods_total', features: ['pod_cpu_throttled_ratio'] },
  memory: { family: 'container_memory_working_set_bytes', features: ['pod_memory_usage_bytes', 'pod_memory_limit_usage_ratio'] },
  receive_bytes: { family: 'container_network_receive_bytes_total', features: ['pod_network_receive_bytes_per_second'] },
  transmit_bytes: { family: 'container_network_transmit_bytes_total', features: ['pod_network_transmit_bytes_per_second'] },
  receive_packets: { family: 'container_network_receive_packets_total', features: ['pod_network_receive_packets_per_second'] },
  transmit_packets: { family: 'container_network_transmit_packets_total', features: ['pod_network_transmit_packets_per_second'] },
  file_reads: { family: 'container_fs_reads_bytes_total', features: ['pod_fs_reads_bytes_per_second'] },
  file_writes: { family: 'container_fs_writes_bytes_total', features: ['pod_fs_writes_bytes_per_second'] },
  requests: { family: 'http_requests_total', features: ['pod_requests_per_second'] },
  errors: { family: 'http_requests_total', features: ['pod_request_error_ratio'] },
  latency: { family: 'http_request_duration_seconds_bucket', features: ['pod_latency_mean_seconds', 'pod_latency_p99_seconds'] },
  restarts: { family: 'kube_pod_container_status_restarts_total', features: ['container_restarts', 'container_oom_kills'] },
  waiting: { family: 'kube_pod_container_status_waiting_reason', features: ['container_waiting_CrashLoopBackOff'] },
  node_cpu: { family: 'node_cpu_seconds_total', features: ['node_cpu_usage_ratio'] },
  node_cpu_pressure: { family: 'node_pressure_cpu_waiting_seconds_total', features: ['node_pressure_cpu_ratio'] },
  node_disk: { family: 'node_disk_io_time_seconds_total', features: ['node_disk_io_ratio'] },
  node_io_pressure: { family: 'node_pressure_io_waiting_seconds_total', features: ['node_pressure_io_ratio'] },
} as const satisfies Record<string, { readonly family: string; readonly features: readonly string[] }>;

export type Signal = keyof typeof SIGNALS;
