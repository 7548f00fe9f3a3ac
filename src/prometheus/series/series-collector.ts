import type { SelectorResult } from '../../conventions/index.ts';
import { BellwetherError } from '../../platform/index.ts';
import type { SampleColumns } from '../chunk/chunk-reader.ts';
import { isStale } from '../chunk/float-bits.ts';
import { corrupt } from '../wire/corrupt.ts';
import type { LabelEntry } from './label-table.ts';
import { createPendingSeries } from './pending-series.ts';
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

export const createSeriesCollector = (range: CollectRange): SeriesCollector => {
  const { startMs, endMs, maxSamples } = range;
  const slab = createSampleSlab();
  const byQuery = Array.from({ length: range.queries }, createPendingSeries);
  const stats: CollectStats = { samples: 0, series: 0, staleMarkers: 0, droppedSamples: 0, histogramSamples: 0, duplicateSeries: 0 };
  let held = 0;
  let query = -1;
  let entry: LabelEntry | undefined;
  /** Index of the current series among those of its query; -1 where its samples are not wanted. */
  let index = -1;

  const close = (): void => {
    if (index >= 0 && slab.at > slab.from) byQuery[query]!.addSamples(index, slab.columns, slab.from, slab.at);
  };

  /** Keeps what belongs into the current series out of the `count` samples behind the slab's end. */
  const filter = (count: number): void => {
    const { timesMs, values, bits } = slab.columns;
    const pending = byQuery[query]!;
    let to = slab.at;
    let last = to > slab.from ? timesMs[to - 1]! : Number.NEGATIVE_INFINITY;
    for (let i = slab.at, end = slab.at + count; i < end; i++) {
      const time = timesMs[i]!;
      if (time < startMs || time > endMs) stats.droppedSamples++;
      else if (isStale(bits, i)) {
        stats.staleMarkers++;
        pending.addStaleMarker(index, time);
      } else if (time === last) stats.droppedSamples++;
      else {
        if (time < last) pending.setUnordered(index);
        timesMs[to] = time;
        values[to] = values[i]!;
        last = time;
        to++;
      }
    }
    slab.setEnd(to);
  };

  return {
    begin(nextQuery, nextEntry) {
      if (nextQuery === query && nextEntry === entry) return;
      close();
      const pending = byQuery[nextQuery];
      if (pending === undefined) throw corrupt(`an answer to query ${nextQuery} of ${range.queries}`);
      query = nextQuery;
      entry = nextEntry;
      slab.begin();
      index = pending.open(nextEntry);
      if (index < 0) stats.duplicateSeries++;
    },
    reserve(count) {
      if (held + count > maxSamples) throw new BellwetherError('limit_exceeded', `more than ${maxSamples} samples in one read`);
      slab.reserve(count);
      return slab;
    },
    commit(count) {
      const { columns, at, from } = slab;
      if (index >= 0 && count > 0) {
        const { timesMs } = columns;
        const inRange = timesMs[at]! >= startMs && timesMs[at + count - 1]! <= endMs;
        const rising = !columns.unordered && (at === from || timesMs[at]! > timesMs[at - 1]!);
        if (inRange && rising && !columns.hasStale) slab.setEnd(at + count);
        else filter(count);
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
      index = -1;
      const results = byQuery.map((pending, selector) => {
        const { series, samples, dropped } = pending.finish();
        stats.samples += samples;
        stats.series += series.length;
        stats.droppedSamples += dropped;
        return { selector, series };
      });
      return { results, stats };
    },
  };
};
