import type { SelectorResult, Series } from '../../conventions/index.ts';
import { BellwetherError } from '../../platform/index.ts';
import type { SampleColumns } from '../chunk/chunk-reader.ts';
import { isStale } from '../chunk/float-bits.ts';
import { corrupt } from '../wire/corrupt.ts';
import type { LabelEntry } from './label-table.ts';
import { mergeByTime } from './merge-samples.ts';
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
  /** Where its samples lie; several pieces where it came in several turns. */
  readonly pieces: Pick<Series, 'timesMs' | 'values'>[];
  staleMs: number;
  unordered: boolean;
}

export const createSeriesCollector = (range: CollectRange): SeriesCollector => {
  const { startMs, endMs, maxSamples } = range;
  const slab = createSampleSlab();
  const byQuery = Array.from({ length: range.queries }, () => new Map<LabelEntry['labels'], Pending>());
  const stats: CollectStats = { samples: 0, series: 0, staleMarkers: 0, droppedSamples: 0, histogramSamples: 0, duplicateSeries: 0 };
  let current: Pending | undefined;
  let currentQuery = -1;
  let currentEntry: LabelEntry | undefined;

  const close = (): void => {
    if (current !== undefined && slab.at > slab.from) {
      const { timesMs, values } = slab.columns;
      current.pieces.push({ timesMs: timesMs.subarray(slab.from, slab.at), values: values.subarray(slab.from, slab.at) });
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

  const toSeries = ({ entry, pieces, staleMs, unordered }: Pending): Series | undefined => {
    let [samples] = pieces;
    if (samples === undefined && staleMs === Number.NEGATIVE_INFINITY) return undefined;
    samples ??= { timesMs: new Float64Array(0), values: new Float64Array(0) };
    if (pieces.length > 1 || unordered) {
      const before = pieces.reduce((sum, { timesMs }) => sum + timesMs.length, 0);
      samples = mergeByTime(pieces);
      stats.droppedSamples += before - samples.timesMs.length;
    }
    const { timesMs, values } = samples;
    stats.samples += timesMs.length;
    stats.series++;
    const ended = staleMs > Number.NEGATIVE_INFINITY && (timesMs.length === 0 || staleMs > timesMs[timesMs.length - 1]!);
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
        current = { entry, pieces: [], staleMs: Number.NEGATIVE_INFINITY, unordered: false };
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
