import { WATCHDOG_LAST_RECEIVED } from './alert-path.ts';
import type { MetricDefinition } from './metric.ts';

/** Seconds; a durable write waits for the disk. */
const WRITE_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** What the receiver says about itself, on its self port. Its loops are watch, evidence, notify, propagate, mitigation, figures, retention and config. */
export const RECEIVER_METRICS = {
  receiverReady: {
    name: 'bellwether_receiver_ready',
    type: 'gauge',
    help: '1 while alerts are taken: the store is open and this replica leads.',
    labels: [],
  },
  receiverNotReady: {
    name: 'bellwether_receiver_not_ready',
    type: 'gauge',
    help: '1 while alerts are not taken, with the reason.',
    labels: ['reason'],
  },
  leader: {
    name: 'bellwether_receiver_leader',
    type: 'gauge',
    help: '1 on the replica that takes alerts; always 1 without leader election.',
    labels: [],
  },
  leaderChanges: {
    name: 'bellwether_receiver_leader_changes_total',
    type: 'counter',
    help: 'Times that this replica took over or gave up the lead.',
    labels: [],
  },

  watchdog: WATCHDOG_LAST_RECEIVED,
  payloads: {
    name: 'bellwether_received_payloads_total',
    type: 'counter',
    help: 'Webhook calls, by outcome: stored, refused (not what Alertmanager sends), unauthorized, not_ready or failed (the store).',
    labels: ['outcome'],
  },
  receivedAlerts: {
    name: 'bellwether_received_alerts_total',
    type: 'counter',
    help: 'Alerts in webhook calls, by outcome: new, repeated (known already) or resolved.',
    labels: ['outcome'],
  },
  truncatedAlerts: {
    name: 'bellwether_truncated_alerts_total',
    type: 'counter',
    help: 'Alerts that Alertmanager left out of webhook calls; they are then asked for.',
    labels: [],
  },
  storeWriteDuration: {
    name: 'bellwether_store_write_duration_seconds',
    type: 'histogram',
    help: 'Time until a webhook call was durable.',
    labels: [],
    buckets: WRITE_BUCKETS,
  },
  storeFailures: {
    name: 'bellwether_store_failures_total',
    type: 'counter',
    help: 'Writes and reads that the store did not do, by reason: full, read_only, corrupt, locked, gone or other.',
    labels: ['reason'],
  },
  storeBytes: { name: 'bellwether_store_bytes', type: 'gauge', help: 'Room that the store takes.', labels: [] },
  storeLimit: {
    name: 'bellwether_store_limit_bytes',
    type: 'gauge',
    help: 'Room that the store may take; absent where the database has its own limits.',
    labels: [],
  },
  storedAlerts: { name: 'bellwether_stored_alerts', type: 'gauge', help: 'Alerts in the store, by status.', labels: ['status'] },
  removedAlerts: {
    name: 'bellwether_removed_alerts_total',
    type: 'counter',
    help: 'Alerts removed, by reason: age or size.',
    labels: ['reason'],
  },

  alertmanagerUp: {
    name: 'bellwether_alertmanager_up',
    type: 'gauge',
    help: '1 while this Alertmanager answered when last asked.',
    labels: ['instance'],
  },
  silences: { name: 'bellwether_silences', type: 'gauge', help: 'Silences that Alertmanager holds, by state.', labels: ['state'] },
  unheardAlerts: {
    name: 'bellwether_unheard_alerts_total',
    type: 'counter',
    help: 'Alerts found at Alertmanager that no webhook call had brought: silenced from the start, or the route does not lead here.',
    labels: [],
  },
  endedUnheard: {
    name: 'bellwether_unheard_ends_total',
    type: 'counter',
    help: 'Alerts that ended without a webhook call, as silenced ones do.',
    labels: [],
  },
  bulkSilences: {
    name: 'bellwether_bulk_silences',
    type: 'gauge',
    help: 'Silences over so many alerts that their word does not count.',
    labels: [],
  },

  verdicts: {
    name: 'bellwether_verdicts_total',
    type: 'counter',
    help: 'Verdicts taken since the start, by word and source.',
    labels: ['word', 'source'],
  },
  verdictsUndone: { name: 'bellwether_verdicts_undone_total', type: 'counter', help: 'Verdicts taken back since the start.', labels: [] },
  verdictsRefused: {
    name: 'bellwether_verdicts_refused_total',
    type: 'counter',
    help: 'Verdicts not taken, by reason: invalid, cap, unknown or store.',
    labels: ['reason'],
  },
  verdictBacklog: {
    name: 'bellwether_verdict_backlog_entries',
    type: 'gauge',
    help: 'Entries of the verdict log that no exporter has fetched yet.',
    labels: [],
  },
  verdictFeedRead: {
    name: 'bellwether_verdict_feed_read_timestamp_seconds',
    type: 'gauge',
    help: 'When an exporter last asked for verdicts.',
    labels: [],
  },
  precision: {
    name: 'bellwether_alert_precision_ratio',
    type: 'gauge',
    help: 'Share of confirmed alerts among those of the last 7 days that were judged.',
    labels: [],
  },
  repeats: {
    name: 'bellwether_false_alarm_repeat_ratio',
    type: 'gauge',
    help: 'Share of the false alarms of the last 30 days after which the same alert fired for the same workload again within a week.',
    labels: [],
  },
  timeToVerdict: {
    name: 'bellwether_verdict_delay_seconds',
    type: 'gauge',
    help: 'Median time from the start of an alert to its verdict, of the last 7 days.',
    labels: [],
  },
  unjudged: {
    name: 'bellwether_unjudged_alerts',
    type: 'gauge',
    help: 'Alerts about workloads of the last 7 days without a verdict.',
    labels: [],
  },

  notices: {
    name: 'bellwether_notices_total',
    type: 'counter',
    help: 'Notices about alerts, by channel and outcome: sent, failed (given up) or dropped (too old, or the channel is gone).',
    labels: ['channel', 'outcome'],
  },
  noticesWaiting: {
    name: 'bellwether_waiting_notices',
    type: 'gauge',
    help: 'Notices that have not been sent yet, by channel.',
    labels: ['channel'],
  },

  slackConnected: {
    name: 'bellwether_slack_connected',
    type: 'gauge',
    help: 'Whether the leader has a connection to Slack, where Socket Mode is configured.',
    labels: ['mode'],
  },

  evidenceWaiting: {
    name: 'bellwether_evidence_waiting_alerts',
    type: 'gauge',
    help: 'Alerts whose explanation has not been fetched from the exporter yet.',
    labels: [],
  },

  refusedRequests: {
    name: 'bellwether_refused_requests_total',
    type: 'counter',
    help: 'Requests that were not let in, by reason: no_credentials, bad_credentials, role, rate or csrf.',
    labels: ['reason'],
  },
} as const satisfies Record<string, MetricDefinition>;
