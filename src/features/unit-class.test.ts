import { unitClassOf } from './unit-class.ts';

describe('unitClassOf', () => {
  it.each([
    ['node_cpu_usage_ratio', 'context'],
    ['node_network_receive_bytes_per_second', 'context'],
    ['pod_cpu_usage_cores', 'cpu_cores'],
    ['pod_cpu_limit_usage_ratio', 'ratio'],
    ['ec2_cpu_utilization_ratio', 'ratio'],
    ['pod_memory_limit_usage_ratio', 'memory_ratio'],
    ['pod_memory_usage_bytes', 'memory_bytes'],
    ['cluster_memory_change_bytes_per_second', 'bytes_per_second'],
    ['pod_network_transmit_bytes_per_second', 'bytes_per_second'],
    ['pod_server_latency_p99_seconds', 'seconds'],
    ['api_dependency_latency', 'seconds'],
    ['pod_syscall_reads', 'syscalls'],
    ['pod_requests_per_second', 'requests_per_second'],
    ['data_ingress_rate', 'per_second'],
    ['service_success_ratio', 'success_ratio'],
    ['petshop_availability_ratio', 'success_ratio'],
    ['service_unavailable_responses', 'other'],
    ['asd_metric_07', 'other'],
  ])('puts %s into %s', (name, expected) => {
    expect(unitClassOf(name)).toBe(expected);
  });
});
