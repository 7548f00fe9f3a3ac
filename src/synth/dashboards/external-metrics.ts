/** Metrics of others that dashboards and bundle-wide rules read, by who exposes them. A test refuses any name that is neither here nor ours. */
export const EXTERNAL_METRICS = {
  prometheus: [
    'ALERTS',
    'up',
    'scrape_duration_seconds',
    'prometheus_rule_evaluation_failures_total',
    'prometheus_rule_group_last_duration_seconds',
  ],
  cadvisor: [
    'container_cpu_usage_seconds_total',
    'container_memory_working_set_bytes',
    'container_network_receive_packets_dropped_total',
    'container_network_transmit_packets_dropped_total',
    'container_network_receive_errors_total',
    'container_network_transmit_errors_total',
  ],
  kubeStateMetrics: [
    'kube_deployment_status_observed_generation',
    'kube_cronjob_status_last_successful_time',
    'kube_cronjob_created',
    'kube_job_failed',
  ],
  apiserver: ['apiserver_admission_webhook_fail_open_count', 'apiserver_admission_webhook_admission_duration_seconds_bucket'],
  nodejs: ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_heap_size_used_bytes'],
  hubble: ['hubble_drop_total', 'hubble_flows_processed_total', 'hubble_dns_queries_total'],
  tetragon: ['tetragon_events_total', 'tetragon_policy_events_total'],
  falco: ['falcosecurity_falco_rules_matches_total'],
} as const;
