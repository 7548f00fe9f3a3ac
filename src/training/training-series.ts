import type { EventsFile, WorkloadSeries } from '../evaluation/index.ts';
import { ENCODER } from '../learning/index.ts';
import { type ScaledMetric, scaleMetric, unitFloorOf } from '../scoring/index.ts';

/** Share of each series, from its start, that is learned from; the later rest judges. */
const LEARNED_SHARE = 0.8;
/** Samples before the scale of a metric has settled. */
const SETTLED = 64;
/** A metric must move in at least this share of its samples: what never moves teaches nothing. */
const LEAST_MOVING = 0.05;
/** Seconds around an event that are left out with it. */
const EVENT_PAD = 600;

/** One metric of one workload with the places where a window may end. */
export interface TrainingSeries {
  readonly metric: ScaledMetric;
  readonly learned: Int32Array;
  readonly later: Int32Array;
}

const touches = ({ events }: EventsFile, { namespace, workload }: WorkloadSeries['name'], fromMs: number, toMs: number): boolean =>
  events.some(
    (event) =>
      event.namespace === namespace &&
      event.workload === workload &&
      toMs >= (event.from - EVENT_PAD) * 1000 &&
      fromMs < (event.to + EVENT_PAD) * 1000,
  );

/** The metrics of a workload's series. Windows that touch an event of the workload, or a gap, are no example of usual life and are left out. */
export const trainingSeriesOf = (series: WorkloadSeries, events?: EventsFile): TrainingSeries[] => {
  const { features, timesMs, values, name } = series;
  const count = timesMs.length;
  const border = Math.floor(LEARNED_SHARE * count);
  const isUsual = Array.from(timesMs, (timeMs, i) => {
    if (i < SETTLED) return false;
    const fromMs = timesMs[i - ENCODER.windowLength]!;
    return !(events && touches(events, name, fromMs, timeMs));
  });
  return features.flatMap(({ unitClass }, m) => {
    const at = (i: number): number => values[i * features.length + m]!;
    let moves = 0;
    for (let i = 1; i < count; i++) if (at(i) !== at(i - 1)) moves++;
    if (moves < LEAST_MOVING * count) return [];
    const metric = scaleMetric(count, at, unitFloorOf(unitClass));
    // One sample more than the window: its first difference needs it.
    const length = ENCODER.windowLength + 1;
    const isWhole = (i: number): boolean => metric.seen[i]! - metric.seen[i - length]! === length;
    const places = Int32Array.from(timesMs.keys()).filter((i) => isUsual[i]! && isWhole(i));
    const learned = places.filter((i) => i < border);
    // A window of the later part must not reach into what was learned.
    const later = places.filter((i) => i >= border + ENCODER.windowLength);
    return learned.length > 0 && later.length > 0 ? [{ metric, learned, later }] : [];
  });
};
