type Labels = Readonly<Record<string, string>>;

/** Samples every 30 s, in promtool's notation; `firing` holds the labels of the alerts that fire at each moment. */
export interface AlertCase {
  readonly kind: 'fires' | 'quiet' | 'resolves' | 'missing';
  readonly what: string;
  readonly series: Labels;
  readonly firing: Readonly<Record<string, readonly Labels[]>>;
  /** Annotations of the first alert at the first moment at which one fires. */
  readonly says?: { readonly summary: string; readonly description: string };
}

const OWN = { namespace: 'bellwether', product: 'bellwether' };
const own = (severity: string, labels: Labels = { pod: 'p' }): Labels => ({ ...OWN, ...labels, severity });
const WEB = { namespace: 'shop', workload: 'web', workload_kind: 'Deployment' };
const web = { ...WEB, severity: 'warning', product: 'bellwether' };
const series = (name: string, labels: Labels): string =>
  `${name}{${Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(',')}}`;
const score = (labels: Labels = WEB): string => series('anomaly_score', labels);
const each = (count: number, make: (i: number) => Labels, values: string): Labels =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [score(make(i)), values]));
const shop = (i: number): Labels => ({ namespace: 'shop', workload: `w${i}`, workload_kind: 'Deployment' });
const node = (i: number): Labels => ({ workload: `n${i}`, workload_kind: 'Node' });
const storm = { namespace: 'shop', severity: 'info', product: 'bellwether' };

/** A gauge of ours that is 0 or 1: it fires after `minutes` at `bad`, and not half a minute before. */
const switchCases = (
  metric: string,
  [bad, good]: readonly [bad: number, good: number],
  minutes: number,
  alert: Labels,
  says: NonNullable<AlertCase['says']>,
  labels: Labels = {},
): readonly AlertCase[] => {
  const selector = series(metric, { pod: 'p', ...labels });
  const steps = minutes * 2;
  return [
    {
      kind: 'fires',
      what: 'it stays bad',
      series: { [selector]: `${bad}x${steps + 10}` },
      firing: { [`${minutes}m`]: [alert], [`${minutes - 1}m30s`]: [] },
      says,
    },
    { kind: 'quiet', what: 'all is well', series: { [selector]: `${good}x${steps + 10}` }, firing: { [`${minutes + 2}m`]: [] } },
    {
      kind: 'resolves',
      what: 'it is well again',
      series: { [selector]: `${bad}x${steps + 3} ${good}x10` },
      firing: { [`${minutes + 1}m30s`]: [alert], [`${minutes + 2}m`]: [] },
    },
    {
      kind: 'missing',
      what: 'the exporter is gone',
      series: { [selector]: `${bad}x2 stale` },
      firing: { [`${minutes + 2}m`]: [] },
    },
  ];
};

export const ALERT_CASES: Readonly<Record<string, readonly AlertCase[]>> = {
  WorkloadAnomalous: [
    {
      kind: 'fires',
      what: 'one sample at the boundary is enough',
      series: { [score()]: '0.2x9 1 0.2x60' },
      firing: { '5m': [web], '4m30s': [], '9m30s': [web] },
      says: {
        summary: 'Deployment shop/web behaves as it never has',
        description: 'Its anomaly score reached 1; 1 is the boundary. The page of the exporter names the metrics behind it.',
      },
    },
    { kind: 'quiet', what: 'just below the boundary', series: { [score()]: '0.999x60' }, firing: { '20m': [] } },
    {
      kind: 'resolves',
      what: 'ten minutes after the window is clean',
      series: { [score()]: '0.2x9 1 0.2x60' },
      firing: { '19m30s': [web], '20m': [] },
    },
    { kind: 'missing', what: 'the workload is gone', series: { [score()]: '1x3 stale' }, firing: { '30m': [] } },
  ],
  WorkloadAnomalousSustained: [
    {
      kind: 'fires',
      what: 'half of the window is at the boundary',
      series: { [score()]: '0.95x59 1x14 0.95x80' },
      firing: { '37m': [web], '36m30s': [] },
      says: {
        summary: 'Deployment shop/web has been anomalous for most of a while',
        description: 'Its anomaly score was at the boundary or above for 50% of the window.',
      },
    },
    { kind: 'quiet', what: 'a burst', series: { [score()]: '0.2x59 5x10 0.2x60' }, firing: { '40m': [] } },
    {
      kind: 'resolves',
      what: 'ten minutes after the share has fallen',
      series: { [score()]: '0.95x59 1x14 0.95x80' },
      firing: { '54m30s': [web], '55m': [] },
    },
    { kind: 'missing', what: 'no score counts as quiet', series: { [score()]: '1x10 stale' }, firing: { '15m': [] } },
  ],
  BellwetherNamespaceAnomalyStorm: [
    {
      kind: 'fires',
      what: 'ten workloads are at the boundary',
      series: each(10, shop, '0.2x9 1 0.2x60'),
      firing: { '5m': [storm], '4m30s': [] },
      says: {
        summary: '10 workloads of shop are anomalous at the same time',
        description: 'One cause behind all of them is likely. The alerts of the single workloads are held back while this one fires.',
      },
    },
    { kind: 'quiet', what: 'nine are', series: each(9, shop, '1x60'), firing: { '20m': [] } },
    { kind: 'quiet', what: 'ten are near it', series: each(10, shop, '0.95x60'), firing: { '20m': [] } },
    { kind: 'quiet', what: 'ten nodes, which have no namespace', series: each(10, node, '1x60'), firing: { '20m': [] } },
    {
      kind: 'resolves',
      what: 'ten minutes after the window is clean',
      series: each(10, shop, '0.2x9 1 0.2x60'),
      firing: { '19m30s': [storm], '20m': [] },
    },
    { kind: 'missing', what: 'the workloads are gone', series: each(10, shop, '1x3 stale'), firing: { '30m': [] } },
  ],
  BellwetherScorerDown: [
    {
      kind: 'fires',
      what: 'the exporter vanishes',
      series: { 'bellwether_ready{pod="p"}': '1x9 stale' },
      firing: { '7m': [own('critical', {})], '6m30s': [] },
      says: {
        summary: 'No exporter is scraped: nothing is scored',
        description: 'Prometheus has had no metrics of the exporter itself for two minutes. No anomaly can be found until it is back.',
      },
    },
    { kind: 'quiet', what: 'it is there, ready or not', series: { 'bellwether_ready{pod="p"}': '0x30' }, firing: { '10m': [] } },
    {
      kind: 'resolves',
      what: 'it is back',
      series: { 'bellwether_ready{pod="p"}': '1x9 stale _x8 1x10' },
      firing: { '9m': [own('critical', {})], '9m30s': [] },
    },
    { kind: 'missing', what: 'it never was there', series: {}, firing: { '2m': [own('critical', {})], '1m30s': [] } },
  ],
  BellwetherScorerNotReady: switchCases('bellwether_ready', [0, 1], 30, own('warning'), {
    summary: 'The exporter has not become ready for half an hour',
    description: 'It gives no scores before the back-fill has ended. The metric bellwether_not_ready names the reason.',
  }),
  BellwetherScoresStale: [
    {
      kind: 'fires',
      what: 'no cycle succeeds for more than three intervals',
      series: {
        'bellwether_last_successful_score_timestamp_seconds{pod="p"}': '0+30x20 600x40',
        'bellwether_cycle_interval_seconds{pod="p",loop="tick"}': '100x80',
        'bellwether_cycle_interval_seconds{pod="p",loop="snapshot"}': '1x80',
        'bellwether_ready{pod="p"}': '1x80',
      },
      firing: { '17m30s': [own('warning')], '17m': [] },
      says: {
        summary: 'No scoring cycle has succeeded for 7m 30s',
        description: 'Scores are withdrawn when they are too old; until then they are those of the last cycle that succeeded.',
      },
    },
    {
      kind: 'quiet',
      what: 'it is not ready yet',
      series: {
        'bellwether_last_successful_score_timestamp_seconds{pod="p"}': '0x60',
        'bellwether_cycle_interval_seconds{pod="p",loop="tick"}': '30x60',
        'bellwether_ready{pod="p"}': '0x60',
      },
      firing: { '20m': [] },
    },
    {
      kind: 'resolves',
      what: 'a cycle succeeds',
      series: {
        'bellwether_last_successful_score_timestamp_seconds{pod="p"}': '0x39 1200+30x20',
        'bellwether_cycle_interval_seconds{pod="p",loop="tick"}': '30x80',
        'bellwether_ready{pod="p"}': '1x80',
      },
      firing: { '19m30s': [own('warning')], '20m': [] },
    },
    {
      kind: 'missing',
      what: 'the exporter is gone',
      series: {
        'bellwether_last_successful_score_timestamp_seconds{pod="p"}': '0x2 stale',
        'bellwether_cycle_interval_seconds{pod="p",loop="tick"}': '30x2 stale',
        'bellwether_ready{pod="p"}': '1x2 stale',
      },
      firing: { '20m': [] },
    },
  ],
  BellwetherSourceErrors: switchCases('bellwether_source_up', [0, 1], 5, own('warning'), {
    summary: 'The exporter cannot read from its Prometheus',
    description: 'Every read has failed for five minutes. The log and bellwether_remote_read_requests_total say why.',
  }),
  BellwetherSourceFallbackActive: [
    ...switchCases(
      'bellwether_remote_read_rung',
      [1, 0],
      60,
      own('info', { pod: 'p', rung: 'samples' }),
      {
        summary: 'The exporter reads by the slower way "samples"',
        description: 'The server, or something before it, does not answer streamed remote read. Scores are the same, reading costs more.',
      },
      { rung: 'samples' },
    ),
    {
      kind: 'quiet',
      what: 'it reads streamed answers',
      series: { 'bellwether_remote_read_rung{pod="p",rung="streamed"}': '1x130' },
      firing: { '62m': [] },
    },
  ],
  BellwetherCoverageLow: [
    {
      kind: 'fires',
      what: 'fewer than nine of ten have a score',
      series: { 'bellwether_scored_workloads{pod="p"}': '89x40', 'bellwether_expected_workloads{pod="p"}': '100x40' },
      firing: { '15m': [own('warning')], '14m30s': [] },
      says: {
        summary: 'Only 89% of the workloads have a score',
        description: 'Workloads that gave data lately have no score. anomaly_score_not_ready names each with its reason.',
      },
    },
    {
      kind: 'quiet',
      what: 'nine of ten have one',
      series: { 'bellwether_scored_workloads{pod="p"}': '90x40', 'bellwether_expected_workloads{pod="p"}': '100x40' },
      firing: { '18m': [] },
    },
    {
      kind: 'resolves',
      what: 'they have one again',
      series: { 'bellwether_scored_workloads{pod="p"}': '1x33 99x9', 'bellwether_expected_workloads{pod="p"}': '100x42' },
      firing: { '16m30s': [own('warning')], '17m': [] },
    },
    {
      kind: 'missing',
      what: 'nothing is expected',
      series: { 'bellwether_scored_workloads{pod="p"}': '0x40', 'bellwether_expected_workloads{pod="p"}': '0x40' },
      firing: { '18m': [] },
    },
  ],
  BellwetherScoreLatencyHigh: [
    {
      kind: 'fires',
      what: 'cycles take more than four fifths of the interval',
      series: {
        'bellwether_score_duration_seconds_sum{pod="p"}': '0+25x60',
        'bellwether_score_duration_seconds_count{pod="p"}': '0+1x60',
        'bellwether_cycle_interval_seconds{pod="p",loop="tick"}': '30x60',
        'bellwether_cycle_interval_seconds{pod="p",loop="snapshot"}': '1x60',
      },
      firing: { '25m': [own('warning')], '9m30s': [] },
      says: {
        summary: 'A scoring cycle takes 25s, most of its interval',
        description: 'Cycles that take longer than their interval are left out, and alerts come late.',
      },
    },
    {
      kind: 'quiet',
      what: 'they take exactly that long',
      series: {
        'bellwether_score_duration_seconds_sum{pod="p"}': '0+24x60',
        'bellwether_score_duration_seconds_count{pod="p"}': '0+1x60',
        'bellwether_cycle_interval_seconds{pod="p",loop="tick"}': '30x60',
      },
      firing: { '25m': [] },
    },
    {
      kind: 'fires',
      what: 'they become slow: ten of twenty in ten minutes, then ten minutes more',
      series: {
        'bellwether_score_duration_seconds_sum{pod="p"}': '0+1x40 89+49x60',
        'bellwether_score_duration_seconds_count{pod="p"}': '0+1x100',
        'bellwether_cycle_interval_seconds{pod="p",loop="tick"}': '30x100',
      },
      firing: { '35m': [own('warning')], '34m30s': [] },
    },
    {
      kind: 'fires',
      what: 'they become slow, so that there are fewer',
      series: {
        'bellwether_score_duration_seconds_sum{pod="p"}': '0+12x100',
        'bellwether_score_duration_seconds_count{pod="p"}': '0+1x40 40.1+0.1x60',
        'bellwether_cycle_interval_seconds{pod="p",loop="tick"}': '30x100',
      },
      firing: { '35m30s': [own('warning')], '35m': [] },
    },
    {
      kind: 'resolves',
      what: 'they are fast again',
      series: {
        'bellwether_score_duration_seconds_sum{pod="p"}': '0+25x60 1501+1x60',
        'bellwether_score_duration_seconds_count{pod="p"}': '0+1x120',
        'bellwether_cycle_interval_seconds{pod="p",loop="tick"}': '30x120',
      },
      firing: { '30m': [own('warning')], '31m': [] },
    },
    {
      kind: 'missing',
      what: 'no cycle has ended yet',
      series: {
        'bellwether_score_duration_seconds_sum{pod="p"}': '0x60',
        'bellwether_score_duration_seconds_count{pod="p"}': '0x60',
        'bellwether_cycle_interval_seconds{pod="p",loop="tick"}': '30x60',
      },
      firing: { '25m': [] },
    },
  ],
  BellwetherSeriesCapHit: switchCases(
    'bellwether_capped_series',
    [1, 0],
    10,
    own('warning', { pod: 'p', family: 'contribution' }),
    {
      summary: '1 series of contribution are left out because of a cap',
      description: 'What is left out is not watched. Raise exposition.maxWorkloads or narrow features.scope.',
    },
    { family: 'contribution' },
  ),
  BellwetherConfigReloadFailed: switchCases('bellwether_config_last_reload_successful', [0, 1], 5, own('warning'), {
    summary: 'The configuration file of the exporter is invalid; the last good one is in use',
    description: 'The log lists every wrong key with its value and limit. A restart would fail.',
  }),
  BellwetherSnapshotFailing: [
    {
      kind: 'fires',
      what: 'two snapshots fail within an hour',
      series: { 'bellwether_cycle_failures_total{pod="p",loop="snapshot",reason="io"}': '0x119 1x79 2x200' },
      firing: { '110m': [own('warning', { pod: 'p', loop: 'snapshot', reason: 'io' })], '109m30s': [] },
      says: {
        summary: 'The exporter cannot write its snapshot',
        description: 'A restart would learn everything anew from the back-fill, which has less than what the snapshot holds.',
      },
    },
    {
      kind: 'quiet',
      what: 'one fails, or ticks do',
      series: {
        'bellwether_cycle_failures_total{pod="p",loop="snapshot",reason="io"}': '0x119 1x200',
        'bellwether_cycle_failures_total{pod="p",loop="tick",reason="timeout"}': '0+1x320',
      },
      firing: { '75m': [] },
    },
    {
      kind: 'resolves',
      what: 'an hour after the first of the two',
      series: { 'bellwether_cycle_failures_total{pod="p",loop="snapshot",reason="io"}': '0x119 1x9 2x200' },
      firing: { '119m': [own('warning', { pod: 'p', loop: 'snapshot', reason: 'io' })], '119m30s': [] },
    },
    {
      kind: 'missing',
      what: 'the exporter is gone',
      series: { 'bellwether_cycle_failures_total{pod="p",loop="snapshot",reason="io"}': '0+1x4 stale' },
      firing: { '80m': [] },
    },
  ],
  BellwetherLearnedModelFailing: [
    {
      kind: 'fires',
      what: 'more than half of the batches fail',
      series: {
        'bellwether_learned_failures_total{pod="p",detector="window"}': '0+0.52x80',
        'bellwether_learned_batches_total{pod="p",detector="window"}': '0+1x80',
      },
      firing: { '30m': [own('warning', { pod: 'p', detector: 'window' })], '14m30s': [] },
      says: {
        summary: 'The learned model window fails or is late',
        description: 'Scores go out without it: what only the model would have found is missed.',
      },
    },
    {
      kind: 'quiet',
      what: 'half of them do',
      series: {
        'bellwether_learned_failures_total{pod="p",detector="window"}': '0+1x80',
        'bellwether_learned_batches_total{pod="p",detector="window"}': '0+2x80',
      },
      firing: { '35m': [] },
    },
    {
      kind: 'fires',
      what: 'they begin to fail: sixteen of thirty in a quarter of an hour, and a quarter more',
      series: {
        'bellwether_learned_failures_total{pod="p",detector="window"}': '0x60 1+1x80',
        'bellwether_learned_batches_total{pod="p",detector="window"}': '0+1x140',
      },
      firing: { '53m': [own('warning', { pod: 'p', detector: 'window' })], '52m30s': [] },
    },
    {
      kind: 'fires',
      what: 'fewer batches, as many failures',
      series: {
        'bellwether_learned_failures_total{pod="p",detector="window"}': '0+0.3x140',
        'bellwether_learned_batches_total{pod="p",detector="window"}': '0+1x60 60.1+0.1x80',
      },
      firing: { '52m30s': [own('warning', { pod: 'p', detector: 'window' })], '51m': [] },
    },
    {
      kind: 'resolves',
      what: 'they succeed again',
      series: {
        'bellwether_learned_failures_total{pod="p",detector="window"}': '0+1x80 80x60',
        'bellwether_learned_batches_total{pod="p",detector="window"}': '0+1x140',
      },
      firing: { '47m': [own('warning', { pod: 'p', detector: 'window' })], '48m': [] },
    },
    {
      kind: 'missing',
      what: 'there is no learned model',
      series: { 'bellwether_learned_batches_total{pod="p",detector="window"}': '0x80' },
      firing: { '35m': [] },
    },
  ],
  BellwetherRuleEvaluationFailing: [
    {
      kind: 'fires',
      what: 'an evaluation failed within ten minutes, five minutes ago',
      series: { 'prometheus_rule_evaluation_failures_total{rule_group="/etc/rules/a.yaml;bellwether-pods",pod="p"}': '0x9 0.5x60' },
      firing: { '10m': [own('warning', { rule_group: '/etc/rules/a.yaml;bellwether-pods' })], '9m30s': [], '4m30s': [] },
      says: {
        summary: 'Rules of Bellwether fail in Prometheus',
        description:
          'The group /etc/rules/a.yaml;bellwether-pods cannot be evaluated: what it records is missing, what it watches goes unseen.',
      },
    },
    {
      kind: 'quiet',
      what: "somebody else's rules fail",
      series: {
        'prometheus_rule_evaluation_failures_total{rule_group="/etc/rules/a.yaml;node.rules"}': '0+1x60',
        'prometheus_rule_evaluation_failures_total{rule_group="/etc/rules/a.yaml;bellwether-pods"}': '5x60',
      },
      firing: { '20m': [] },
    },
    {
      kind: 'resolves',
      what: 'ten minutes after the last failure',
      series: { 'prometheus_rule_evaluation_failures_total{rule_group="/etc/rules/a.yaml;bellwether-pods",pod="p"}': '0x9 0.5x60' },
      firing: { '14m': [own('warning', { rule_group: '/etc/rules/a.yaml;bellwether-pods' })], '14m30s': [] },
    },
    { kind: 'missing', what: 'Prometheus does not watch itself', series: {}, firing: { '20m': [] } },
  ],
  BellwetherWatchdog: [
    {
      kind: 'fires',
      what: 'always',
      series: {},
      firing: { '0m': [own('none', {})], '60m': [own('none', {})] },
      says: {
        summary: 'This alert always fires',
        description: 'It shows that alerts of Bellwether get from Prometheus over Alertmanager to the receiver. Nobody has to act on it.',
      },
    },
  ],
  BellwetherAlertPathBroken: [
    {
      kind: 'fires',
      what: 'the watchdog has not come for ten minutes',
      series: { 'bellwether_watchdog_last_received_timestamp_seconds{pod="p"}': '0+30x20 600x80' },
      firing: { '22m30s': [own('critical', {})], '22m': [] },
      says: {
        summary: 'Alerts do not reach the receiver',
        description:
          'The alert that always fires was last received 12m 30s ago. No alert of Bellwether arrives: look at the route in Alertmanager.',
      },
    },
    {
      kind: 'quiet',
      what: 'one of two replicas receives it',
      series: {
        'bellwether_watchdog_last_received_timestamp_seconds{pod="p"}': '0+30x80',
        'bellwether_watchdog_last_received_timestamp_seconds{pod="q"}': '0x80',
      },
      firing: { '30m': [] },
    },
    {
      kind: 'resolves',
      what: 'it comes again',
      series: { 'bellwether_watchdog_last_received_timestamp_seconds{pod="p"}': '0x59 1800+30x20' },
      firing: { '29m30s': [own('critical', {})], '30m': [] },
    },
    {
      kind: 'missing',
      what: 'there is no receiver',
      series: { 'bellwether_watchdog_last_received_timestamp_seconds{pod="p"}': '0x2 stale' },
      firing: { '30m': [] },
    },
  ],
  FlowAttackRecognised: [
    {
      kind: 'fires',
      what: 'ten flows of a family in ten minutes; one of no family does not count',
      series: {
        'bellwether_flow_findings_total{family="scan",pod="p"}': '0x40 10x60',
        'bellwether_flow_findings_total{family="unknown",pod="p"}': '0+100x100',
      },
      firing: { '20m': [], '20m30s': [{ family: 'scan', severity: 'warning', product: 'bellwether' }] },
      says: {
        summary: '10 network flows look like scan',
        description:
          'That many flows of the last ten minutes are of a family that the flow model has seen examples of. The log of findings names clients, services and reasons.',
      },
    },
    {
      kind: 'quiet',
      what: 'nine do not',
      series: { 'bellwether_flow_findings_total{family="scan",pod="p"}': '0x40 9x60' },
      firing: { '20m30s': [], '25m': [] },
    },
    {
      kind: 'resolves',
      what: 'ten minutes after the last ones have left the window',
      series: { 'bellwether_flow_findings_total{family="scan",pod="p"}': '0x40 10x100' },
      firing: { '39m': [{ family: 'scan', severity: 'warning', product: 'bellwether' }], '41m': [] },
    },
    { kind: 'missing', what: 'no flows are watched', series: {}, firing: { '30m': [] } },
  ],
  BellwetherFlowsStale: [
    {
      kind: 'fires',
      what: 'nothing was read for a quarter of an hour and five minutes more',
      series: { 'bellwether_flow_last_read_timestamp_seconds{pod="p"}': '60x100' },
      firing: { '21m': [], '21m30s': [own('warning')] },
      says: {
        summary: 'No network flow has been read for 20m 30s',
        description: 'The folder of flow files has nothing new: the flow meter may have stopped, or the folder cannot be read.',
      },
    },
    {
      kind: 'quiet',
      what: 'flows come, or none are watched',
      series: {
        'bellwether_flow_last_read_timestamp_seconds{pod="p"}': '60+30x100',
        'bellwether_flow_last_read_timestamp_seconds{pod="q"}': '0x100',
      },
      firing: { '40m': [] },
    },
    {
      kind: 'resolves',
      what: 'they come again',
      series: { 'bellwether_flow_last_read_timestamp_seconds{pod="p"}': '60x50 1530+30x20' },
      firing: { '25m': [own('warning')], '25m30s': [] },
    },
    {
      kind: 'missing',
      what: 'the exporter is gone',
      series: { 'bellwether_flow_last_read_timestamp_seconds{pod="p"}': '60x2 stale' },
      firing: { '30m': [] },
    },
  ],
};
