import type { SelectorResult, Series } from '../../conventions/index.ts';
import { BellwetherError } from '../../platform/index.ts';
import type { SampleColumns } from '../chunk/chunk-reader.ts';
import { isStale } from '../chunk/float-bits.ts';
import { corrupt } from '../wire/corrupt.ts';
import type { LabelEntry } from './label-table.ts';
import { concat, mergeByTime, type Samples } from './merge-samples.ts';
import { createSampleSlab } from './sample-slab.ts';

/** What a read saw besides the samples it returns. */
export interface CollectStats {
  samples: number;
  series: number;
  staleMarkers: number;
  /** Samples outside the range that was asked for, and samples at a time that their series already had. */
  droppedSamples: number;
  /** Samples of native histograms. */
  histogramSamples: number;
  /** Series that were equal to another one after labels were stripped; the first one counts. */
  duplicateSeries: number;
}

/** Gathers the samples of one answer into series: inside the range, in rising time, without staleness markers. */
export interface SeriesCollector {
  /** Says whose samples come next. The same series may come again later. */
  begin(query: number, entry: LabelEntry): void;
  /** Room for `count` samples from `at` on; they count once they are committed. */
  reserve(count: number): { readonly columns: SampleColumns; readonly at: number };
  commit(count: number): void;
  countHistograms(samples: number): void;
  finish(): { readonly results: SelectorResult[]; readonly stats: CollectStats };
}

export interface CollectRange {
  readonly queries: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Samples in memory beyond which the read fails with `limit_exceeded`. */
  readonly maxSamples: number;
}

/** A series while it is being gathered. */
interface Pending {
  readonly entry: LabelEntry;
  /** Where its samples lie. */
  columns: SampleColumns;
  from: number;
  to: number;
  /** What it had before, where it came in several turns. */
  earlier: Samples[] | undefined;
  staleMs: number;
  unordered: boolean;
}

const NEVER = Number.NEGATIVE_INFINITY;

export const createSeriesCollector = (range: CollectRange): SeriesCollector => {
  const { startMs, endMs, maxSamples } = range;
  const slab = createSampleSlab();
  const byQuery = Array.from({ length: range.queries }, () => new Map<LabelEntry['labels'], Pending>());
  const stats: CollectStats = { samples: 0, series: 0, staleMarkers: 0, droppedSamples: 0, histogramSamples: 0, duplicateSeries: 0 };
  let current: Pending | undefined;
  let currentQuery = -1;
  let currentEntry: LabelEntry | undefined;

  const close = (): void => {
    if (current !== undefined) {
      if (current.to > current.from) {
        current.earlier ??= [];
        current.earlier.push(samplesOf(current));
      }
      current.columns = slab.columns;
      current.from = slab.from;
      current.to = slab.at;
    }
    current = undefined;
  };

  /** Keeps what belongs into the series out of the `count` samples behind the slab's end. */
  const filter = (series: Pending, count: number): void => {
    const { timesMs, values, bits } = slab.columns;
    let to = slab.at;
    let last = to > slab.from ? timesMs[to - 1]! : Number.NEGATIVE_INFINITY;
    for (let i = slab.at, end = slab.at + count; i < end; i++) {
      const time = timesMs[i]!;
      if (time < startMs || time > endMs) stats.droppedSamples++;
      else if (isStale(bits, i)) {
        stats.staleMarkers++;
        if (time > series.staleMs) series.staleMs = time;
      } else if (time === last) stats.droppedSamples++;
      else {
        if (time < last) series.unordered = true;
        timesMs[to] = time;
        values[to] = values[i]!;
        last = time;
        to++;
      }
    }
    slab.setEnd(to);
  };

  const toSeries = (pending: Pending): Series | undefined => {
    const { entry, earlier, staleMs, unordered } = pending;
    if (pending.to === pending.from && earlier === undefined && staleMs === NEVER) return undefined;
    let samples = samplesOf(pending);
    if (earlier !== undefined) samples = concat([...earlier, samples]);
    if (earlier !== undefined || unordered) {
      const before = samples.timesMs.length;
      samples = mergeByTime(samples);
      stats.droppedSamples += before - samples.timesMs.length;
    }
    const { timesMs, values } = samples;
    const { length } = timesMs;
    stats.samples += length;
    stats.series++;
    const ended = staleMs !== NEVER && (length === 0 || staleMs > timesMs[length - 1]!);
    return { labels: entry.labels, timesMs, values, staleMs: ended ? staleMs : undefined };
  };

  let held = 0;
  return {
    begin(query, entry) {
      if (query === currentQuery && entry === currentEntry) return;
      close();
      const pendings = byQuery[query];
      if (pendings === undefined) throw corrupt(`an answer to query ${query} of ${range.queries}`);
      currentQuery = query;
      currentEntry = entry;
      slab.begin();
      const known = pendings.get(entry.labels);
      if (known === undefined) {
        current = { entry, columns: slab.columns, from: 0, to: 0, earlier: undefined, staleMs: NEVER, unordered: false };
        pendings.set(entry.labels, current);
      } else if (known.entry === entry) current = known;
      else stats.duplicateSeries++;
    },
    reserve(count) {
      if (held + count > maxSamples) throw new BellwetherError('limit_exceeded', `more than ${maxSamples} samples in one read`);
      slab.reserve(count);
      return slab;
    },
    commit(count) {
      const { columns, at, from } = slab;
      if (current !== undefined && count > 0) {
        const { timesMs } = columns;
        const inRange = timesMs[at]! >= startMs && timesMs[at + count - 1]! <= endMs;
        const rising = !columns.unordered && (at === from || timesMs[at]! > timesMs[at - 1]!);
        if (inRange && rising && !columns.hasStale) slab.setEnd(at + count);
        else filter(current, count);
        held += slab.at - at;
      }
      columns.hasStale = false;
      columns.unordered = false;
    },
    countHistograms(samples) {
      stats.histogramSamples += samples;
    },
    finish() {
      close();
      const results = byQuery.map((pendings, selector) => {
        const series: Series[] = [];
        for (const pending of pendings.values()) {
          const one = toSeries(pending);
          if (one !== undefined) series.push(one);
        }
        return { selector, series };
      });
      return { results, stats };
    },
  };
};

const samplesOf = ({ columns, from, to }: Pending): Samples => ({
  timesMs: new Float64Array(columns.timesMs.buffer, from * 8, to - from),
  values: new Float64Array(columns.values.buffer, from * 8, to - from),
});
