import { ALERT_BOUNDARY, SCORE_METRICS } from '../../conventions/index.ts';
import type { DashboardPlan, Variable } from './dashboard.ts';
import { ALERT_ANNOTATION, CLUSTER_VARIABLE, MODEL_ANNOTATION, TOP } from './overview.ts';
import type { PanelText, SizedPanel } from './panel.ts';
import { SCORE_STEPS, series, stat, table } from './panels.ts';

const SCORE = SCORE_METRICS.score.name;
const OWNER = 'namespace_pod:kube_pod_owner:workload';
const POD = 'cluster, namespace, pod';

const workload = '{cluster=~"$cluster",namespace=~"$namespace",workload="$workload",workload_kind="$workload_kind"}';
/** Series of the pods of the chosen workload. */
const ofPods = (record: string): string => `${record}{cluster=~"$cluster",namespace=~"$namespace"} and on (${POD}) ${OWNER}${workload}`;

/** What usually was: all but the most extreme instants of the past six hours, every five minutes. */
const PAST = '[6h:5m]';

/**
 * The middle one of the pods, as the scorer sees it, and the range in which it was in the past six hours. The band of the model itself
 * is on the page of the exporter.
 */
const actual = (text: PanelText, unit: string, record: string, min = 0): SizedPanel => {
  const middle = `quantile(0.5, ${ofPods(record)})`;
  return series(
    text,
    unit,
    [
      { expr: middle, legend: 'actual' },
      { expr: `quantile_over_time(0.02, (${middle})${PAST})`, legend: 'usual from' },
      { expr: `quantile_over_time(0.98, (${middle})${PAST})`, legend: 'usual to' },
    ],
    { min, band: { lower: 'usual from', upper: 'usual to' }, width: 8, none: 'No data: are the recording rules loaded?' },
  );
};

const VARIABLES: readonly Variable[] = [
  CLUSTER_VARIABLE,
  { name: 'namespace', label: 'Namespace', query: `label_values(${SCORE}{cluster=~"$cluster"}, namespace)`, all: true },
  { name: 'workload_kind', label: 'Kind', query: `label_values(${SCORE}{cluster=~"$cluster",namespace=~"$namespace"}, workload_kind)` },
  {
    name: 'workload',
    label: 'Workload',
    query: `label_values(${SCORE}{cluster=~"$cluster",namespace=~"$namespace",workload_kind="$workload_kind"}, workload)`,
  },
];

/** One workload: its score, why, and the metrics behind it. */
export const WORKLOAD: DashboardPlan = {
  name: 'workload',
  title: 'Bellwether / Workload',
  description: 'Why one workload has its score: the metrics that drove it, and each metric against its usual range.',
  variables: VARIABLES,
  annotations: [
    { ...ALERT_ANNOTATION, expr: `ALERTS{product="bellwether",alertstate="firing",namespace=~"$namespace",workload="$workload"}` },
    {
      name: 'Rollouts',
      expr: 'changes(kube_deployment_status_observed_generation{namespace=~"$namespace",deployment="$workload"}[2m]) > 0',
      color: 'blue',
      title: 'Rollout of {{deployment}}',
    },
    MODEL_ANNOTATION,
  ],
  rows: [
    {
      title: 'Score',
      panels: [
        stat(
          { title: 'Score', description: 'Highest of the last five minutes; 1 is the boundary.' },
          'none',
          { expr: `max(max_over_time(${SCORE}${workload}[5m]))` },
          { steps: SCORE_STEPS },
        ),
        stat({ title: 'Pods', description: 'Pods of the workload that kube-state-metrics knows.' }, 'none', {
          expr: `count(${OWNER}${workload})`,
        }),
        stat(
          { title: 'No score because', description: 'Shown while the workload has no score.' },
          'none',
          { expr: `max by (reason) (${SCORE_METRICS.notReady.name}${workload})`, legend: '{{reason}}' },
          { name: true, none: 'It has one', width: 8 },
        ),
        stat(
          { title: 'Time above the boundary', description: 'Share of the time in the picture.' },
          'percentunit',
          { expr: `max(avg_over_time((${SCORE}${workload} >= bool ${ALERT_BOUNDARY})[$__range:1m]))` },
          { width: 8 },
        ),
        series(
          { title: 'Score and boundary', description: 'At or above the boundary it is an anomaly.' },
          'none',
          [
            { expr: `max(${SCORE}${workload})`, legend: 'score' },
            { expr: `max(${SCORE_METRICS.threshold.name})`, legend: 'boundary' },
          ],
          { min: 0 },
        ),
        series(
          { title: 'What drives it', description: 'Share of each metric in the score: the three largest, while the score is above 0.5.' },
          'percentunit',
          [{ expr: `topk(10, max by (metric) (${SCORE_METRICS.contribution.name}${workload}))`, legend: '{{metric}}' }],
          { min: 0, stacked: true, none: 'The score was below 0.5' },
        ),
        series(
          {
            title: 'Kind of overload',
            description:
              'How probable each is while an alarm has more traffic, CPU or waiting than usual: a flood, an intruder, or natural.',
          },
          'percentunit',
          [{ expr: `max by (kind) (${SCORE_METRICS.overload.name}${workload})`, legend: '{{kind}}' }],
          { min: 0, stacked: true, none: 'No alarm with an overload' },
        ),
      ],
    },
    {
      title: 'Resources, against the usual range',
      panels: [
        actual({ title: 'CPU', description: 'Cores of the middle pod.' }, 'none', 'namespace_pod:container_cpu_usage_seconds:sum_rate2m'),
        actual(
          { title: 'CPU, share of the limit', description: 'Of containers with a limit.' },
          'percentunit',
          'namespace_pod:container_cpu_limit_usage:ratio_rate2m',
        ),
        actual(
          { title: 'Throttled', description: 'Share of scheduling periods.' },
          'percentunit',
          'namespace_pod:container_cpu_cfs_throttled_periods:ratio_rate2m',
        ),
        actual(
          { title: 'Memory', description: 'Working set of the middle pod.' },
          'bytes',
          'namespace_pod:container_memory_working_set_bytes:sum',
        ),
        actual({ title: 'Disk reads', description: 'Bytes per second.' }, 'Bps', 'namespace_pod:container_fs_reads_bytes:sum_rate2m'),
        actual({ title: 'Disk writes', description: 'Bytes per second.' }, 'Bps', 'namespace_pod:container_fs_writes_bytes:sum_rate2m'),
      ],
    },
    {
      title: 'Traffic, against the usual range',
      panels: [
        actual({ title: 'Received', description: 'Bytes per second.' }, 'Bps', 'namespace_pod:container_network_receive_bytes:sum_rate2m'),
        actual({ title: 'Sent', description: 'Bytes per second.' }, 'Bps', 'namespace_pod:container_network_transmit_bytes:sum_rate2m'),
        actual(
          { title: 'Packets sent', description: 'Many small ones with few bytes look like a scan.' },
          'pps',
          'namespace_pod:container_network_transmit_packets:sum_rate2m',
        ),
        actual({ title: 'Requests', description: 'HTTP requests per second.' }, 'reqps', 'namespace_pod:http_requests:sum_rate2m'),
        actual(
          { title: 'Errors', description: 'Share of requests answered with 5xx.' },
          'percentunit',
          'namespace_pod:http_request_errors:ratio_rate2m',
        ),
        actual(
          { title: 'Latency, 99th percentile', description: 'Of HTTP requests.' },
          's',
          'namespace_pod:http_request_duration_seconds:p99_rate2m',
        ),
      ],
    },
    {
      title: 'Pods',
      panels: [
        table(
          { title: `CPU of the ${TOP} busiest pods`, description: 'One far above its siblings is worth a look.' },
          { expr: `topk(${TOP}, ${ofPods('namespace_pod:container_cpu_usage_seconds:sum_rate2m')})` },
          { columns: ['pod'], value: 'cores', unit: 'none' },
        ),
        table(
          { title: `Restarts of ${TOP} pods in the last hour`, description: 'Container restarts.' },
          {
            expr: `topk(${TOP}, increase(namespace_pod:kube_pod_container_status_restarts:sum{cluster=~"$cluster",namespace=~"$namespace"}[1h]) and on (${POD}) ${OWNER}${workload})`,
          },
          { columns: ['pod'], value: 'restarts', unit: 'none' },
        ),
      ],
    },
  ],
};
