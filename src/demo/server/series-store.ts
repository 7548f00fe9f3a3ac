import type { Labels, Selector, Series } from '../../conventions/index.ts';
import { compileSelector } from '../simulator/matcher.ts';
import type { ScrapeBatch, SeriesTable } from '../simulator/series-table.ts';
import { createSampleHistory, type SampleHistory } from './sample-history.ts';

/** What a Prometheus with a retention holds: the samples of a simulation, oldest dropped. */
export interface SeriesStore {
  append(batch: ScrapeBatch): void;
  /**
   * Series with samples inside the range, both ends inclusive. Stale markers are among the values, as bits, the way a server sends
   * them. Throws `invalid_input` on a pattern that is none.
   */
  select(selector: Selector, startMs: number, endMs: number): Iterable<Series>;
  /** Series that hold samples. */
  readonly size: number;
}

/** The numbers of the series that match, kept up to date as series come. */
interface Matched {
  readonly matches: (labels: Labels) => boolean;
  numbers: number[];
  /** Series of the table looked at so far. */
  seen: number;
}

/** One reader asks for a few dozen selectors over and over; anything beyond is matched anew. */
const MAX_REMEMBERED = 500;
/** Sweeping all series costs some milliseconds. */
const SWEEP_EVERY_MS = 600_000;

export const createSeriesStore = (table: SeriesTable, retentionMs: number): SeriesStore => {
  const histories = new Map<number, SampleHistory>();
  const remembered = new Map<string, Matched>();
  let sweptMs = Number.NEGATIVE_INFINITY;

  const historyOf = (number: number): SampleHistory => {
    let history = histories.get(number);
    if (!history) {
      history = createSampleHistory();
      histories.set(number, history);
    }
    return history;
  };
  const sweep = (beforeMs: number): void => {
    for (const [number, history] of histories) {
      if (history.newestMs < beforeMs) histories.delete(number);
      else history.dropBefore(beforeMs);
    }
  };
  const numbersOf = (selector: Selector): readonly number[] => {
    const id = JSON.stringify(selector);
    let matched = remembered.get(id);
    if (!matched) {
      matched = { matches: compileSelector(selector), numbers: [], seen: 0 };
      if (remembered.size < MAX_REMEMBERED) remembered.set(id, matched);
    }
    for (; matched.seen < table.labels.length; matched.seen++) {
      if (matched.matches(table.labels[matched.seen] as Labels)) matched.numbers.push(matched.seen);
    }
    return matched.numbers;
  };

  return {
    append: (batch) => {
      for (let i = 0; i < batch.count; i++)
        historyOf(batch.series[i] as number).append(batch.timesMs[i] as number, batch.values[i] as number);
      for (const { series, timeMs } of batch.stale) histories.get(series)?.appendStale(timeMs);
      if (batch.toMs - sweptMs < SWEEP_EVERY_MS) return;
      sweptMs = batch.toMs;
      sweep(batch.toMs - retentionMs);
    },
    *select(selector, startMs, endMs) {
      for (const number of numbersOf(selector)) {
        const samples = histories.get(number)?.select(startMs, endMs);
        if (samples) yield { labels: table.labels[number] as Labels, ...samples };
      }
    },
    get size() {
      return histories.size;
    },
  };
};
