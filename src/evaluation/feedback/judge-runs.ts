import type { Occurrence } from './occurrence.ts';
import { isInside, type WorkloadRun } from './run-workload.ts';

const HOUR = 3600;
const MARGIN = 300;

/** What a column of scores does at a threshold. */
export interface Counts {
  /** Started hours of alarm outside faults. */
  readonly falseAlarms: number;
  readonly found: number;
  readonly faults: number;
}

type Column = (run: WorkloadRun) => Float64Array;

const outside = (faults: readonly Occurrence[], seconds: number): boolean =>
  !faults.some(({ fromSeconds, toSeconds }) => seconds > fromSeconds && seconds <= toSeconds + MARGIN);

/** Whether a fault counts. */
export type IsCounted = (fault: Occurrence, run: WorkloadRun) => boolean;

/** Whether no job runs beside a fault: an alarm during it is then about the fault. */
export const isAlone: IsCounted = (fault, { jobs }) =>
  !jobs.some(({ fromSeconds, toSeconds }) => fromSeconds < fault.toSeconds + MARGIN && toSeconds + MARGIN > fault.fromSeconds);

const judgeOne = (run: WorkloadRun, scores: Float64Array, threshold: number, isCounted: IsCounted): Counts => {
  let [falseAlarms, openUntil] = [0, Number.NEGATIVE_INFINITY];
  const found = new Set<Occurrence>();
  for (let i = 0; i < scores.length; i++) {
    if (scores[i]! < threshold) continue;
    const seconds = run.times[i]!;
    for (const fault of run.faults) if (!outside([fault], seconds)) found.add(fault);
    if (seconds < openUntil || !outside(run.faults, seconds)) continue;
    falseAlarms++;
    openUntil = seconds + HOUR;
  }
  const counted = run.faults.filter((fault) => isInside(run, fault) && isCounted(fault, run));
  return { falseAlarms, found: counted.filter((fault) => found.has(fault)).length, faults: counted.length };
};

export const countAll = (runs: readonly WorkloadRun[], column: Column, threshold = 1, isCounted: IsCounted = () => true): Counts =>
  runs
    .map((run) => judgeOne(run, column(run), threshold, isCounted))
    .reduce(
      (sum, one) => ({ falseAlarms: sum.falseAlarms + one.falseAlarms, found: sum.found + one.found, faults: sum.faults + one.faults }),
      { falseAlarms: 0, found: 0, faults: 0 },
    );

/** The lowest threshold at which a column has at most so many false alarms: found with hindsight, so it favours whom it is used for. */
export const thresholdFor = (runs: readonly WorkloadRun[], column: Column, falseAlarms: number): number => {
  let [low, high] = [0.3, 20];
  for (let i = 0; i < 22; i++) {
    const middle = Math.sqrt(low * high);
    if (countAll(runs, column, middle).falseAlarms <= falseAlarms) high = middle;
    else low = middle;
  }
  return high;
};
