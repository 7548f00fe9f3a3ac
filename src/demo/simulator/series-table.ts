import type { Labels } from '../../conventions/index.ts';

/** Labels of every series that ever was, by number. */
export interface SeriesTable {
  readonly labels: readonly Labels[];
  /** The number of the series with these labels; a new one where they were never seen. */
  add(labels: Labels): number;
}

export const createSeriesTable = (): SeriesTable => {
  const labels: Labels[] = [];
  const numbers = new Map<string, number>();
  return {
    labels,
    add: (own) => {
      // A StatefulSet's pod comes back under its old labels: it is the same series then.
      const identity = JSON.stringify(Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1)));
      const known = numbers.get(identity);
      if (known !== undefined) return known;
      numbers.set(identity, labels.length);
      return labels.push(Object.freeze(own)) - 1;
    },
  };
};

/** The samples of one step, as columns. Per series the times rise from step to step. The columns are reused by the next step. */
export interface ScrapeBatch {
  readonly fromMs: number;
  readonly toMs: number;
  /** How many samples the columns hold. */
  readonly count: number;
  /** Numbers into the series table. */
  readonly series: Int32Array;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /** Series that got a stale marker, and when. */
  readonly stale: readonly { readonly series: number; readonly timeMs: number }[];
}

/** Collects a batch. */
export interface BatchWriter {
  begin(fromMs: number, toMs: number): void;
  push(series: number, timeMs: number, value: number): void;
  end(series: number, timeMs: number): void;
  readonly batch: ScrapeBatch;
}

const FIRST_CAPACITY = 4096;

export const createBatchWriter = (): BatchWriter => {
  let capacity = FIRST_CAPACITY;
  let series = new Int32Array(capacity);
  let timesMs = new Float64Array(capacity);
  let values = new Float64Array(capacity);
  let stale: { series: number; timeMs: number }[] = [];
  let count = 0;
  let span = { fromMs: 0, toMs: 0 };
  const grow = (): void => {
    capacity *= 2;
    const [oldSeries, oldTimes, oldValues] = [series, timesMs, values];
    series = new Int32Array(capacity);
    timesMs = new Float64Array(capacity);
    values = new Float64Array(capacity);
    series.set(oldSeries);
    timesMs.set(oldTimes);
    values.set(oldValues);
  };
  return {
    begin: (fromMs, toMs) => {
      span = { fromMs, toMs };
      count = 0;
      stale = [];
    },
    push: (number, timeMs, value) => {
      if (count === capacity) grow();
      series[count] = number;
      timesMs[count] = timeMs;
      values[count] = value;
      count++;
    },
    end: (number, timeMs) => {
      stale.push({ series: number, timeMs });
    },
    get batch() {
      return {
        ...span,
        count,
        series: series.subarray(0, count),
        timesMs: timesMs.subarray(0, count),
        values: values.subarray(0, count),
        stale,
      };
    },
  };
};
