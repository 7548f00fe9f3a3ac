import { type AlertCases, own, switchCases } from './alert-case.ts';

export const EXPORTER_CASES: AlertCases = {
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
  BellwetherShardMissing: [
    {
      kind: 'fires',
      what: 'one of three exporters is gone',
      series: {
        'bellwether_shards{pod="p-0",shard="0"}': '3x60',
        'bellwether_shards{pod="p-1",shard="1"}': '3x4 stale',
        'bellwether_shards{pod="p-2",shard="2"}': '3x60',
      },
      firing: { '17m30s': [own('warning', {})], '17m': [] },
      says: {
        summary: '1 exporters are missing among those that share the workloads',
        description: 'What belongs to a missing exporter is not scored. Its pod is down, or there are fewer replicas than shards.',
      },
    },
    {
      kind: 'quiet',
      what: 'all are there, one is alone, or a further one was just added',
      series: {
        'bellwether_shards{pod="p-0",shard="0"}': '2x60',
        'bellwether_shards{pod="p-1",shard="1"}': '2x60',
        'bellwether_shards{pod="p-2",shard="2"}': '3x60',
      },
      firing: { '25m': [] },
    },
    {
      kind: 'resolves',
      what: 'it is back',
      series: { 'bellwether_shards{pod="p-0",shard="0"}': '2x60', 'bellwether_shards{pod="p-1",shard="1"}': '_x35 2x20' },
      firing: { '17m': [own('warning', {})], '17m30s': [] },
    },
    {
      kind: 'missing',
      what: 'no exporter is there: another alert says so',
      series: { 'bellwether_shards{pod="p-0",shard="0"}': '2x4 stale' },
      firing: { '20m': [] },
    },
  ],
};
