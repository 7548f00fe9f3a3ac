import { type WorkloadKey, workloadId } from '../../conventions/index.ts';
import { replayAlertRule } from '../../scoring/index.ts';
import type { ScenarioKind, SimulatedEvent } from '../simulator/scenarios.ts';
import { SIGNALS, type Signal } from '../simulator/signals.ts';
import type { ScoreTrack, Trial } from './run-trial.ts';

/** How one scenario was met. */
export interface EventVerdict {
  readonly event: SimulatedEvent;
  /** When it could be seen: the start of a sudden one; a slow one that never left its band has none and is not judged. */
  readonly visibleFromMs: number | undefined;
  /** From `visibleFromMs` to the alert of the shipped rule, 0 where it came before; undefined where none came. */
  readonly delayMs: number | undefined;
  /** Metrics of the explanation when the alert began. */
  readonly metrics: readonly string[];
  readonly firstRight: boolean;
  readonly inTopThree: boolean;
}

/** Time of a workload apart from events, and what happened in it. */
export interface AlarmCount {
  readonly days: number;
  /** Started hours of alarm: the first score at the boundary opens one, those within the hour belong to it. */
  readonly alarms: number;
}

export interface FalseAlarm {
  readonly key: WorkloadKey;
  readonly timeMs: number;
  readonly value: number;
  readonly metrics: readonly string[];
  /** Benign event during which it came. */
  readonly during: ScenarioKind | undefined;
}

export interface SpanVerdict extends AlarmCount {
  readonly found: readonly FalseAlarm[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** After an event values find back; the independent scorer of recordings grants as much. */
const MARGIN_MS = 300_000;

const featuresOf = (signals: readonly Signal[]): ReadonlySet<string> =>
  new Set(signals.flatMap((signal) => SIGNALS[signal].features as readonly string[]));

const tracksOf = (trial: Trial, detector: string): ReadonlyMap<string, ScoreTrack> => {
  const found = trial.tracks.find((tracks) => tracks.detector === detector);
  if (!found) throw new RangeError(`no detector ${detector} in this trial`);
  return found.byWorkload;
};

/** The shipped rule over the scores of the event's workload, from the event's start on: an alert that was on before does not count for it. */
export const judgeEvent = (trial: Trial, detector: string, event: SimulatedEvent, threshold = 1): EventVerdict => {
  const track = tracksOf(trial, detector).get(workloadId(event));
  const samples = (track?.timesMs ?? []).flatMap((timeMs, place) =>
    timeMs >= event.startMs && timeMs < event.endMs ? [{ timeMs, value: (track as ScoreTrack).values[place] as number, place }] : [],
  );
  const fired = replayAlertRule(samples, { windowSeconds: 300, keepFiringForSeconds: 600, threshold })[0];
  const place = fired ? samples.find(({ timeMs }) => timeMs === fired.fromMs)?.place : undefined;
  const metrics = (place === undefined ? undefined : track?.metrics.get(place)) ?? [];
  const first = featuresOf(event.first);
  return {
    event,
    visibleFromMs: event.visibleFromMs,
    delayMs: fired && event.visibleFromMs !== undefined ? Math.max(0, fired.fromMs - event.visibleFromMs) : undefined,
    metrics,
    firstRight: first.has(metrics[0] ?? ''),
    inTopThree: metrics.slice(0, 3).some((metric) => first.has(metric)),
  };
};

const touches = (event: SimulatedEvent, id: string): boolean =>
  workloadId(event) === id || event.affects.some((other) => workloadId(other) === id);

/**
 * Started hours of alarm outside what explains them. `clean`: outside every event; `benign`: outside faults alone, so that every alarm
 * during a benign event counts, whichever workload it hits.
 */
export const judgeSpan = (trial: Trial, detector: string, span: 'clean' | 'benign', threshold = 1): SpanVerdict => {
  const found: FalseAlarm[] = [];
  let counted = 0;
  for (const [id, track] of tracksOf(trial, detector)) {
    const touching = trial.truth.filter((event) => touches(event, id));
    const masks = touching.filter((event) => span === 'clean' || !event.benign);
    let openUntilMs = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < track.timesMs.length; i++) {
      const timeMs = track.timesMs[i] as number;
      const value = track.values[i] as number;
      if (timeMs < trial.judgedFromMs || !Number.isFinite(value)) continue;
      if (masks.some((event) => timeMs >= event.startMs && timeMs < event.endMs + MARGIN_MS)) continue;
      counted++;
      if (value < threshold || timeMs < openUntilMs) continue;
      openUntilMs = timeMs + HOUR_MS;
      const during = touching.find((event) => event.benign && timeMs >= event.startMs && timeMs < event.endMs + MARGIN_MS);
      found.push({ key: track.key, timeMs, value, metrics: track.metrics.get(i) ?? [], during: during?.kind });
    }
  }
  return { found, alarms: found.length, days: (counted * trial.options.stepMs) / DAY_MS };
};
