import type { WorkloadSeries } from '../detectors/series-detector.ts';

/** Samples that the slower columns look back. */
const LOOK_BACK = 6;
/** A container that fails again and again restarts ever more rarely: five minutes apart in the end. */
const COUNT_LOOK_BACK = 30;
/** Sums since a start: their level says when the process began, only their increase what happens. */
const COUNTS_UP = /restart|_total$/;

const PARTS = ['value', 'change', 'against the last minutes'] as const;
const COUNT_PARTS = ['increase', 'increase of the last minutes', 'increase of the last stretch'] as const;

const partsOf = (metric: string): readonly string[] => (COUNTS_UP.test(metric) ? COUNT_PARTS : PARTS);

/** What was added to a count, newest first; one that falls began anew, and what it lost counts for nothing. */
const increaseOf = (counts: readonly number[]): number =>
  counts.length < 2 ? Number.NaN : counts.slice(1).reduce((sum, before, i) => sum + Math.max(0, counts[i]! - before), 0);

/** Columns of a classifier over these metrics. */
export const kindColumns = (metrics: readonly string[]): string[] =>
  metrics.flatMap((metric) => partsOf(metric).map((part) => `${metric} ${part}`));

/** Rows of those columns, one for each frame, back to back, from the frame and those before it; NaN = not known. */
export const kindRows = ({ features, timesMs, values }: WorkloadSeries, metrics: readonly string[]): Float64Array => {
  const columns = metrics.map((metric) => ({ isCount: COUNTS_UP.test(metric), m: features.findIndex(({ name }) => name === metric) }));
  const rows: number[] = [];
  for (let i = 0; i < timesMs.length; i++) {
    for (const { isCount, m } of columns) {
      const at = (back: number): number => (m >= 0 && i >= back ? values[(i - back) * features.length + m]! : Number.NaN);
      const before = Array.from({ length: LOOK_BACK }, (_, k) => at(k + 1)).filter(Number.isFinite);
      if (isCount) {
        const counts = Array.from({ length: COUNT_LOOK_BACK + 1 }, (_, k) => at(k)).filter(Number.isFinite);
        rows.push(increaseOf(counts.slice(0, 2)), increaseOf(counts.slice(0, LOOK_BACK + 1)), increaseOf(counts));
      } else {
        const mean = before.reduce((sum, x) => sum + x, 0) / before.length;
        rows.push(at(0), at(0) - at(1), at(0) - mean);
      }
    }
  }
  return Float64Array.from(rows);
};
