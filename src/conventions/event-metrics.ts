import type { MetricDefinition } from './metric.ts';

/** Policies of ours begin so: an alert about them is not one about what somebody else traces. */
export const RUNTIME_POLICY_PREFIX = 'bellwether-';

/** What the receiver tells of runtime events, on its self port. */
export const RUNTIME_EVENT_METRICS = {
  events: {
    name: 'bellwether_runtime_events_total',
    type: 'counter',
    help: 'Runtime events stored since the start, by source and type.',
    labels: ['source', 'type'],
  },
  eventDuplicates: {
    name: 'bellwether_runtime_event_duplicates_total',
    type: 'counter',
    help: 'Runtime events that had come before: a collector sends again what was not acknowledged.',
    labels: [],
  },
  eventBatches: {
    name: 'bellwether_runtime_event_batches_total',
    type: 'counter',
    help: 'Batches of runtime events, by outcome: stored, refused (not what a collector sends), not_ready or failed (the store).',
    labels: ['outcome'],
  },
  eventSenderSeen: {
    name: 'bellwether_runtime_event_sender_last_seen_timestamp_seconds',
    type: 'gauge',
    help: 'When a collector last sent a batch; a sender that is silent for a day is forgotten.',
    labels: ['sender'],
  },
  policyHits: {
    name: 'bellwether_runtime_policy_hits_total',
    type: 'counter',
    help: 'Hooks of tracing policies that were reached, by namespace of the pod, policy and what it did. After 500 combinations the rest is `other`.',
    labels: ['pod_namespace', 'policy', 'action'],
  },
  policyLastHit: {
    name: 'bellwether_runtime_policy_last_hit_timestamp_seconds',
    type: 'gauge',
    help: 'When a hit of a policy last arrived, by namespace of the pod.',
    labels: ['pod_namespace', 'policy'],
  },
  decoyHits: {
    name: 'bellwether_decoy_hits_total',
    type: 'counter',
    help: 'Requests to decoys, by technique.',
    labels: ['technique'],
  },
  decoyLastHit: {
    name: 'bellwether_decoy_last_hit_timestamp_seconds',
    type: 'gauge',
    help: 'When a request to a decoy last arrived, by technique.',
    labels: ['technique'],
  },
  storedEvents: { name: 'bellwether_stored_runtime_events', type: 'gauge', help: 'Runtime events in the store.', labels: [] },
  removedEvents: {
    name: 'bellwether_removed_runtime_events_total',
    type: 'counter',
    help: 'Runtime events removed, by reason: age, number (`events.maxStored`) or size (the store is nearly full).',
    labels: ['reason'],
  },
  eventStreams: { name: 'bellwether_runtime_event_streams', type: 'gauge', help: 'Live tails that are open now.', labels: [] },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** What a collector says about itself, on its self port. Its loops are called after its sources, and `report` for what it tells of waiting bytes. */
export const COLLECTOR_METRICS = {
  lines: {
    name: 'bellwether_collector_lines_total',
    type: 'counter',
    help: 'Lines or objects read, by source; what is no event is among them.',
    labels: ['source'],
  },
  refusedLines: {
    name: 'bellwether_collector_refused_lines_total',
    type: 'counter',
    help: 'Lines or objects that are no event, by source and reason: too_long, not_json, not_an_event, wrong_type or bad_time.',
    labels: ['source', 'reason'],
  },
  shipped: {
    name: 'bellwether_collector_shipped_events_total',
    type: 'counter',
    help: 'Events that the receiver acknowledged, by source.',
    labels: ['source'],
  },
  failedBatches: {
    name: 'bellwether_collector_failed_batches_total',
    type: 'counter',
    help: 'Batches that were not acknowledged and are sent again, by source and reason.',
    labels: ['source', 'reason'],
  },
  droppedEvents: {
    name: 'bellwether_collector_dropped_events_total',
    type: 'counter',
    help: 'Events given up, by source and reason: refused (the receiver does not take them) or full (a decoy could not get rid of them).',
    labels: ['source', 'reason'],
  },
  waitingBytes: {
    name: 'bellwether_collector_waiting_bytes',
    type: 'gauge',
    help: 'Bytes of export files that are not read yet, by source.',
    labels: ['source'],
  },
  untoldPods: {
    name: 'bellwether_workload_events_untold_pods_total',
    type: 'counter',
    help: 'Events of pods beyond the limit, which have no series.',
    labels: [],
  },
  lastShipped: {
    name: 'bellwether_collector_last_shipped_timestamp_seconds',
    type: 'gauge',
    help: 'When the receiver last acknowledged something, a sign of life included.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Counts by pod, for scores: on a port of their own, to be scraped with `honor_labels: true`. */
export const WORKLOAD_EVENT_METRICS = {
  workloadEvents: {
    name: 'bellwether_workload_events_total',
    type: 'counter',
    help: 'Runtime events of a pod since the collector started, by kind: exec (processes begun), policy (hooks of policies reached) or signal (processes ended by a signal).',
    labels: ['namespace', 'pod', 'kind'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
