import {
  ALERT_BOUNDARY,
  type AlertDeclaration,
  EXPORTER_METRICS,
  FLOW_ATTACK_ALERT,
  FLOW_METRICS,
  type ModuleDeclaration,
  PORTS,
  PROCESS_METRICS,
  SCORE_METRICS,
  SOURCE_METRICS,
  WORKLOAD_ALERT,
  workloadAlertExpr,
} from '../conventions/index.ts';

const MINUTE = 60;
const m = { ...PROCESS_METRICS, ...EXPORTER_METRICS, ...FLOW_METRICS };
const s = SCORE_METRICS;
const TICK = '{loop="tick"}';

/**
 * What a person has to know about. Only `WorkloadAnomalous` and `WorkloadFlowAttack` are about workloads, the rest is our own
 * health. Ratios that have no denominator yet are NaN and fire nothing; an exporter that is gone is `BellwetherScorerDown` alone.
 */
const ALERTS: readonly AlertDeclaration[] = [
  {
    name: WORKLOAD_ALERT.name,
    expr: workloadAlertExpr(),
    keepFiringForSeconds: WORKLOAD_ALERT.keepFiringForSeconds,
    severity: WORKLOAD_ALERT.severity,
    summary: '{{ $labels.workload_kind }} {{ $labels.namespace }}/{{ $labels.workload }} behaves as it never has',
    description:
      'Its anomaly score reached {{ $value | humanize }}; 1 is the boundary. The page of the exporter names the metrics behind it.',
  },
  {
    name: 'BellwetherScorerDown',
    expr: `absent(${m.ready.name})`,
    forSeconds: 2 * MINUTE,
    severity: 'critical',
    summary: 'No exporter is scraped: nothing is scored',
    description: 'Prometheus has had no metrics of the exporter itself for two minutes. No anomaly can be found until it is back.',
  },
  {
    name: 'BellwetherScorerNotReady',
    expr: `${m.ready.name} == 0`,
    forSeconds: 30 * MINUTE,
    severity: 'warning',
    summary: 'The exporter has not become ready for half an hour',
    description: 'It gives no scores before the back-fill has ended. The metric bellwether_not_ready names the reason.',
  },
  {
    name: 'BellwetherScoresStale',
    expr: `time() - ${m.lastScore.name} > ignoring(loop) 3 * ${m.cycleInterval.name}${TICK} and ${m.ready.name} == 1`,
    forSeconds: 2 * MINUTE,
    severity: 'warning',
    summary: 'No scoring cycle has succeeded for {{ $value | humanizeDuration }}',
    description: 'Scores are withdrawn when they are too old; until then they are those of the last cycle that succeeded.',
  },
  {
    name: 'BellwetherSourceErrors',
    expr: `${m.sourceUp.name} == 0`,
    forSeconds: 5 * MINUTE,
    severity: 'warning',
    summary: 'The exporter cannot read from its Prometheus',
    description: 'Every read has failed for five minutes. The log and bellwether_remote_read_requests_total say why.',
  },
  {
    name: 'BellwetherSourceFallbackActive',
    expr: `${SOURCE_METRICS.rung.name}{rung!="streamed"} == 1`,
    forSeconds: 60 * MINUTE,
    severity: 'info',
    summary: 'The exporter reads by the slower way "{{ $labels.rung }}"',
    description: 'The server, or something before it, does not answer streamed remote read. Scores are the same, reading costs more.',
  },
  {
    name: 'BellwetherCoverageLow',
    expr: `${m.scoredWorkloads.name} / ${m.expectedWorkloads.name} < 0.9`,
    forSeconds: 15 * MINUTE,
    severity: 'warning',
    summary: 'Only {{ $value | humanizePercentage }} of the workloads have a score',
    description: 'Workloads that gave data lately have no score. anomaly_score_not_ready names each with its reason.',
  },
  {
    name: 'BellwetherScoreLatencyHigh',
    expr:
      `rate(${m.scoreDuration.name}_sum[10m]) / rate(${m.scoreDuration.name}_count[10m])` +
      ` > ignoring(loop) 0.8 * ${m.cycleInterval.name}${TICK}`,
    forSeconds: 10 * MINUTE,
    severity: 'warning',
    summary: 'A scoring cycle takes {{ $value | humanizeDuration }}, most of its interval',
    description: 'Cycles that take longer than their interval are left out, and alerts come late.',
  },
  {
    name: 'BellwetherShardMissing',
    expr: `max(${m.shards.name}) - count(count by (shard) (${m.shards.name})) > 0`,
    forSeconds: 15 * MINUTE,
    severity: 'warning',
    summary: '{{ $value }} exporters are missing among those that share the workloads',
    description: 'What belongs to a missing exporter is not scored. Its pod is down, or there are fewer replicas than shards.',
  },
  {
    name: 'BellwetherSeriesCapHit',
    expr: `${m.cappedSeries.name} > 0`,
    forSeconds: 10 * MINUTE,
    severity: 'warning',
    summary: '{{ $value }} series of {{ $labels.family }} are left out because of a cap',
    description: 'What is left out is not watched. Raise exposition.maxWorkloads or narrow features.scope.',
  },
  {
    name: 'BellwetherConfigReloadFailed',
    expr: `${m.configReloadOk.name} == 0`,
    forSeconds: 5 * MINUTE,
    severity: 'warning',
    summary: 'A configuration file of Bellwether is invalid; the last good one is in use',
    description: 'The log lists every wrong key with its value and limit. A restart would fail.',
  },
  {
    name: 'BellwetherSnapshotFailing',
    // changes, because increase() extrapolates one failure to a little more than one.
    expr: `changes(${m.cycleFailures.name}{loop="snapshot"}[1h]) >= 2`,
    forSeconds: 10 * MINUTE,
    severity: 'warning',
    summary: 'The exporter cannot write its snapshot',
    description: 'A restart would learn everything anew from the back-fill, which has less than what the snapshot holds.',
  },
  {
    name: 'BellwetherFeedbackFailing',
    // changes, because increase() extrapolates; five failures are two and a half minutes at the usual pace.
    expr: `changes(${m.cycleFailures.name}{loop="feedback"}[15m]) >= 5`,
    forSeconds: 5 * MINUTE,
    severity: 'warning',
    summary: 'The exporter cannot fetch verdicts: {{ $labels.reason }}',
    description: 'What was learned stays, but new verdicts change no score and undone ones go on counting.',
  },
  {
    name: 'BellwetherLearnedModelFailing',
    expr: `rate(${m.learnedFailures.name}[15m]) > 0.5 * rate(${m.learnedBatches.name}[15m])`,
    forSeconds: 15 * MINUTE,
    severity: 'warning',
    summary: 'The learned model {{ $labels.detector }} fails or is late',
    description: 'Scores go out without it: what only the model would have found is missed.',
  },
  {
    name: 'FlowAttackRecognised',
    // Ten in ten minutes: a gate that half a per cent of benign flows pass must not wake anybody with one of them.
    expr: `sum by (family) (increase(${m.flowFindings.name}{family!="unknown"}[10m])) >= 10`,
    keepFiringForSeconds: 10 * MINUTE,
    severity: 'warning',
    summary: '{{ $value | humanize }} network flows look like {{ $labels.family }}',
    description:
      'That many flows of the last ten minutes are of a family that the flow model has seen examples of. The log of findings names clients, services and reasons.',
  },
  {
    name: FLOW_ATTACK_ALERT,
    // The share of flows in a score is there only above half of the boundary; the score itself says whether that is an anomaly.
    expr: `max by (namespace, workload, workload_kind, family) (label_replace(${s.contribution.name}{metric=~"flows_.+",metric!="flows_unknown"}, "family", "$1", "metric", "flows_(.+)")) >= 0.3 and on (namespace, workload, workload_kind) max by (namespace, workload, workload_kind) (${s.score.name}) >= ${ALERT_BOUNDARY}`,
    keepFiringForSeconds: 10 * MINUTE,
    severity: 'warning',
    summary: 'Network flows of {{ $labels.workload_kind }} {{ $labels.namespace }}/{{ $labels.workload }} look like {{ $labels.family }}',
    description:
      'So many flows from or to it are of a family that the flow model knows that chance does not explain them; {{ $value | humanizePercentage }} of its score comes from them.',
  },
  {
    name: 'BellwetherFlowsStale',
    expr: `time() - ${m.flowLastRead.name} > 900 and ${m.flowLastRead.name} != 0`,
    forSeconds: 5 * MINUTE,
    severity: 'warning',
    summary: 'No network flow has been read for {{ $value | humanizeDuration }}',
    description: 'The folder of flow files has nothing new: the flow meter may have stopped, or the folder cannot be read.',
  },
];

/** What the exporter needs from its cluster. It asks the Kubernetes API for nothing: all it knows comes from Prometheus. */
export const EXPORTER_DECLARATION: ModuleDeclaration = {
  name: 'exporter',
  args: ['exporter', '--config', '/etc/bellwether/bellwether.yaml'],
  ports: [
    { name: 'scores', port: PORTS.scores, purpose: 'Scores alone.', scrape: { path: '/metrics', honorLabels: true } },
    { name: 'self', port: PORTS.exporterSelf, purpose: 'Own metrics and probes.', scrape: { path: '/metrics', honorLabels: false } },
    { name: 'api', port: PORTS.exporterApi, purpose: 'Page, explanations, pushed samples.', forPeople: true },
  ],
  rbac: [],
  metrics: [SCORE_METRICS, SOURCE_METRICS, PROCESS_METRICS, EXPORTER_METRICS, FLOW_METRICS].flatMap((group) => Object.values(group)),
  alerts: ALERTS,
  probes: {
    startup: { port: 'self', path: '/healthz', periodSeconds: 2, failureThreshold: 30 },
    liveness: { port: 'self', path: '/healthz', periodSeconds: 10, failureThreshold: 6 },
    readiness: { port: 'self', path: '/readyz', periodSeconds: 5, failureThreshold: 2 },
  },
  volumes: [
    { name: 'config', mountPath: '/etc/bellwether', kind: 'config' },
    // The token for the receiver, as the key `exporter`.
    { name: 'tokens', mountPath: '/etc/bellwether-tokens', kind: 'secret', optional: true },
    // A snapshot of 10,000 workloads has about 350 MB, and the new one is written beside the old.
    { name: 'state', mountPath: '/var/lib/bellwether', kind: 'persistent', size: '2Gi' },
  ],
  egress: [
    { to: 'prometheus', port: 9090 },
    { to: 'own', port: PORTS.receiverApi },
  ],
  // Its ordinal says which shard a pod is.
  environment: [{ name: 'POD_NAME', field: 'metadata.name' }],
  shardable: true,
  // A tick of 10,000 workloads takes about a second of CPU; the back-fill uses what it gets.
  resources: { cpuRequest: '200m', memoryRequest: '512Mi', memoryLimit: '1Gi' },
};
