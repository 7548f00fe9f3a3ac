import type { Contributor } from '../../conventions/index.ts';
import type { EventsFile, LabelledEvent } from '../events-file.ts';
import { entityId, type ScoreSource } from './evaluation-set.ts';
import { NO_SCORES, type ScoreColumns, tidyScores } from './score-columns.ts';
import { firstAtOrAfter } from './spans.ts';

/** The contributors that stood beside the highest score of an event, largest first. */
export interface EventPeak {
  readonly event: LabelledEvent;
  readonly score: number;
  readonly contributors: readonly Contributor[];
  /** Metrics the entity has. */
  readonly features: readonly string[];
}

/** How well contributors name the metrics that experts named. */
export interface MetricNaming {
  /** Events with labelled metrics, and those of them that had contributors. */
  readonly labelled: number;
  readonly explained: number;
  /** Mean share of true metrics among the first k contributors of an explained event. */
  readonly precisionAt1: number | undefined;
  readonly precisionAt3: number | undefined;
  /** What a random order would reach for the same events. */
  readonly randomPrecision: number | undefined;
}

/** How high the true cause ranks among the workloads of its namespace by their highest score during the event. */
export interface CauseRanking {
  readonly events: number;
  readonly top1: number | undefined;
  readonly top3: number | undefined;
  /** Mean of 1 / rank. */
  readonly meanReciprocalRank: number | undefined;
  /** What a random order would reach for `top1`. */
  readonly randomTop1: number | undefined;
}

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((a, b) => a + b) / values.length;

export const judgeMetricNaming = (peaks: readonly EventPeak[]): MetricNaming => {
  const labelled = peaks.filter(({ event }) => event.metrics !== undefined && event.metrics.length > 0);
  const explained = labelled.filter(({ contributors }) => contributors.length > 0);
  const precisionAt =
    (k: number) =>
    (peak: EventPeak): number => {
      const named = peak.contributors.slice(0, k);
      return named.filter(({ metric }) => peak.event.metrics!.includes(metric)).length / named.length;
    };
  return {
    labelled: labelled.length,
    explained: explained.length,
    precisionAt1: mean(explained.map(precisionAt(1))),
    precisionAt3: mean(explained.map(precisionAt(3))),
    randomPrecision: mean(
      explained.map(({ event, features }) => features.filter((name) => event.metrics!.includes(name)).length / features.length),
    ),
  };
};

/** Only for events whose symptom shows in another workload than the cause. */
export const rankCauses = (events: EventsFile, scores: ScoreSource): CauseRanking => {
  const tidy = new Map(events.entities.map((name) => [entityId(name), tidyScores(scores.get(name) ?? NO_SCORES)]));
  const ranks = events.events
    .filter(({ targetWorkload, workload }) => targetWorkload !== undefined && targetWorkload !== workload)
    .map((event) => {
      const rivals = events.entities.filter(({ namespace }) => namespace === event.namespace);
      const peaks = rivals.map((name) => ({ id: entityId(name), peak: peakOf(tidy.get(entityId(name))!, event) }));
      const own = peaks.find(({ id }) => id === entityId(event))?.peak ?? -1;
      // Among equals the cause stands in the middle, as it would on average; without a score, behind everybody.
      const above = peaks.filter(({ peak }) => peak > own).length;
      const equal = peaks.filter(({ peak, id }) => peak === own && id !== entityId(event)).length;
      return { rank: own < 0 ? rivals.length : above + 1 + equal / 2, rivals: rivals.length };
    });
  return {
    events: ranks.length,
    top1: mean(ranks.map(({ rank }) => (rank <= 1 ? 1 : 0))),
    top3: mean(ranks.map(({ rank }) => (rank <= 3 ? 1 : 0))),
    meanReciprocalRank: mean(ranks.map(({ rank }) => 1 / rank)),
    randomTop1: mean(ranks.map(({ rivals }) => 1 / rivals)),
  };
};

const peakOf = ({ times, scores, ready }: ScoreColumns, { from, to }: LabelledEvent): number => {
  let peak = -1;
  for (let i = firstAtOrAfter(times, from); i < times.length && times[i]! < to; i++) if (ready[i]) peak = Math.max(peak, scores[i]!);
  return peak;
};
