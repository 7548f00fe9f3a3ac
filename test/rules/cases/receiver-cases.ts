import { type AlertCases, own, switchCases } from './alert-case.ts';

export const RECEIVER_CASES: AlertCases = {
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
  BellwetherReceiverDown: [
    {
      kind: 'fires',
      what: 'the receiver vanishes',
      series: { 'bellwether_receiver_ready{pod="p"}': '1x9 stale' },
      firing: { '7m': [own('critical', {})], '6m30s': [] },
      says: {
        summary: 'No receiver is scraped: alerts are not kept and verdicts are not heard',
        description:
          'Prometheus has had no metrics of the receiver for two minutes. Alertmanager goes on trying for about a minute per group.',
      },
    },
    { kind: 'quiet', what: 'it is there, ready or not', series: { 'bellwether_receiver_ready{pod="p"}': '0x8' }, firing: { '4m': [] } },
    {
      kind: 'resolves',
      what: 'it is back',
      series: { 'bellwether_receiver_ready{pod="p"}': '1x9 stale _x8 1x10' },
      firing: { '9m': [own('critical', {})], '9m30s': [] },
    },
    { kind: 'missing', what: 'it never was there', series: {}, firing: { '2m': [own('critical', {})], '1m30s': [] } },
  ],
  BellwetherReceiverNotReady: [
    {
      kind: 'fires',
      what: 'neither replica is ready',
      series: { 'bellwether_receiver_ready{pod="a"}': '0x30', 'bellwether_receiver_ready{pod="b"}': '0x30' },
      firing: { '5m': [own('critical', {})], '4m30s': [] },
      says: {
        summary: 'No receiver takes alerts',
        description: 'The receiver answers 503. The metric bellwether_receiver_not_ready names the reason: its store, or no leader.',
      },
    },
    {
      kind: 'quiet',
      what: 'one of two leads',
      series: { 'bellwether_receiver_ready{pod="a"}': '0x30', 'bellwether_receiver_ready{pod="b"}': '1x30' },
      firing: { '10m': [] },
    },
    {
      kind: 'resolves',
      what: 'it is well again',
      series: { 'bellwether_receiver_ready{pod="p"}': '0x13 1x10' },
      firing: { '6m30s': [own('critical', {})], '7m': [] },
    },
    { kind: 'missing', what: 'it is gone', series: { 'bellwether_receiver_ready{pod="p"}': '0x2 stale' }, firing: { '5m30s': [] } },
  ],
  BellwetherStoreFailing: [
    {
      kind: 'fires',
      what: 'two writes failed',
      series: { 'bellwether_store_failures_total{pod="p",reason="full"}': '0x9 1x1 2x40' },
      firing: { '8m': [own('critical', { pod: 'p', reason: 'full' })], '7m30s': [] },
      says: {
        summary: 'The store of the receiver fails: full',
        description: 'Alertmanager is told to try again, so nothing acknowledged is lost, but alerts that resolve meanwhile are.',
      },
    },
    {
      kind: 'quiet',
      what: 'one failed',
      series: { 'bellwether_store_failures_total{pod="p",reason="gone"}': '0x9 1x60' },
      firing: { '20m': [] },
    },
    {
      kind: 'resolves',
      what: 'a quarter of an hour later',
      series: { 'bellwether_store_failures_total{pod="p",reason="full"}': '0x9 1x1 2x80' },
      firing: { '19m': [own('critical', { pod: 'p', reason: 'full' })], '19m30s': [] },
    },
    {
      kind: 'missing',
      what: 'the receiver is gone',
      series: { 'bellwether_store_failures_total{pod="p",reason="full"}': '0 1 stale' },
      firing: { '10m': [] },
    },
  ],
  BellwetherStoreNearlyFull: [
    {
      kind: 'fires',
      what: 'more than 85 % are used',
      series: { 'bellwether_store_bytes{pod="p"}': '86x40', 'bellwether_store_limit_bytes{pod="p"}': '100x40' },
      firing: { '10m': [own('warning')], '9m30s': [] },
      says: {
        summary: 'The store of the receiver is 86% full',
        description:
          'From nine tenths on, the oldest resolved alerts are removed before their time. Raise store.maxBytes or lower store.keepDays.',
      },
    },
    {
      kind: 'quiet',
      what: '85 %',
      series: { 'bellwether_store_bytes{pod="p"}': '85x40', 'bellwether_store_limit_bytes{pod="p"}': '100x40' },
      firing: { '20m': [] },
    },
    {
      kind: 'resolves',
      what: 'room was made',
      series: { 'bellwether_store_bytes{pod="p"}': '90x23 80x10', 'bellwether_store_limit_bytes{pod="p"}': '100x40' },
      firing: { '11m30s': [own('warning')], '12m': [] },
    },
    {
      kind: 'missing',
      what: 'PostgreSQL has limits of its own',
      series: { 'bellwether_store_bytes{pod="p"}': '90x40', 'bellwether_store_limit_bytes{pod="p"}': '0x1 stale' },
      firing: { '15m': [] },
    },
  ],
  BellwetherVerdictBacklog: [
    {
      kind: 'fires',
      what: 'verdicts wait',
      series: { 'bellwether_verdict_backlog_entries{pod="p"}': '3x60' },
      firing: { '15m': [own('warning')], '14m30s': [] },
      says: {
        summary: '3 verdicts have not reached the exporter',
        description:
          'Nobody has fetched the newest verdicts for a quarter of an hour, so they change no score. Look at the feedback section of the exporter.',
      },
    },
    { kind: 'quiet', what: 'all are fetched', series: { 'bellwether_verdict_backlog_entries{pod="p"}': '0x60' }, firing: { '20m': [] } },
    {
      kind: 'resolves',
      what: 'they are fetched',
      series: { 'bellwether_verdict_backlog_entries{pod="p"}': '1x33 0x10' },
      firing: { '16m30s': [own('warning')], '17m': [] },
    },
    {
      kind: 'missing',
      what: 'the receiver is gone',
      series: { 'bellwether_verdict_backlog_entries{pod="p"}': '1x2 stale' },
      firing: { '17m': [] },
    },
  ],
  BellwetherAlertmanagerUnreachable: switchCases(
    'bellwether_alertmanager_up',
    [0, 1],
    10,
    own('warning', { pod: 'p', instance: 'http://am' }),
    {
      summary: 'The receiver cannot read from Alertmanager at http://am',
      description: 'Silences become no verdicts, and silenced alerts that end are not seen.',
    },
    { instance: 'http://am' },
  ),
  BellwetherNoticesFailing: [
    {
      kind: 'fires',
      what: 'one was given up',
      series: { 'bellwether_notices_total{pod="p",channel="team",outcome="failed"}': '0x9 1x40' },
      firing: { '5m': [own('warning', { pod: 'p', channel: 'team', outcome: 'failed' })], '4m30s': [] },
      says: {
        summary: 'Messages about alerts are not delivered: channel team',
        description:
          'They were refused, or tried for ten minutes and given up. The alerts themselves are kept, and are on the page of the receiver.',
      },
    },
    {
      kind: 'quiet',
      what: 'they are sent',
      series: {
        'bellwether_notices_total{pod="p",channel="team",outcome="sent"}': '0+1x40',
        'bellwether_notices_total{pod="p",channel="team",outcome="failed"}': '3x40',
      },
      firing: { '20m': [] },
    },
    {
      kind: 'resolves',
      what: 'an hour later',
      series: { 'bellwether_notices_total{pod="p",channel="team",outcome="failed"}': '0x9 1x200' },
      firing: { '1h4m': [own('warning', { pod: 'p', channel: 'team', outcome: 'failed' })], '1h6m': [] },
    },
    {
      kind: 'missing',
      what: 'the receiver is gone',
      series: { 'bellwether_notices_total{pod="p",channel="team",outcome="failed"}': '0 0 stale' },
      firing: { '10m': [] },
    },
  ],
  BellwetherSlackDisconnected: switchCases(
    'bellwether_slack_connected',
    [0, 1],
    10,
    own('warning', { pod: 'p', mode: 'socket' }),
    {
      summary: 'The receiver has no connection to Slack: buttons do nothing',
      description: 'Socket Mode is configured, but no connection could be opened. Messages still go out; clicks on their buttons are lost.',
    },
    { mode: 'socket' },
  ),
  BellwetherBulkSilence: switchCases('bellwether_bulk_silences', [1, 0], 5, own('info'), {
    summary: 'Silences that hold back so many alerts that their word does not count: 1',
    description: 'A silence over this many workloads says nothing about a single one. If it is meant, give the verdicts one by one.',
  }),
};
