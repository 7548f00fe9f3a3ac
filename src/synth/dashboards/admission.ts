import { BACKGROUND_SCAN_METRICS as b, ADMISSION_METRICS as m, PROCESS_METRICS as p } from '../../conventions/index.ts';
import type { DashboardPlan } from './dashboard.ts';
import { ALERT_ANNOTATION, CLUSTER_VARIABLE, TOP } from './overview.ts';
import { series, stat, table } from './panels.ts';

const RATE = '[$__rate_interval]';
const HERE = '{cluster=~"$cluster"}';
const OUR_HOOKS = '{cluster=~"$cluster",name=~".+[.]bellwether[.]dev"}';
const perSecond = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}${HERE}${RATE}))`;
const percentile = (share: number, metric: string, selector = HERE, by = ''): string =>
  `histogram_quantile(${share}, sum by (le${by}) (rate(${metric}${selector}${RATE})))`;

/** What is refused and why, and whether the webhook itself is well. */
export const ADMISSION: DashboardPlan = {
  name: 'admission',
  title: 'Bellwether / Admission',
  description: 'What the admission webhook denies and warns of, how long people wait for it, its exceptions and its certificate.',
  variables: [CLUSTER_VARIABLE],
  annotations: [
    { ...ALERT_ANNOTATION, expr: 'ALERTS{product="bellwether",alertstate="firing",alertname=~"Bellwether(Admission|BackgroundScan).+"}' },
  ],
  rows: [
    {
      title: 'State',
      panels: [
        stat(
          { title: 'Ready replicas', description: 'Pods that answer reviews.' },
          'none',
          { expr: `sum(${m.admissionReady.name}${HERE})` },
          {
            steps: [
              [null, 'red'],
              [1, 'yellow'],
              [2, 'green'],
            ],
          },
        ),
        stat({ title: 'Policies', description: 'In force where a namespace says nothing else.' }, 'none', {
          expr: `max(${m.admissionPolicies.name}${HERE})`,
        }),
        stat(
          { title: 'Certificate', description: 'Time until the first certificate ends.' },
          's',
          { expr: `min(${m.admissionCertificateExpiry.name}${HERE}) - time()` },
          {
            steps: [
              [null, 'red'],
              [604_800, 'green'],
            ],
          },
        ),
        stat({ title: 'Denied', description: 'Requests per second.' }, 'cps', {
          expr: `sum(rate(${m.admissionReviews.name}{cluster=~"$cluster",outcome="denied"}${RATE}))`,
        }),
        stat({ title: 'Exceptions in force', description: 'Used or not.' }, 'none', {
          expr: `sum(max by (state) (${m.admissionExceptions.name}{cluster=~"$cluster",state=~"used|unused"}))`,
        }),
        stat({ title: 'Ending within a week', description: 'Exceptions that end soon: what they accept is denied from then on.' }, 'none', {
          expr: `max(${m.admissionExceptions.name}{cluster=~"$cluster",state="expiring"})`,
        }),
      ],
    },
    {
      title: 'Verdicts',
      panels: [
        series(
          { title: 'Reviews by outcome', description: 'Per second; a fallback is an answer without a judgement.' },
          'cps',
          [{ expr: perSecond(m.admissionReviews.name, 'outcome'), legend: '{{outcome}}' }],
          { min: 0, stacked: true },
        ),
        series(
          { title: `The ${TOP} policies that deny most`, description: 'Findings per second.' },
          'cps',
          [
            {
              expr: `topk(${TOP}, sum by (policy) (rate(${m.admissionFindings.name}{cluster=~"$cluster",action="deny"}${RATE})))`,
              legend: '{{policy}}',
            },
          ],
          { min: 0, none: 'Nothing is denied' },
        ),
        table(
          { title: 'Findings of the last day', description: 'By policy and action.' },
          { expr: `topk(50, sum by (policy, action) (increase(${m.admissionFindings.name}${HERE}[1d])))` },
          { columns: ['policy', 'action'], value: 'findings', unit: 'none', none: 'None' },
        ),
        series(
          { title: 'Reviews by kind', description: 'Per second.' },
          'cps',
          [{ expr: `topk(${TOP}, ${perSecond(m.admissionReviews.name, 'kind')})`, legend: '{{kind}}' }],
          { min: 0, stacked: true },
        ),
      ],
    },
    {
      title: 'Background scan: what is there already',
      panels: [
        stat(
          { title: 'Age of the last scan', description: 'Of live objects; the component background-scan is opt-in.' },
          's',
          { expr: `time() - max(${p.cycleLastSuccess.name}{cluster=~"$cluster",loop="background_scan"})` },
          {
            steps: [
              [null, 'green'],
              [3600, 'yellow'],
            ],
            none: 'No scan',
          },
        ),
        stat(
          { title: 'Objects judged', description: 'In the last scan.' },
          'none',
          { expr: `max(${b.backgroundScanObjects.name}${HERE})` },
          { none: 'No scan' },
        ),
        stat(
          { title: 'Exceptions that nothing needs', description: 'In force, but no live object has what they accept: delete them.' },
          'none',
          { expr: `max(${b.backgroundScanExceptions.name}{cluster=~"$cluster",state="unused"})` },
          { none: 'No scan' },
        ),
        stat(
          { title: 'Findings in no report', description: 'Counted, but beyond the bounds of reports.' },
          'none',
          { expr: `sum(${b.backgroundScanLeftOut.name}${HERE})` },
          { none: 'No scan' },
        ),
        series(
          { title: 'Findings by severity', description: 'In live objects, after exceptions.' },
          'none',
          [{ expr: `sum by (severity) (${b.backgroundScanFindings.name}${HERE})`, legend: '{{severity}}' }],
          { min: 0, stacked: true, none: 'No scan' },
        ),
        table(
          { title: 'Where to begin', description: 'Findings of severity high and above, by namespace and policy.' },
          {
            expr: `topk(50, sum by (object_namespace, policy) (${b.backgroundScanFindings.name}{cluster=~"$cluster",severity=~"high|critical"}))`,
          },
          { columns: ['object_namespace', 'policy'], value: 'findings', unit: 'none', none: 'None' },
        ),
      ],
    },
    {
      title: 'Speed and trouble',
      panels: [
        series(
          { title: 'Time of a review', description: 'In the webhook, from the first byte to the answer.' },
          's',
          [
            { expr: percentile(0.5, `${m.admissionDuration.name}_bucket`), legend: 'median' },
            { expr: percentile(0.99, `${m.admissionDuration.name}_bucket`), legend: '99th percentile' },
          ],
          { min: 0 },
        ),
        series(
          {
            title: 'As the API server sees it',
            description: '99th percentile with the network between, where Prometheus scrapes the API server.',
          },
          's',
          [
            {
              expr: percentile(0.99, 'apiserver_admission_webhook_admission_duration_seconds_bucket', OUR_HOOKS, ', name'),
              legend: '{{name}}',
            },
          ],
          { min: 0, none: 'No metrics of the API server' },
        ),
        series(
          {
            title: 'Requests that passed unjudged',
            description: 'Per second: by the failure policy of the API server, and by our own fallback.',
          },
          'cps',
          [
            { expr: `sum by (name) (rate(apiserver_admission_webhook_fail_open_count${OUR_HOOKS}${RATE}))`, legend: '{{name}}: no answer' },
            { expr: perSecond(m.admissionFallbacks.name, 'reason'), legend: 'fallback: {{reason}}' },
            { expr: perSecond(m.admissionRefused.name, 'reason'), legend: 'refused: {{reason}}' },
          ],
          { min: 0, none: 'None' },
        ),
        series(
          { title: 'Exceptions', description: 'By state; invalid ones are not in force.' },
          'none',
          [{ expr: `max by (state) (${m.admissionExceptions.name}${HERE})`, legend: '{{state}}' }],
          { min: 0 },
        ),
      ],
    },
  ],
};
