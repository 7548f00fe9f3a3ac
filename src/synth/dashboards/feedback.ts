import { MITIGATION_METRICS as limits, RECEIVER_METRICS as own } from '../../conventions/index.ts';
import type { DashboardPlan } from './dashboard.ts';
import { ALERT_ANNOTATION, CLUSTER_VARIABLE } from './overview.ts';
import { series, stat } from './panels.ts';

const RATE = '[$__rate_interval]';
const mine = (metric: string): string => `${metric}{cluster=~"$cluster"}`;
const perHour = (metric: string, by: string): string => `sum by (${by}) (increase(${metric}{cluster=~"$cluster"}[1h]))`;
const perSecond = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}{cluster=~"$cluster"}${RATE}))`;
const READY: readonly (readonly [number | null, string])[] = [
  [null, 'red'],
  [1, 'green'],
];

/** Whether alerts arrive, whether people judge them, and whether that makes them better. */
export const FEEDBACK: DashboardPlan = {
  name: 'feedback',
  title: 'Bellwether / Alerts and feedback',
  description: 'What the receiver keeps, what people say about it, and how precise the alerts are by their word.',
  variables: [CLUSTER_VARIABLE],
  annotations: [
    {
      ...ALERT_ANNOTATION,
      expr: 'ALERTS{product="bellwether",alertstate="firing",alertname=~"Bellwether(Receiver|Store|Verdict|Alertmanager|Bulk|AlertPath|Notices|Feedback|Mitigation).+"}',
    },
  ],
  rows: [
    {
      title: 'The loop',
      panels: [
        stat(
          { title: 'Precision', description: 'Share of confirmed alerts among those of the last 7 days that were judged.' },
          'percentunit',
          {
            expr: `max(${mine(own.precision.name)})`,
          },
        ),
        stat(
          { title: 'Repeats', description: 'Share of false alarms that fired again for the same workload within a week of their verdict.' },
          'percentunit',
          {
            expr: `max(${mine(own.repeats.name)})`,
          },
        ),
        stat({ title: 'Time to verdict', description: 'Median from the start of an alert to its verdict, last 7 days.' }, 's', {
          expr: `max(${mine(own.timeToVerdict.name)})`,
        }),
        stat({ title: 'Without a verdict', description: 'Alerts about workloads of the last 7 days that nobody has judged.' }, 'none', {
          expr: `max(${mine(own.unjudged.name)})`,
        }),
        stat({ title: 'Not fetched', description: 'Verdicts that no exporter has fetched yet.' }, 'none', {
          expr: `max(${mine(own.verdictBacklog.name)})`,
        }),
        stat(
          { title: 'Ready', description: '1 while alerts are taken.' },
          'none',
          { expr: `max(${mine(own.receiverReady.name)})` },
          { steps: READY },
        ),
      ],
    },
    {
      title: 'Words',
      panels: [
        series(
          { title: 'Verdicts', description: 'Taken within an hour, by word.' },
          'none',
          [{ expr: perHour(own.verdicts.name, 'word'), legend: '{{word}}' }],
          { min: 0, none: 'None' },
        ),
        series(
          { title: 'Refused and undone', description: 'Within an hour.' },
          'none',
          [
            { expr: perHour(own.verdictsRefused.name, 'reason'), legend: 'refused: {{reason}}' },
            { expr: `sum(increase(${mine(own.verdictsUndone.name)}[1h]))`, legend: 'undone' },
          ],
          { min: 0, none: 'None' },
        ),
        series(
          { title: 'Silences', description: 'That Alertmanager holds, by state; and those too wide to count.' },
          'none',
          [
            { expr: `max by (state) (${mine(own.silences.name)})`, legend: '{{state}}' },
            { expr: `max(${mine(own.bulkSilences.name)})`, legend: 'too wide' },
          ],
          { min: 0 },
        ),
      ],
    },
    {
      title: 'Mitigations',
      panels: [
        stat({ title: 'Switched on', description: '1 while mitigations may begin.' }, 'none', {
          expr: `max(${mine(limits.mitigationEnabled.name)})`,
        }),
        stat({ title: 'Waiting', description: 'Mitigations that wait for an approval.' }, 'none', {
          expr: `max(${mine(limits.mitigationsAwaiting.name)})`,
        }),
        stat({ title: 'Overdue', description: 'Mitigations past their end that are not yet taken back.' }, 'none', {
          expr: `max(${mine(limits.mitigationsOverdue.name)})`,
        }),
        series(
          { title: 'In force', description: 'By mode; and those that turn nothing away.' },
          'none',
          [
            { expr: `max by (mode) (${mine(limits.mitigationsActive.name)})`, legend: '{{mode}}' },
            { expr: `max(${mine(limits.mitigationsIneffective.name)})`, legend: 'without effect' },
          ],
          { min: 0, none: 'None' },
        ),
        series(
          { title: 'Applied and taken back', description: 'Within an hour, by mode and by cause.' },
          'none',
          [
            { expr: perHour(limits.mitigationsApplied.name, 'mode'), legend: 'applied: {{mode}}' },
            { expr: perHour(limits.mitigationsReverted.name, 'cause'), legend: 'back: {{cause}}' },
          ],
          { min: 0, none: 'None' },
        ),
        series(
          { title: 'Held back', description: 'Within an hour, by guard.' },
          'none',
          [{ expr: perHour(limits.mitigationsBlocked.name, 'guard'), legend: '{{guard}}' }],
          { min: 0, none: 'None' },
        ),
      ],
    },
    {
      title: 'Alerts',
      panels: [
        series(
          { title: 'Received', description: 'Alerts per second, by what they meant.' },
          'cps',
          [{ expr: perSecond(own.receivedAlerts.name, 'outcome'), legend: '{{outcome}}' }],
          { min: 0, none: 'None' },
        ),
        series(
          { title: 'Calls', description: 'Webhook calls per second, by outcome.' },
          'cps',
          [{ expr: perSecond(own.payloads.name, 'outcome'), legend: '{{outcome}}' }],
          { min: 0, none: 'None' },
        ),
        series(
          { title: 'Until durable', description: 'Time of a webhook call.' },
          's',
          [
            {
              expr: `histogram_quantile(0.99, sum by (le) (rate(${own.storeWriteDuration.name}_bucket{cluster=~"$cluster"}${RATE})))`,
              legend: '99th percentile',
            },
          ],
          { min: 0, none: 'None' },
        ),
        series(
          { title: 'Room', description: 'Of the store, and its limit.' },
          'bytes',
          [
            { expr: `max(${mine(own.storeBytes.name)})`, legend: 'used' },
            { expr: `max(${mine(own.storeLimit.name)})`, legend: 'limit' },
          ],
          { min: 0 },
        ),
        series(
          { title: 'Messages', description: 'Notices about alerts within an hour, by what became of them, and those that wait.' },
          'none',
          [
            { expr: perHour(own.notices.name, 'outcome'), legend: '{{outcome}}' },
            { expr: `sum(${mine(own.noticesWaiting.name)})`, legend: 'waiting' },
          ],
          { min: 0, none: 'None' },
        ),
        series(
          { title: 'Failures of the store', description: 'Within an hour, by reason.' },
          'none',
          [{ expr: perHour(own.storeFailures.name, 'reason'), legend: '{{reason}}' }],
          { min: 0, none: 'None' },
        ),
      ],
    },
  ],
};
