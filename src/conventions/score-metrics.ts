import type { MetricDefinition } from './metric.ts';

const WORKLOAD_LABELS = ['namespace', 'workload', 'workload_kind'] as const;
const CYCLE = 'Computed once per scoring cycle, not per scrape.';

/**
 * What the scores port exposes, and nothing else: its series carry the workload's own labels and are scraped with honorLabels.
 * An entity of chosen labels carries those instead of the three workload labels.
 */
export const SCORE_METRICS = {
  score: {
    name: 'anomaly_score',
    type: 'gauge',
    help: `How unusual a workload behaves; 1 or more is an anomaly, for every workload alike. ${CYCLE} Withdrawn when its data are older than the freshness limit.`,
    labels: WORKLOAD_LABELS,
  },
  threshold: {
    name: 'anomaly_score_threshold',
    type: 'gauge',
    help: `The alert boundary of anomaly_score, inclusive; the same for every workload. ${CYCLE}`,
    labels: [],
  },
  contribution: {
    name: 'anomaly_score_contribution',
    type: 'gauge',
    help: `Share of a metric in the workload's score, 0 to 1: the three largest, only while the score is above 0.5. ${CYCLE}`,
    labels: [...WORKLOAD_LABELS, 'metric'],
  },
  overload: {
    name: 'anomaly_score_overload_probability',
    type: 'gauge',
    help: `How probable each kind of overload is, dos, attack or natural: only while the score is 1 or more and something is overloaded. ${CYCLE}`,
    labels: [...WORKLOAD_LABELS, 'kind'],
  },
  notReady: {
    name: 'anomaly_score_not_ready',
    type: 'gauge',
    help: `1 while a known workload has no score, with the reason: warming_up, no_data, stale_data or backfill_running. ${CYCLE}`,
    labels: [...WORKLOAD_LABELS, 'reason'],
  },
} as const satisfies Record<string, MetricDefinition>;
