import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RECORDING_GROUPS } from '../../src/conventions/index.ts';
import { describeWith } from './real-program.ts';

/** Ten minutes of samples every 30 s. */
const counter = (perStep: number): string => `0+${perStep}x20`;
const always = (value: number): string => `${value}x20`;

const INPUT: Readonly<Record<string, string>> = {
  'container_cpu_usage_seconds_total{namespace="shop",pod="web-1",container="main"}': counter(30),
  'container_cpu_usage_seconds_total{namespace="shop",pod="web-1",container="proxy"}': counter(3),
  // The cgroup of the whole pod, which must not count again.
  'container_cpu_usage_seconds_total{namespace="shop",pod="web-1",container=""}': counter(33),
  'kube_pod_container_resource_limits{namespace="shop",pod="web-1",container="proxy",resource="cpu"}': always(0.25),
  'kube_pod_owner{namespace="shop",pod="web-1",owner_kind="ReplicaSet",owner_name="web-abc",instance="ksm"}': always(1),
  'kube_replicaset_owner{namespace="shop",replicaset="web-abc",owner_kind="Deployment",owner_name="web",instance="ksm"}': always(1),
  'kube_pod_owner{namespace="shop",pod="lone-1",owner_kind="ReplicaSet",owner_name="lone-abc"}': always(1),
  'kube_replicaset_owner{namespace="shop",replicaset="lone-abc",owner_kind="<none>",owner_name="<none>"}': always(1),
  'kube_pod_owner{namespace="shop",pod="run-1",owner_kind="Job",owner_name="run-28471920"}': always(1),
  'kube_job_owner{namespace="shop",job_name="run-28471920",owner_kind="CronJob",owner_name="run"}': always(1),
  'kube_pod_owner{namespace="shop",pod="mig-1",owner_kind="Job",owner_name="mig"}': always(1),
  'kube_job_owner{namespace="shop",job_name="mig",owner_kind="<none>",owner_name="<none>"}': always(1),
  'kube_pod_owner{namespace="shop",pod="db-0",owner_kind="StatefulSet",owner_name="db"}': always(1),
  'kube_pod_owner{namespace="shop",pod="bare",owner_kind="<none>",owner_name="<none>"}': always(1),
  'kube_pod_owner{namespace="kube-system",pod="etcd-n1",owner_kind="Node",owner_name="n1"}': always(1),
  'http_requests_total{namespace="shop",pod="web-1",code="200"}': counter(90),
  'http_requests_total{namespace="shop",pod="web-1",code="503"}': counter(30),
  'http_requests_total{namespace="shop",pod="db-0",status="200"}': counter(90),
  'http_server_requests_seconds_count{namespace="shop",pod="run-1",status="500"}': counter(60),
  'http_server_requests_seconds_sum{namespace="shop",pod="run-1",status="500"}': counter(30),
  'http_request_duration_seconds_bucket{namespace="shop",pod="web-1",le="1"}': counter(60),
  'http_request_duration_seconds_bucket{namespace="shop",pod="web-1",le="+Inf"}': counter(60),
  'node_cpu_seconds_total{instance="n1:9100",cpu="0",mode="idle"}': counter(15),
  'node_cpu_seconds_total{instance="n1:9100",cpu="1",mode="idle"}': counter(30),
  'node_memory_MemAvailable_bytes{instance="n1:9100"}': always(25),
  'node_memory_MemTotal_bytes{instance="n1:9100"}': always(100),
};

type Expected = Readonly<Record<string, Readonly<Record<string, number>>>>;

const EXPECTED: Expected = {
  'namespace_pod:kube_pod_owner:workload': {
    '{namespace="shop",pod="web-1",owner_name="web-abc",workload="web",workload_kind="Deployment"}': 1,
    '{namespace="shop",pod="lone-1",owner_name="lone-abc",workload="lone-abc",workload_kind="ReplicaSet"}': 1,
    '{namespace="shop",pod="run-1",owner_name="run-28471920",workload="run",workload_kind="CronJob"}': 1,
    '{namespace="shop",pod="mig-1",owner_name="mig",workload="mig",workload_kind="Job"}': 1,
    '{namespace="shop",pod="db-0",owner_name="db",workload="db",workload_kind="StatefulSet"}': 1,
    '{namespace="shop",pod="bare",owner_name="<none>",workload="bare",workload_kind="Pod"}': 1,
    '{namespace="kube-system",pod="etcd-n1",owner_name="n1",workload="etcd-n1",workload_kind="Pod"}': 1,
  },
  'namespace_pod:container_cpu_usage_seconds:sum_rate2m': { '{namespace="shop",pod="web-1"}': 1.1 },
  // The proxy's 0.1 cores of its 0.25; the main container has no limit.
  'namespace_pod:container_cpu_limit_usage:ratio_rate2m': { '{namespace="shop",pod="web-1"}': 0.4 },
  'namespace_pod:http_request_errors:ratio_rate2m': {
    '{namespace="shop",pod="web-1"}': 0.25,
    '{namespace="shop",pod="db-0"}': 0,
    '{namespace="shop",pod="run-1"}': 1,
  },
  'namespace_pod:http_request_duration_seconds:mean_rate2m': { '{namespace="shop",pod="run-1"}': 0.5 },
  'namespace_pod:http_request_duration_seconds:p99_rate2m': { '{namespace="shop",pod="web-1"}': 0.99 },
  'instance:node_cpu_usage:ratio_rate2m': { '{instance="n1:9100"}': 0.25 },
  'instance:node_memory_usage:ratio': { '{instance="n1:9100"}': 0.75 },
};

// JSON is YAML, so promtool reads what JSON.stringify writes.
const rulesFile = () => ({
  groups: RECORDING_GROUPS.map(({ name, intervalSeconds, rules }) => ({
    name,
    interval: `${intervalSeconds}s`,
    rules: rules.map(({ record, expr }) => ({ record, expr })),
  })),
});

const testFile = () => ({
  rule_files: ['rules.json'],
  evaluation_interval: '30s',
  tests: [
    {
      interval: '30s',
      input_series: Object.entries(INPUT).map(([series, values]) => ({ series, values })),
      promql_expr_test: Object.entries(EXPECTED).map(([record, samples]) => ({
        // Sums of rates differ from the exact number in their last bits.
        expr: `round(${record}, 0.000001)`,
        eval_time: '5m',
        exp_samples: Object.entries(samples).map(([labels, value]) => ({ labels, value })),
      })),
    },
  ],
});

describeWith(['promtool'], 'RECORDING_GROUPS in promtool', (promtool) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-rules-'));
    writeFileSync(join(folder, 'rules.json'), JSON.stringify(rulesFile()));
    writeFileSync(join(folder, 'test.json'), JSON.stringify(testFile()));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const run = (...args: string[]): string => execFileSync(promtool, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });

  it('pass every lint', () => {
    expect(run('check', 'rules', '--lint=all', '--lint-fatal', 'rules.json')).toContain('SUCCESS');
  });

  it('follow owners, leave out what counts twice and divide sums', () => {
    expect(run('test', 'rules', 'test.json')).toContain('SUCCESS');
  });
});
