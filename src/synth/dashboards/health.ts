import { EXPORTER_METRICS, FLOW_METRICS, PROCESS_METRICS, SCORE_METRICS, SOURCE_METRICS as source } from '../../conventions/index.ts';
import type { DashboardPlan } from './dashboard.ts';
import { ALERT_ANNOTATION, CLUSTER_VARIABLE, MODEL_ANNOTATION } from './overview.ts';
import { series, stat, table } from './panels.ts';

const own = { ...PROCESS_METRICS, ...EXPORTER_METRICS, ...FLOW_METRICS };

const RATE = '[$__rate_interval]';
const percentile = (share: number, metric: string, by = ''): string =>
  `histogram_quantile(${share}, sum by (le${by}) (rate(${metric}_bucket{cluster=~"$cluster"}${RATE})))`;
const perSecond = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}{cluster=~"$cluster"}${RATE}))`;
const mine = (metric: string): string => `${metric}{cluster=~"$cluster"}`;
/** Of the exporter alone: others expose the same names. */
const process = (metric: string): string => `${metric} and on (instance) ${mine(own.modelInfo.name)}`;

/** Whether scoring itself is well: reading, cycles, model, memory, rules. */
export const HEALTH: DashboardPlan = {
  name: 'health',
  title: 'Bellwether / Scorer and model health',
  description: 'How the exporter reads, scores and keeps what it has learned, and what the rules of the bundle cost.',
  variables: [CLUSTER_VARIABLE],
  annotations: [
    { ...ALERT_ANNOTATION, expr: 'ALERTS{product="bellwether",alertstate="firing",alertname=~"Bellwether.+",severity!="none"}' },
    { name: 'Configuration', expr: `changes(${own.configReloadTime.name}[2m]) > 0`, color: 'purple', title: 'Configuration accepted' },
    MODEL_ANNOTATION,
  ],
  rows: [
    {
      title: 'State',
      panels: [
        stat(
          { title: 'Ready', description: '1 once scores are given.' },
          'none',
          { expr: `max(${mine(own.ready.name)})` },
          {
            steps: [
              [null, 'red'],
              [1, 'green'],
            ],
          },
        ),
        stat(
          { title: 'Version', description: 'Of the program.' },
          'none',
          { expr: `max by (version) (${mine(own.buildInfo.name)})`, legend: '{{version}}' },
          { name: true },
        ),
        stat(
          { title: 'Model', description: 'What gives the scores.' },
          'none',
          { expr: `max by (version) (${mine(own.modelInfo.name)})`, legend: '{{version}}' },
          { name: true },
        ),
        stat({ title: 'Back-fill', description: 'Share of the past that has been read at start.' }, 'percentunit', {
          expr: `min(${mine(own.backfillProgress.name)})`,
        }),
        stat(
          { title: 'Age of the data', description: 'Of the newest sample that was scored.' },
          's',
          { expr: `max(${mine(own.dataAge.name)})` },
          {
            steps: [
              [null, 'green'],
              [120, 'red'],
            ],
          },
        ),
        stat(
          { title: 'Configuration', description: '1 when the file as it is now was accepted.' },
          'none',
          { expr: `min(${mine(own.configReloadOk.name)})` },
          {
            steps: [
              [null, 'red'],
              [1, 'green'],
            ],
          },
        ),
      ],
    },
    {
      title: 'Scoring',
      panels: [
        series(
          { title: 'Time of a cycle', description: 'Read, features and scores, against the time there is.' },
          's',
          [
            { expr: percentile(0.5, own.scoreDuration.name), legend: 'median' },
            { expr: percentile(0.99, own.scoreDuration.name), legend: '99th percentile' },
            { expr: `max(${own.cycleInterval.name}{loop="tick",cluster=~"$cluster"})`, legend: 'interval' },
          ],
          { min: 0 },
        ),
        series(
          { title: 'Cycles that failed or were left out', description: 'Per second, by loop and reason.' },
          'cps',
          [
            { expr: perSecond(own.cycleFailures.name, 'loop, reason'), legend: '{{loop}}: {{reason}}' },
            { expr: perSecond(own.cyclesSkipped.name, 'loop'), legend: '{{loop}}: left out' },
          ],
          { min: 0, none: 'None' },
        ),
        series(
          { title: 'Workloads', description: 'Expected, scored and anomalous.' },
          'none',
          [
            { expr: `sum(${mine(own.expectedWorkloads.name)})`, legend: 'expected' },
            { expr: `sum(${mine(own.scoredWorkloads.name)})`, legend: 'scored' },
            { expr: `sum(${mine(own.anomalousWorkloads.name)})`, legend: 'anomalous' },
          ],
          { min: 0 },
        ),
        table(
          { title: 'Workloads without a score', description: 'By reason.' },
          { expr: `count by (reason) (${SCORE_METRICS.notReady.name}{cluster=~"$cluster"})` },
          { columns: ['reason'], value: 'workloads', unit: 'none', none: 'All have one' },
        ),
        series(
          { title: 'Left out because of a cap', description: 'Series or workloads in the last cycle, by family.' },
          'none',
          [{ expr: `max by (family) (${mine(own.cappedSeries.name)})`, legend: '{{family}}' }],
          { min: 0 },
        ),
        series(
          { title: 'Learned model', description: 'Batches, failures and windows at or above the boundary, per second.' },
          'cps',
          [
            { expr: perSecond(own.learnedBatches.name, 'detector'), legend: '{{detector}}: batches' },
            { expr: perSecond(own.learnedFailures.name, 'detector'), legend: '{{detector}}: failures' },
            { expr: perSecond(own.learnedAnomalies.name, 'detector, mode'), legend: '{{detector}}: anomalies, {{mode}}' },
          ],
          { min: 0, none: 'Not in use' },
        ),
      ],
    },
    {
      title: 'Reading from Prometheus',
      panels: [
        series(
          { title: 'Time of an exchange', description: '99th percentile, by way of reading.' },
          's',
          [{ expr: percentile(0.99, source.duration.name, ', rung'), legend: '{{rung}}' }],
          { min: 0, width: 8 },
        ),
        series(
          { title: 'Bytes received', description: 'Per second, by way of reading.' },
          'Bps',
          [{ expr: perSecond(source.receivedBytes.name, 'rung'), legend: '{{rung}}' }],
          { min: 0, width: 8 },
        ),
        series(
          { title: 'Samples read', description: 'Per second.' },
          'cps',
          [{ expr: perSecond(source.samples.name, 'rung'), legend: '{{rung}}' }],
          { min: 0, width: 8 },
        ),
        series(
          { title: 'Exchanges by outcome', description: 'Per second; ok, or the code of the error.' },
          'cps',
          [{ expr: perSecond(source.requests.name, 'endpoint, code'), legend: '{{endpoint}}: {{code}}' }],
          { min: 0, width: 8 },
        ),
        series(
          { title: 'Retries, fall-backs, corrupt answers', description: 'Per second.' },
          'cps',
          [
            { expr: perSecond(source.retries.name, 'code'), legend: 'retry: {{code}}' },
            { expr: perSecond(source.fallbacks.name, 'from, to, reason'), legend: '{{from}} to {{to}}: {{reason}}' },
            { expr: perSecond(source.corrupt.name, 'rung'), legend: 'corrupt: {{rung}}' },
          ],
          { min: 0, none: 'None', width: 8 },
        ),
        series(
          { title: 'Samples that were left out', description: 'Per second: late, seen before, absurd.' },
          'cps',
          [
            { expr: `sum(rate(${mine(own.lateSamples.name)}${RATE}))`, legend: 'late' },
            { expr: `sum(rate(${mine(own.duplicateSamples.name)}${RATE}))`, legend: 'seen before' },
            { expr: `sum(rate(${mine(own.badSamples.name)}${RATE}))`, legend: 'absurd' },
          ],
          { min: 0, width: 8 },
        ),
      ],
    },
    {
      title: 'Verdicts',
      panels: [
        series(
          { title: 'Verdicts in force', description: 'By word; those that have neither expired nor worn off.' },
          'none',
          [{ expr: `max by (word) (${mine(own.verdicts.name)})`, legend: '{{word}}' }],
          { min: 0, none: 'No verdicts are read', width: 8 },
        ),
        series(
          { title: 'Verdicts without effect', description: 'Nothing is known of their window, or there is no such workload.' },
          'none',
          [{ expr: `max by (word, reason) (${mine(own.verdictsWithoutEffect.name)})`, legend: '{{word}}: {{reason}}' }],
          { min: 0, none: 'No verdicts are read', width: 8 },
        ),
        series(
          { title: 'Scores that verdicts changed', description: 'Per second, across the boundary: eased below it, raised to it.' },
          'cps',
          [
            { expr: `sum(rate(${mine(own.easedScores.name)}${RATE}))`, legend: 'eased' },
            { expr: `sum(rate(${mine(own.raisedScores.name)}${RATE}))`, legend: 'raised' },
          ],
          { min: 0, width: 8 },
        ),
      ],
    },
    {
      title: 'Network flows',
      panels: [
        series(
          { title: 'Flows', description: 'Scored, and rows that could not be read, per second.' },
          'cps',
          [
            { expr: `sum(rate(${mine(own.flowCount.name)}${RATE}))`, legend: 'scored' },
            { expr: `sum(rate(${mine(own.flowUnreadable.name)}${RATE}))`, legend: 'unreadable' },
          ],
          { min: 0, none: 'Not in use', width: 8 },
        ),
        series(
          { title: 'Flow findings', description: 'At or above the boundary of the flow model, per second and family.' },
          'cps',
          [{ expr: perSecond(own.flowFindings.name, 'family'), legend: '{{family}}' }],
          { min: 0, none: 'None', width: 8 },
        ),
        series(
          { title: 'Ends without a workload', description: 'Of flows, per second: addresses that are in no list.' },
          'cps',
          [{ expr: `sum(rate(${mine(own.flowUnmapped.name)}${RATE}))`, legend: 'ends' }],
          { min: 0, none: 'Not in use', width: 8 },
        ),
      ],
    },
    {
      title: 'Process',
      panels: [
        series(
          { title: 'Memory', description: 'Of the process, of its heap, and of what it has learned.' },
          'bytes',
          [
            { expr: `max(${process('process_resident_memory_bytes')})`, legend: 'process' },
            { expr: `max(${process('nodejs_heap_size_used_bytes')})`, legend: 'heap' },
            { expr: `max(${mine(own.scorerStateBytes.name)})`, legend: 'learned' },
            { expr: `max(${mine(own.historyBytes.name)})`, legend: 'history' },
          ],
          { min: 0, width: 8 },
        ),
        series(
          { title: 'CPU', description: 'Cores.' },
          'none',
          [{ expr: `max(rate(process_cpu_seconds_total${RATE}) and on (instance) ${mine(own.buildInfo.name)})`, legend: 'cores' }],
          { min: 0, width: 8 },
        ),
        series(
          { title: 'Longest block', description: 'Time in which nothing else could run.' },
          's',
          [{ expr: `max(${mine(own.eventLoopBlock.name)})`, legend: 'block' }],
          { min: 0, width: 8 },
        ),
        series(
          { title: 'Snapshot', description: 'Time the last one took.' },
          's',
          [{ expr: `max(${mine(own.snapshotDuration.name)})`, legend: 'seconds' }],
          { min: 0, width: 8 },
        ),
        series(
          { title: 'Size of the snapshot', description: 'On disk.' },
          'bytes',
          [{ expr: `max(${mine(own.snapshotBytes.name)})`, legend: 'snapshot' }],
          { min: 0, width: 8 },
        ),
        series(
          { title: 'Requests', description: 'Answered per second, by server and status.' },
          'reqps',
          [{ expr: perSecond(own.httpRequests.name, 'server, code'), legend: '{{server}}: {{code}}' }],
          { min: 0, width: 8 },
        ),
      ],
    },
    {
      title: 'Rules',
      panels: [
        series(
          { title: 'Time of a rule group', description: 'What the rules of the bundle cost Prometheus.' },
          's',
          [
            {
              expr: 'max by (rule_group) (prometheus_rule_group_last_duration_seconds{rule_group=~".*;bellwether-.*"})',
              legend: '{{rule_group}}',
            },
          ],
          { min: 0, none: 'Prometheus does not watch itself' },
        ),
        series(
          { title: 'Evaluations that failed', description: 'Per second, by group.' },
          'cps',
          [
            {
              expr: `sum by (rule_group) (rate(prometheus_rule_evaluation_failures_total{rule_group=~".*;bellwether-.*"}${RATE}))`,
              legend: '{{rule_group}}',
            },
          ],
          { min: 0, none: 'Prometheus does not watch itself' },
        ),
      ],
    },
  ],
};
