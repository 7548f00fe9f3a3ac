import type { Series } from '../conventions/index.ts';
import type { SeriesTable } from './series-table.ts';

/** Running totals, written by every part of the extractor. */
export interface Totals {
  lateSamples: number;
  duplicateSamples: number;
  badSamples: number;
  counterResets: number;
  readonly droppedSeries: Record<string, number>;
}

export const createTotals = (): Totals => ({ lateSamples: 0, duplicateSamples: 0, badSamples: 0, counterResets: 0, droppedSeries: {} });

/** Larger magnitudes are damage, not measurements, and their sums would overflow. */
const LARGEST = 1e300;

/** The last instant of a JavaScript date: a time behind it (or Infinity) would close the series for ever. */
const LAST_MS = 8.64e15;

const isMeasurement = (value: number): boolean => value <= LARGEST && value >= -LARGEST;

/**
 * Queues the samples of one series that are newer than everything before, in rising time and finite; counts the rest.
 * True where the slot had nothing pending before and has now.
 */
export const acceptSamples = (table: SeriesTable, totals: Totals, slot: number, series: Series): boolean => {
  const { timesMs, values, staleMs } = series;
  const last = table.lastMs[slot]!;
  if (staleMs !== undefined && staleMs > last) table.endMs[slot] = staleMs;
  const length = timesMs.length;
  let start = 0;
  while (start < length && !(timesMs[start]! > last)) {
    if (timesMs[start] === last) totals.duplicateSamples++;
    else totals.lateSamples++;
    start++;
  }
  if (start === length) return false;
  let previous = last;
  let i = start;
  for (; i < length; i++) {
    const time = timesMs[i]!;
    if (!(time > previous && time <= LAST_MS && isMeasurement(values[i]!))) break;
    previous = time;
  }
  if (i < length) return acceptCleaned(table, totals, slot, series, start);
  table.lastMs[slot] = previous;
  return table.queue(slot, series, start);
};

/** The rare case: something in the middle has to be left out, so the rest is copied. */
const acceptCleaned = (table: SeriesTable, totals: Totals, slot: number, series: Series, start: number): boolean => {
  const times: number[] = [];
  const kept: number[] = [];
  let previous = table.lastMs[slot]!;
  for (let i = start; i < series.timesMs.length; i++) {
    const time = series.timesMs[i]!;
    const value = series.values[i]!;
    if (time === previous) totals.duplicateSamples++;
    else if (!(time > previous)) totals.lateSamples++;
    else if (time > LAST_MS || !isMeasurement(value)) totals.badSamples++;
    else {
      times.push(time);
      kept.push(value);
      previous = time;
    }
  }
  if (times.length === 0) return false;
  table.lastMs[slot] = previous;
  return table.queue(slot, { labels: series.labels, timesMs: Float64Array.from(times), values: Float64Array.from(kept) }, 0);
};
