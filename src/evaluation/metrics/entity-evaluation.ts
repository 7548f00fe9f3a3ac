import { averagePrecision } from './average-precision.ts';
import { entityDays, type ScoreColumns, selectRows, tidyScores } from './score-columns.ts';
import { countStartedHours, firstAtOrAfter, maskOf, type Span } from './spans.ts';
import { vusPr } from './vus-pr.ts';

export interface EntityName {
  readonly namespace: string;
  readonly workload: string;
}

export interface EntityInput {
  readonly name: EntityName;
  readonly scores: ScoreColumns;
  readonly events: readonly Span[];
  /** Stretches left out of everything, each with the margin after it. */
  readonly excluded: readonly Span[];
  readonly stepSeconds: number;
  /** End of the training span, unix seconds. */
  readonly cleanUntil?: number | undefined;
  /** Stretches without a fault, where there is no training span. */
  readonly faultFree: readonly Span[];
  /** Largest VUS-PR buffer, samples. */
  readonly window: number;
}

/** What one entity does at one threshold. */
export interface AlarmFigures {
  readonly falseAlarms: number;
  readonly detected: number;
  /** Seconds from an event's start to its first alarm, for detected events. */
  readonly delays: readonly number[];
  readonly episodes: number;
  /** Episodes that touch an event or its margin. */
  readonly trueEpisodes: number;
  readonly alarmRows: number;
}

/** One entity, cut to its evaluated span. */
export interface EntityEvaluation {
  readonly name: EntityName;
  /** All rows in rising time, training span and excluded stretches among them. */
  readonly history: ScoreColumns;
  readonly rows: number;
  readonly days: number;
  readonly window: number;
  readonly events: readonly Span[];
  /** Highest score inside each event; -1 where it has no row. */
  readonly peaks: Float64Array;
  /** Undefined without events; 0 where no event has a row. */
  readonly vusPr: number | undefined;
  readonly averagePrecision: number | undefined;
  readonly cleanDays: number;
  /** Seconds after an event in which an alarm still belongs to it. */
  readonly margin: number;
  /** Judged rows but those in the margin after an event: whether each lies in an event, and its score. */
  readonly samples: { readonly inEvent: Uint8Array; readonly scores: Float64Array };
  /** Whether this time is inside the evaluated span. */
  judges(time: number): boolean;
  at(threshold: number): AlarmFigures;
  falseAlarmsAt(threshold: number): number;
  cleanFalseAlarmsAt(threshold: number): number;
}

/** Alarms this soon after an event belong to it: two steps, at least 5 minutes. */
export const eventMargin = (stepSeconds: number): number => Math.max(2 * stepSeconds, 300);

/** Cuts an entity's scores to what is judged. The threshold is inclusive everywhere. */
export const evaluateEntity = (input: EntityInput): EntityEvaluation => {
  const { stepSeconds, cleanUntil } = input;
  const margin = eventMargin(stepSeconds);
  const withMargin = ({ from, to }: Span): Span => ({ from, to: to + margin });
  const all = tidyScores(input.scores);
  const excluded = input.excluded.map(withMargin);
  const { kept, clean } = splitTraining(all, input, excluded);
  const events = input.events
    .filter(({ to }) => cleanUntil === undefined || to > cleanUntil)
    .sort((a, b) => a.from - b.from || a.to - b.to);
  const labels = maskOf(kept.times, events);
  const near = maskOf(kept.times, events.map(withMargin));
  const outside = selectRows(kept, near, 0);
  const plain = labels.map((label, i) => (label || !near[i] ? 1 : 0));
  const bounds = events.map(({ from, to }) => [firstAtOrAfter(kept.times, from), firstAtOrAfter(kept.times, to)] as const);
  const peaks = Float64Array.from(bounds, ([i, j]) => kept.scores.subarray(i, j).reduce((a, b) => Math.max(a, b), -1));
  const rank = (of: (labels: Uint8Array, scores: Float64Array) => number | undefined): number | undefined =>
    events.length === 0 ? undefined : (of(labels, kept.scores) ?? 0);

  const falseAlarmsAt = (threshold: number): number => countStartedHours(alarmTimes(outside, threshold));
  return {
    name: input.name,
    history: all,
    rows: kept.times.length,
    days: entityDays(kept, stepSeconds),
    window: input.window,
    events,
    peaks,
    vusPr: rank((l, s) => vusPr(l, s, input.window)),
    averagePrecision: rank(averagePrecision),
    cleanDays: entityDays(clean, stepSeconds),
    margin,
    samples: { inEvent: labels.filter((_, i) => plain[i] === 1), scores: kept.scores.filter((_, i) => plain[i] === 1) },
    judges: (time) => !(cleanUntil !== undefined && time < cleanUntil) && !excluded.some(({ from, to }) => time >= from && time < to),
    falseAlarmsAt,
    cleanFalseAlarmsAt: (threshold) => countStartedHours(alarmTimes(clean, threshold)),
    at: (threshold) => {
      const delays = bounds.flatMap(([i, j], e) => {
        const k = kept.scores.subarray(i, j).findIndex((score) => score >= threshold);
        return k < 0 ? [] : [kept.times[i + k]! - events[e]!.from];
      });
      return {
        falseAlarms: falseAlarmsAt(threshold),
        detected: peaks.filter((peak) => peak >= threshold).length,
        delays,
        ...countEpisodes(kept, near, threshold, margin),
      };
    },
  };
};

/** The evaluated rows, and the clean ones: before `cleanUntil`, else inside the fault-free spans. */
const splitTraining = (all: ScoreColumns, input: EntityInput, cut: readonly Span[]): { kept: ScoreColumns; clean: ScoreColumns } => {
  const { cleanUntil, faultFree } = input;
  const leftOut = maskOf(all.times, cut);
  if (cleanUntil === undefined) return { kept: selectRows(all, leftOut, 0), clean: selectRows(all, maskOf(all.times, faultFree), 1) };
  const training = maskOf(all.times, [{ from: -Infinity, to: cleanUntil }]);
  training.forEach((flag, i) => {
    if (flag) leftOut[i] = 1;
  });
  return { kept: selectRows(all, leftOut, 0), clean: selectRows(all, training, 1) };
};

function* alarmTimes({ times, scores }: ScoreColumns, threshold: number): Generator<number> {
  for (let i = 0; i < times.length; i++) if (scores[i]! >= threshold) yield times[i]!;
}

/** Alarm rows no further apart than the margin are one episode. */
const countEpisodes = (
  { times, scores }: ScoreColumns,
  near: Uint8Array,
  threshold: number,
  margin: number,
): Pick<AlarmFigures, 'episodes' | 'trueEpisodes' | 'alarmRows'> => {
  let episodes = 0;
  let trueEpisodes = 0;
  let alarmRows = 0;
  let previous = -Infinity;
  let counted = false;
  for (let i = 0; i < times.length; i++) {
    if (!(scores[i]! >= threshold)) continue;
    alarmRows++;
    if (times[i]! - previous > margin) {
      episodes++;
      counted = false;
    }
    if (near[i] && !counted) {
      trueEpisodes++;
      counted = true;
    }
    previous = times[i]!;
  }
  return { episodes, trueEpisodes, alarmRows };
};
