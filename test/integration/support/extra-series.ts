import {
  BACKGROUND_SCAN_METRICS,
  type Labels,
  type MetricDefinition,
  MITIGATION_METRICS,
  RECEIVER_METRICS,
  RUNTIME_EVENT_METRICS,
} from '../../../src/conventions/index.ts';
import { formatLabels } from '../remote-read-fixture.ts';

/** Rises by so much per second. */
const counters = (nowMs: number, perSecond: number): number => (nowMs / 1000 - 1_700_000_000) * perSecond;

type Row = readonly [name: string, labels: Labels, value: number];

/** A likely value of each label, and of each gauge that is not 1: what is well has to look well. */
const LABEL_VALUES: Labels = {
  word: 'false_alarm',
  source: 'silence',
  reason: 'unknown_alert',
  outcome: 'taken',
  channel: 'slack',
  state: 'active',
  status: 'firing',
  mode: 'dryRun',
  back_end: 'envoy-gateway',
  cause: 'expired',
  guard: 'cooldown',
  phase: 'apply',
  pod_namespace: 'team-1',
  policy: 'shells',
  action: 'post',
  technique: 'env-file',
  sender: 'node-0',
  type: 'exec',
  instance: 'alertmanager-0',
  target_namespace: 'team-2',
  workload: 'svc-2',
  workload_kind: 'Deployment',
  bound: 'object',
  object_namespace: 'team-2',
  operation: 'write',
  severity: 'high',
};
/** Where the same label means something else. */
const OTHER_VALUES: readonly (readonly [prefix: string, labels: Labels])[] = [
  ['bellwether_runtime_event', { source: 'tetragon' }],
  ['bellwether_background_scan', { policy: 'hostpath', state: 'unused', reason: 'not_found' }],
];
const GAUGES: Labels = {
  [MITIGATION_METRICS.mitigatedWorkload.name]: '0',
  [MITIGATION_METRICS.mitigationsIneffective.name]: '0',
  [MITIGATION_METRICS.mitigationsOverdue.name]: '0',
  [MITIGATION_METRICS.mitigationBreaker.name]: '0',
  [RECEIVER_METRICS.receiverNotReady.name]: '0',
  [RECEIVER_METRICS.bulkSilences.name]: '0',
  [RECEIVER_METRICS.storeBytes.name]: '41000000',
  [RECEIVER_METRICS.storeLimit.name]: '2000000000',
  [RECEIVER_METRICS.precision.name]: '0.92',
  [RECEIVER_METRICS.repeats.name]: '0.04',
  [RECEIVER_METRICS.timeToVerdict.name]: '1100',
  [BACKGROUND_SCAN_METRICS.backgroundScanObjects.name]: '840',
  [BACKGROUND_SCAN_METRICS.backgroundScanUnread.name]: '0',
  [BACKGROUND_SCAN_METRICS.backgroundScanLeftOut.name]: '0',
};
/** What goes wrong stands still, people speak now and then, alerts come in between. */
const paceOf = (name: string): number =>
  /failures|refused|removed|orphans|changes/.test(name) ? 0 : /verdict|mitigation/.test(name) ? 0.05 : 0.5;

const gaugeOf = (name: string, nowMs: number): number => (name.endsWith('_timestamp_seconds') ? nowMs / 1000 : Number(GAUGES[name] ?? 1));

const declaredRows = (nowMs: number): readonly Row[] =>
  [BACKGROUND_SCAN_METRICS, MITIGATION_METRICS, RECEIVER_METRICS, RUNTIME_EVENT_METRICS]
    .flatMap((group) => Object.values<MetricDefinition>(group))
    .flatMap(({ name, type, labels }): readonly Row[] => {
      const likely = { ...LABEL_VALUES, ...OTHER_VALUES.find(([prefix]) => name.startsWith(prefix))?.[1] };
      const given = Object.fromEntries(labels.map((label) => [label, likely[label] ?? 'a']));
      const value = type === 'gauge' ? gaugeOf(name, nowMs) : counters(nowMs, paceOf(name));
      if (type !== 'histogram') return [[name, given, value]];
      return ['0.001', '0.01', '0.1', '+Inf'].map(
        (le, i): Row => [`${name}_bucket`, { ...given, le }, value * Math.min(1, 0.7 + i * 0.15)],
      );
    });

/**
 * What the dashboards read and the small live cluster does not have, for one pod of one workload: limits, disks, requests, the series of
 * Hubble, Tetragon and Falco, and those of a receiver.
 */
export const extraSeries = (pod: string, namespace: string, deployment: string, nowMs: number): string => {
  const inPod = { namespace, pod };
  const inContainer = { ...inPod, container: 'app' };
  const http = { ...inPod, code: '200' };
  const rows: readonly Row[] = [
    ['container_cpu_cfs_periods_total', inContainer, counters(nowMs, 10)],
    ['container_cpu_cfs_throttled_periods_total', inContainer, counters(nowMs, 1)],
    ['container_fs_reads_bytes_total', inContainer, counters(nowMs, 1000)],
    ['container_fs_writes_bytes_total', inContainer, counters(nowMs, 2000)],
    ['container_network_transmit_bytes_total', { ...inPod, interface: 'eth0' }, counters(nowMs, 5000)],
    ['container_network_transmit_packets_total', { ...inPod, interface: 'eth0' }, counters(nowMs, 50)],
    ...['receive', 'transmit'].flatMap((way) =>
      ['packets_dropped', 'errors'].map(
        (what) => [`container_network_${way}_${what}_total`, { ...inPod, interface: 'eth0' }, counters(nowMs, 1)] as const,
      ),
    ),
    ['kube_pod_container_resource_limits', { ...inContainer, resource: 'cpu' }, 2],
    ['kube_pod_container_resource_limits', { ...inContainer, resource: 'memory' }, 1e9],
    ['kube_deployment_status_observed_generation', { namespace, deployment }, 1],
    ['http_requests_total', http, counters(nowMs, 20)],
    ['http_request_duration_seconds_sum', http, counters(nowMs, 2)],
    ['http_request_duration_seconds_count', http, counters(nowMs, 20)],
    ['http_request_duration_seconds_bucket', { ...http, le: '0.1' }, counters(nowMs, 15)],
    ['http_request_duration_seconds_bucket', { ...http, le: '+Inf' }, counters(nowMs, 20)],
    ['hubble_drop_total', { reason: 'POLICY_DENIED', protocol: 'TCP' }, counters(nowMs, 1)],
    ['hubble_flows_processed_total', { verdict: 'FORWARDED', type: 'Trace' }, counters(nowMs, 100)],
    ['hubble_dns_queries_total', { qtypes: 'A' }, counters(nowMs, 5)],
    ['tetragon_events_total', { type: 'PROCESS_EXEC', namespace, workload: deployment }, counters(nowMs, 1)],
    ['tetragon_policy_events_total', { policy: 'shells', namespace, workload: deployment }, counters(nowMs, 1)],
    ['apiserver_admission_webhook_fail_open_count', { name: 'policies.bellwether.dev', type: 'validating' }, counters(nowMs, 1)],
    ...['0.1', '+Inf'].map(
      (le) =>
        [
          'apiserver_admission_webhook_admission_duration_seconds_bucket',
          { name: 'policies.bellwether.dev', type: 'validating', le },
          counters(nowMs, 1),
        ] as const,
    ),
    ['bellwether_cycle_last_success_timestamp_seconds', { loop: 'background_scan' }, nowMs / 1000],
    ['bellwether_admission_ready', {}, 1],
    ['bellwether_admission_policies', {}, 60],
    ['bellwether_admission_certificate_expiry_timestamp_seconds', { certificate: 'leaf' }, nowMs / 1000 + 1e6],
    ...['used', 'unused', 'expiring', 'expired', 'invalid'].map((state) => ['bellwether_admission_exceptions', { state }, 1] as const),
    ...['allowed', 'denied'].map(
      (outcome) =>
        [
          'bellwether_admission_reviews_total',
          { webhook: 'others', operation: 'CREATE', kind: 'Pod', outcome },
          counters(nowMs, 1),
        ] as const,
    ),
    ...['0.005', '0.01', '+Inf'].map(
      (le) => ['bellwether_admission_review_duration_seconds_bucket', { webhook: 'others', le }, counters(nowMs, 1)] as const,
    ),
    ['bellwether_admission_findings_total', { policy: 'privileged', action: 'deny' }, counters(nowMs, 1)],
    ['bellwether_admission_fallbacks_total', { reason: 'timeout' }, counters(nowMs, 1)],
    ['bellwether_admission_refused_total', { reason: 'overloaded' }, counters(nowMs, 1)],
    ['falcosecurity_falco_rules_matches_total', { rule_name: 'Terminal shell in container', priority: '5' }, counters(nowMs, 1)],
    ...declaredRows(nowMs),
  ];
  return rows.map(([name, labels, value]) => `${name}${formatLabels(labels)} ${value}\n`).join('');
};
