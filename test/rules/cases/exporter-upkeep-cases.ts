import { type AlertCases, own, switchCases } from './alert-case.ts';

/** What the exporter keeps, reads and runs beside its scores. */
export const EXPORTER_UPKEEP_CASES: AlertCases = {
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
    summary: 'A configuration file of Bellwether is invalid; the last good one is in use',
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
  BellwetherFeedbackFailing: [
    {
      kind: 'fires',
      what: 'a question for verdicts fails every two minutes',
      series: {
        'bellwether_cycle_failures_total{pod="p",loop="feedback",reason="upstream_unavailable"}':
          '0x9 1x3 2x3 3x3 4x3 5x3 6x3 7x3 8x3 9x3 10x40',
      },
      firing: { '18m': [own('warning', { pod: 'p', loop: 'feedback', reason: 'upstream_unavailable' })], '17m30s': [] },
      says: {
        summary: 'The exporter cannot fetch verdicts: upstream_unavailable',
        description: 'What was learned stays, but new verdicts change no score and undone ones go on counting.',
      },
    },
    {
      kind: 'quiet',
      what: 'four failed while the receiver was rolled out',
      series: { 'bellwether_cycle_failures_total{pod="p",loop="feedback",reason="not_ready"}': '0x9 1 2 3 4x60' },
      firing: { '25m': [] },
    },
    {
      kind: 'resolves',
      what: 'they are fetched again',
      series: { 'bellwether_cycle_failures_total{pod="p",loop="feedback",reason="timeout"}': '0x9 1+1x30 31x80' },
      firing: { '20m': [own('warning', { pod: 'p', loop: 'feedback', reason: 'timeout' })], '40m': [] },
    },
    {
      kind: 'missing',
      what: 'the exporter is gone',
      series: { 'bellwether_cycle_failures_total{pod="p",loop="feedback",reason="timeout"}': '0 1 2 stale' },
      firing: { '20m': [] },
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
};
