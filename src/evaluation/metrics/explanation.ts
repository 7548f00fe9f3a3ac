import type { Contributor } from '../../conventions/index.ts';
import type { Random } from '../../platform/index.ts';
import type { EventsFile, LabelledEvent } from '../events-file.ts';
import { entityId, type ScoreSource } from './evaluation-set.ts';
import { quantile } from './quantile.ts';
import { NO_SCORES, type ScoreColumns, tidyScores } from './score-columns.ts';
import { firstAtOrAfter } from './spans.ts';
import type { Interval } from './summary.ts';

/** What stood beside the highest score of an event: contributors, largest first. */
export interface EventPeak {
  readonly event: LabelledEvent;
  readonly score: number;
  readonly contributors: readonly Contributor[];
  /** Metrics the entity has. */
  readonly features: readonly string[];
  /** The same, from the largest |z| of that moment down. */
  readonly byLargestZ: readonly string[];
}

/** By event and entity of its namespace, the largest |z| of any metric during the event. */
export type EventDeviations = ReadonlyMap<LabelledEvent, ReadonlyMap<string, number>>;

/** How much better than another way, mean of the differences over the same events, with its 95 % interval. */
export interface Gain {
  readonly mean: number;
  readonly interval: Interval;
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
  /** Events with an alarm, over which the next three are. */
  readonly alarmed: number;
  /** Share of true metrics among as many as are true: contributors, a random order, the order of |z| at the same moment. */
  readonly precisionAtTrue: Readonly<Record<'own' | 'random' | 'largestZ', number | undefined>>;
  readonly overRandom: Gain | undefined;
  readonly overLargestZ: Gain | undefined;
  /** Contributors' precision where an event without an alarm counts as a miss. */
  readonly precisionWithMisses: number | undefined;
  /** Of all events with at most 5 true metrics, share whose first contributor is one; without an alarm it is a miss. */
  readonly fewTrue: number;
  readonly hitAt1: number | undefined;
  readonly hitAt1Interval: Interval | undefined;
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
  /** The same by the largest |z| of any metric. */
  readonly largestZ: {
    readonly top1: number | undefined;
    readonly top3: number | undefined;
    readonly meanReciprocalRank: number | undefined;
  };
  /** Of 1 / rank. */
  readonly overLargestZ: Gain | undefined;
}

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((a, b) => a + b) / values.length;

const DRAWS = 2000;
/** Metrics that a person would still look through one by one. */
const FEW_TRUE = 5;

/** Interval of a mean: events are drawn with replacement. */
const intervalOf = (values: readonly number[], random: Random): Interval | undefined => {
  if (values.length < 2) return undefined;
  const means = Array.from({ length: DRAWS }, () => mean(values.map(() => values[Math.floor(random() * values.length)]!))!);
  return [quantile(means, 0.025)!, quantile(means, 0.975)!];
};

const gainOf = (own: readonly number[], other: readonly number[], random: Random): Gain | undefined => {
  const differences = own.map((x, i) => x - other[i]!);
  const interval = intervalOf(differences, random);
  return interval && { mean: mean(differences)!, interval };
};

export const judgeMetricNaming = (peaks: readonly EventPeak[], random: Random): MetricNaming => {
  const labelled = peaks.filter(({ event }) => event.metrics !== undefined && event.metrics.length > 0);
  const explained = labelled.filter(({ contributors }) => contributors.length > 0);
  const share = ({ event }: EventPeak, names: readonly string[], of: number): number =>
    names.slice(0, of).filter((name) => event.metrics!.includes(name)).length / of;
  const namesOf = ({ contributors }: EventPeak): string[] => contributors.map(({ metric }) => metric);
  const precisionAt =
    (k: number) =>
    (peak: EventPeak): number =>
      share(peak, namesOf(peak), Math.min(k, peak.contributors.length));
  const randomOf = ({ event, features }: EventPeak): number =>
    features.length === 0 ? 0 : features.filter((name) => event.metrics!.includes(name)).length / features.length;
  const isAlarmed = ({ score }: EventPeak): boolean => score >= 1;
  const atTrue = (peak: EventPeak, names: readonly string[]): number => share(peak, names, peak.event.metrics!.length);
  const ownOf = (peak: EventPeak): number => atTrue(peak, namesOf(peak));
  const alarmed = labelled.filter(isAlarmed);
  const own = alarmed.map(ownOf);
  const byChance = alarmed.map(randomOf);
  const byZ = alarmed.map((peak) => atTrue(peak, peak.byLargestZ));
  const hits = labelled
    .filter(({ event }) => event.metrics!.length <= FEW_TRUE)
    .map((peak) => (isAlarmed(peak) && share(peak, namesOf(peak), 1) === 1 ? 1 : 0));
  return {
    labelled: labelled.length,
    explained: explained.length,
    precisionAt1: mean(explained.map(precisionAt(1))),
    precisionAt3: mean(explained.map(precisionAt(3))),
    randomPrecision: mean(explained.map(randomOf)),
    alarmed: alarmed.length,
    precisionAtTrue: { own: mean(own), random: mean(byChance), largestZ: mean(byZ) },
    overRandom: gainOf(own, byChance, random),
    overLargestZ: gainOf(own, byZ, random),
    precisionWithMisses: mean(labelled.map((peak) => (isAlarmed(peak) ? ownOf(peak) : 0))),
    fewTrue: hits.length,
    hitAt1: mean(hits),
    hitAt1Interval: intervalOf(hits, random),
  };
};

/** Among equals the cause stands in the middle, as it would on average; without a value, behind everybody. */
const rankOf = (values: readonly { readonly id: string; readonly value: number }[], id: string): number => {
  const own = values.find((each) => each.id === id)?.value ?? -1;
  const above = values.filter(({ value }) => value > own).length;
  const equal = values.filter((each) => each.value === own && each.id !== id).length;
  return own < 0 ? values.length : above + 1 + equal / 2;
};

const shares = (ranks: readonly number[]) => ({
  top1: mean(ranks.map((rank) => (rank <= 1 ? 1 : 0))),
  top3: mean(ranks.map((rank) => (rank <= 3 ? 1 : 0))),
  meanReciprocalRank: mean(ranks.map((rank) => 1 / rank)),
});

/** Only for events whose symptom shows in another workload than the cause. */
export const rankCauses = (events: EventsFile, scores: ScoreSource, deviations: EventDeviations, random: Random): CauseRanking => {
  const tidy = new Map(events.entities.map((name) => [entityId(name), tidyScores(scores.get(name) ?? NO_SCORES)]));
  const ranks = events.events
    .filter(({ targetWorkload, workload }) => targetWorkload !== undefined && targetWorkload !== workload)
    .map((event) => {
      const rivals = events.entities.filter(({ namespace }) => namespace === event.namespace).map(entityId);
      const byScore = rivals.map((id) => ({ id, value: peakOf(tidy.get(id)!, event) }));
      const byZ = rivals.map((id) => ({ id, value: deviations.get(event)?.get(id) ?? -1 }));
      const id = entityId(event);
      return { rank: rankOf(byScore, id), zRank: rankOf(byZ, id), rivals: rivals.length };
    });
  const inverse = (list: readonly number[]): number[] => list.map((rank) => 1 / rank);
  const own = ranks.map(({ rank }) => rank);
  const byZ = ranks.map(({ zRank }) => zRank);
  return {
    events: ranks.length,
    ...shares(own),
    randomTop1: mean(ranks.map(({ rivals }) => 1 / rivals)),
    largestZ: shares(byZ),
    overLargestZ: gainOf(inverse(own), inverse(byZ), random),
  };
};

const peakOf = ({ times, scores, ready }: ScoreColumns, { from, to }: LabelledEvent): number => {
  let peak = -1;
  for (let i = firstAtOrAfter(times, from); i < times.length && times[i]! < to; i++) if (ready[i]) peak = Math.max(peak, scores[i]!);
  return peak;
};
