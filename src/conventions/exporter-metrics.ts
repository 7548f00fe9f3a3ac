import type { MetricDefinition } from './metric.ts';

/** Seconds; a tick has to end well inside its interval, usually 30 s. */
const CYCLE_BUCKETS = [0.01, 0.03, 0.1, 0.3, 1, 2, 5, 10, 20, 30, 60];
/** Scores: most lie far below the boundary at 1; what lies above is spread widely. */
const SCORE_BUCKETS = [0.1, 0.25, 0.5, 0.75, 0.9, 0.999, 1.25, 1.5, 2, 3];

/** What the exporter says about itself, on the self port. `loop` is one of tick, backfill, adopt, snapshot, feedback, config. */
export const EXPORTER_METRICS = {
  modelInfo: { name: 'bellwether_model_info', type: 'gauge', help: 'Always 1; the model that gives the scores.', labels: ['version'] },
  ready: { name: 'bellwether_ready', type: 'gauge', help: '1 once the back-fill has ended and scores are given.', labels: [] },
  notReady: {
    name: 'bellwether_not_ready',
    type: 'gauge',
    help: '1 while the exporter is not ready, with the reason.',
    labels: ['reason'],
  },

  scoreDuration: {
    name: 'bellwether_score_duration_seconds',
    type: 'histogram',
    help: 'Time of one scoring cycle: read, features and scores.',
    labels: [],
    buckets: CYCLE_BUCKETS,
  },
  lastScore: {
    name: 'bellwether_last_successful_score_timestamp_seconds',
    type: 'gauge',
    help: 'When a scoring cycle last succeeded.',
    labels: [],
  },
  dataAge: { name: 'bellwether_data_age_seconds', type: 'gauge', help: 'Age of the newest sample that was scored.', labels: [] },
  scoresWithdrawn: {
    name: 'bellwether_scores_withdrawn',
    type: 'gauge',
    help: '1 while no scores are exposed because too many cycles in a row failed.',
    labels: [],
  },

  backfillProgress: {
    name: 'bellwether_backfill_progress_ratio',
    type: 'gauge',
    help: 'Share of the back-fill range that has been replayed, 0 to 1.',
    labels: [],
  },
  backfillDuration: {
    name: 'bellwether_backfill_duration_seconds',
    type: 'gauge',
    help: 'Time the back-fill has taken so far, or took.',
    labels: [],
  },
  backfillOutcome: {
    name: 'bellwether_backfill_outcome',
    type: 'gauge',
    help: '1 for how the back-fill ended: complete, abandoned or disabled.',
    labels: ['outcome'],
  },

  shards: {
    name: 'bellwether_shards',
    type: 'gauge',
    help: 'Exporters among which this one shares the workloads; 1 where it is alone. `shard` is its own place, from 0.',
    labels: ['shard'],
  },
  adopting: {
    name: 'bellwether_shard_adopting',
    type: 'gauge',
    help: '1 while the past of workloads that this shard has won is learned; the shard that had them still scores them.',
    labels: [],
  },

  expectedWorkloads: {
    name: 'bellwether_expected_workloads',
    type: 'gauge',
    help: 'Workloads that gave data lately and should have a score.',
    labels: [],
  },
  scoredWorkloads: { name: 'bellwether_scored_workloads', type: 'gauge', help: 'Workloads with an exposed score.', labels: [] },
  anomalousWorkloads: {
    name: 'bellwether_anomalous_workloads',
    type: 'gauge',
    help: 'Workloads whose exposed score is at or above the boundary.',
    labels: [],
  },
  incidents: {
    name: 'bellwether_incidents',
    type: 'gauge',
    help: 'Incidents that go on (an alarm within ten minutes), alarms of one cause counted as one: of one workload, or of several.',
    labels: ['extent'],
  },
  incidentWorkloads: {
    name: 'bellwether_incident_largest_workloads',
    type: 'gauge',
    help: 'Workloads in the largest incident that goes on; 0 where there is none.',
    labels: [],
  },
  removedWorkloads: {
    name: 'bellwether_removed_workloads_total',
    type: 'counter',
    help: 'Workloads taken off, by reason: vanished (no data), forgotten (state dropped) or cap.',
    labels: ['reason'],
  },
  exposedSeries: { name: 'bellwether_exposed_series', type: 'gauge', help: 'Series on the scores port, by family.', labels: ['family'] },
  cappedSeries: {
    name: 'bellwether_capped_series',
    type: 'gauge',
    help: 'Series or workloads left out in the last cycle because of a cap, by family.',
    labels: ['family'],
  },
  scoreDistribution: {
    name: 'bellwether_score_distribution',
    type: 'histogram',
    help: 'Scores given, one observation per workload and cycle.',
    labels: [],
    buckets: SCORE_BUCKETS,
  },
  verdicts: {
    name: 'bellwether_verdicts_in_force',
    type: 'gauge',
    help: 'Verdicts of people that have not expired or worn off, by word.',
    labels: ['word'],
  },
  verdictsWithoutEffect: {
    name: 'bellwether_verdicts_without_effect',
    type: 'gauge',
    help: 'Those of them that change no score: nothing is known of their window (no_window), or there is no such workload (unknown_workload).',
    labels: ['word', 'reason'],
  },
  limitedWorkloads: {
    name: 'bellwether_limited_workloads',
    type: 'gauge',
    help: 'Workloads under a limit: what they do now is unlearned when it ends.',
    labels: [],
  },
  easedScores: {
    name: 'bellwether_scores_eased_total',
    type: 'counter',
    help: 'Scores that would have been at or above the boundary, and that verdicts brought below it.',
    labels: [],
  },
  raisedScores: {
    name: 'bellwether_scores_raised_total',
    type: 'counter',
    help: 'Scores that verdicts about missed events brought to the boundary or above.',
    labels: [],
  },
  learnedBatches: {
    name: 'bellwether_learned_batches_total',
    type: 'counter',
    help: 'Cycles in which the learned model judged all ready workloads at once.',
    labels: ['detector'],
  },
  learnedFailures: {
    name: 'bellwether_learned_failures_total',
    type: 'counter',
    help: 'Such cycles in which the model failed or was late; scores then go out without it.',
    labels: ['detector'],
  },
  learnedAnomalies: {
    name: 'bellwether_learned_anomalies_total',
    type: 'counter',
    help: 'Windows the learned model put at or above the boundary; in mode shadow they raise no score.',
    labels: ['detector', 'mode'],
  },
  learnedModelChanges: {
    name: 'bellwether_learned_model_changes_total',
    type: 'counter',
    help: 'Newly promoted models that took the place of the one before (accepted), or failed a check so that the old one goes on (refused).',
    labels: ['outcome'],
  },
  scorerStateBytes: { name: 'bellwether_scorer_state_bytes', type: 'gauge', help: 'Memory of the state of all workloads.', labels: [] },
  historyBytes: { name: 'bellwether_history_bytes', type: 'gauge', help: 'Memory of the history kept for explanations.', labels: [] },

  pods: { name: 'bellwether_pods', type: 'gauge', help: 'Pods that were given to a workload.', labels: [] },
  guessedPods: {
    name: 'bellwether_guessed_pods',
    type: 'gauge',
    help: 'Pods whose workload is a guess from labels or the name of the pod, for want of an owner series.',
    labels: [],
  },
  lateSamples: {
    name: 'bellwether_late_samples_total',
    type: 'counter',
    help: 'Samples dropped because a newer one was there.',
    labels: [],
  },
  duplicateSamples: { name: 'bellwether_duplicate_samples_total', type: 'counter', help: 'Samples seen before, dropped.', labels: [] },
  badSamples: {
    name: 'bellwether_bad_samples_total',
    type: 'counter',
    help: 'Samples dropped for being NaN, infinite or absurd.',
    labels: [],
  },
  counterResets: { name: 'bellwether_restarted_counters_total', type: 'counter', help: 'Counters that began anew.', labels: [] },
  droppedSeries: {
    name: 'bellwether_dropped_series_total',
    type: 'counter',
    help: 'Series that could not be given to a workload, by reason.',
    labels: ['reason'],
  },

  sourceUp: { name: 'bellwether_source_up', type: 'gauge', help: '1 when the last read from Prometheus succeeded.', labels: [] },
  sourceReadDuration: {
    name: 'bellwether_source_read_duration_seconds',
    type: 'histogram',
    help: 'Time of one read of a cycle, all selectors.',
    labels: [],
    buckets: CYCLE_BUCKETS,
  },
  sourceSeries: { name: 'bellwether_source_series', type: 'gauge', help: 'Series in the read of the last cycle.', labels: [] },

  snapshotBytes: { name: 'bellwether_snapshot_bytes', type: 'gauge', help: 'Size of the last snapshot on disk.', labels: [] },
  snapshotDuration: { name: 'bellwether_snapshot_duration_seconds', type: 'gauge', help: 'Time the last snapshot took.', labels: [] },
  snapshotRestored: {
    name: 'bellwether_snapshot_restored_workloads',
    type: 'gauge',
    help: 'Workloads whose state was taken from the snapshot at start.',
    labels: [],
  },
  snapshotRefused: {
    name: 'bellwether_snapshot_refused_total',
    type: 'counter',
    help: 'Snapshots not used at start, by reason: corrupt, too_old, from_future, other_version or unreadable.',
    labels: ['reason'],
  },

  ingestBatches: {
    name: 'bellwether_ingest_batches_total',
    type: 'counter',
    help: 'Pushed batches, by result: accepted, duplicate, refused, unauthorized or overloaded.',
    labels: ['result'],
  },
  ingestSamples: { name: 'bellwether_ingest_samples_total', type: 'counter', help: 'Pushed samples that were accepted.', labels: [] },
  ingestIgnoredSeries: {
    name: 'bellwether_ingest_ignored_series_total',
    type: 'counter',
    help: 'Pushed series that no feature reads.',
    labels: [],
  },
  ingestQueued: {
    name: 'bellwether_ingest_queued_samples',
    type: 'gauge',
    help: 'Pushed samples that wait for the next cycle.',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;
