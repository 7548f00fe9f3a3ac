import { ALERT_BOUNDARY, EXPORTER_METRICS, PROCESS_METRICS, SCORE_METRICS, SOURCE_METRICS } from '../../conventions/index.ts';
import type { Annotation, DashboardPlan, Variable } from './dashboard.ts';
import { WORKLOAD_ROW_LINK } from './links.ts';
import { heatmap, SCORE_STEPS, series, stat, table, timeline } from './panels.ts';

const own = { ...PROCESS_METRICS, ...EXPORTER_METRICS };

const SCORE = SCORE_METRICS.score.name;
/** Panels over all workloads show this many: more lines than that nobody reads. */
export const TOP = 20;

export const CLUSTER_VARIABLE: Variable = { name: 'cluster', label: 'Cluster', query: `label_values(${SCORE}, cluster)`, all: true };
export const NAMESPACE_VARIABLE: Variable = {
  name: 'namespace',
  label: 'Namespace',
  query: `label_values(${SCORE}{cluster=~"$cluster"}, namespace)`,
  all: true,
};

export const ALERT_ANNOTATION: Annotation = {
  name: 'Alerts',
  expr: 'ALERTS{product="bellwether",alertstate="firing",severity!="none",namespace=~"$namespace"}',
  color: 'red',
  title: '{{alertname}} {{workload}}',
};

/** A score that changes its ways just then may have another model behind it. */
export const MODEL_ANNOTATION: Annotation = {
  name: 'Models',
  expr: `increase(${EXPORTER_METRICS.learnedModelChanges.name}[2m]) > 0`,
  color: 'orange',
  title: 'New model {{outcome}}',
};

const chosen = `${SCORE}{cluster=~"$cluster",namespace=~"$namespace"}`;
/** The same workloads at every instant of the picture: a top list that moves tears lines apart. */
const loudest = `${chosen} and topk(${TOP}, max_over_time(${chosen}[$__range] @ end()))`;

const health = [
  stat(
    { title: 'Anomalous now', description: 'Workloads whose score is 1 or above.' },
    'none',
    { expr: `count(${chosen} >= ${ALERT_BOUNDARY}) or vector(0)` },
    {
      steps: [
        [null, 'green'],
        [1, 'red'],
      ],
      none: '0',
    },
  ),
  stat(
    {
      title: 'Incidents now',
      description:
        'Alarms of one cause as one: workloads of a namespace, or nodes, that alarmed within ten minutes of each other. Of the whole cluster.',
    },
    'none',
    { expr: `sum(${own.incidents.name}{cluster=~"$cluster"})` },
    {
      steps: [
        [null, 'green'],
        [1, 'red'],
      ],
      none: '0',
    },
  ),
  stat({ title: 'Workloads scored', description: 'Workloads, and nodes, with a score.' }, 'none', { expr: `count(${chosen})` }),
  stat(
    { title: 'Coverage', description: 'Share of the workloads that gave data lately and have a score.' },
    'percentunit',
    { expr: `sum(${own.scoredWorkloads.name}) / sum(${own.expectedWorkloads.name})` },
    {
      steps: [
        [null, 'red'],
        [0.9, 'green'],
      ],
    },
  ),
  stat(
    { title: 'Age of the scores', description: 'Time since a scoring cycle last succeeded.' },
    's',
    { expr: `time() - max(${own.lastScore.name})` },
    {
      steps: [
        [null, 'green'],
        [90, 'red'],
      ],
    },
  ),
  stat(
    { title: 'Way of reading', description: 'How samples come from Prometheus: streamed is the cheapest.' },
    'none',
    { expr: `max by (rung) (${SOURCE_METRICS.rung.name} == 1)`, legend: '{{rung}}' },
    { name: true },
  ),
  stat(
    { title: 'Alerts firing', description: 'Alerts of Bellwether that fire now, without the watchdog.' },
    'none',
    { expr: 'count(ALERTS{product="bellwether",alertstate="firing",severity!="none"}) or vector(0)' },
    { none: '0' },
  ),
];

/** What happens in the cluster: how many, which, since when. */
export const OVERVIEW: DashboardPlan = {
  name: 'overview',
  title: 'Bellwether / Overview',
  description: 'Which workloads behave unusually, since when, and whether scoring itself is well.',
  variables: [CLUSTER_VARIABLE, NAMESPACE_VARIABLE],
  annotations: [ALERT_ANNOTATION],
  rows: [
    { title: 'Now', panels: health },
    {
      title: 'Anomalies',
      panels: [
        timeline(
          {
            title: `The ${TOP} loudest workloads`,
            description: 'Green is usual, yellow is near the boundary, red is anomalous. Chosen by their highest score in the picture.',
          },
          { expr: loudest, legend: '{{namespace}}/{{workload}}' },
          SCORE_STEPS,
        ),
        table(
          { title: 'Highest scores', description: `The ${TOP} highest scores of the last five minutes. A click opens the workload.` },
          { expr: `topk(${TOP}, max_over_time(${chosen}[5m]))` },
          {
            columns: ['namespace', 'workload', 'workload_kind'],
            value: 'score',
            unit: 'none',
            steps: SCORE_STEPS,
            link: WORKLOAD_ROW_LINK,
          },
        ),
        table(
          { title: 'Alerts that fire', description: 'Alerts of Bellwether, most severe first by name; at most a hundred.' },
          { expr: 'topk(100, ALERTS{product="bellwether",alertstate="firing",severity!="none"})' },
          {
            columns: ['alertname', 'severity', 'namespace', 'workload'],
            value: 'firing',
            unit: 'none',
            none: 'No alert fires',
            link: WORKLOAD_ROW_LINK,
          },
        ),
      ],
    },
    {
      title: 'Over time',
      panels: [
        heatmap(
          { title: 'Scores given', description: 'How many scores fell into which range. Most lie far below the boundary at 1.' },
          { expr: `sum by (le) (increase(${own.scoreDistribution.name}_bucket[$__rate_interval]))` },
        ),
        series(
          {
            title: 'Anomalous workloads by namespace',
            description: `Workloads at or above the boundary, in the ${TOP} namespaces that had most.`,
          },
          'none',
          [
            {
              expr: `count by (namespace) (${chosen} >= ${ALERT_BOUNDARY}) and topk(${TOP}, max_over_time(count by (namespace) (${chosen} >= ${ALERT_BOUNDARY})[$__range:5m] @ end()))`,
              legend: '{{namespace}}',
            },
          ],
          { min: 0, stacked: true, none: 'None in this time' },
        ),
      ],
    },
  ],
};
