import type { Labels, Selector, SelectorResult, Series } from '../../conventions/index.ts';
import { compileSelector } from './matcher.ts';
import type { ScrapeBatch, SeriesTable } from './series-table.ts';

/** One step's samples as answers to a set of selectors, as a read of that step would give them. */
export type Feed = (batch: ScrapeBatch) => readonly SelectorResult[];

/** Series of one sample each. They are written anew for every batch: the taker must be done with one before it asks for the next. */
interface Holder extends Series {
  staleMs: number | undefined;
}

const NOTHING = new Float64Array(0);

/** Answers `selectors` from the batches of one simulation. A series is matched once, when it first appears. */
export const createFeed = (selectors: readonly Selector[], table: SeriesTable): Feed => {
  const compiled = selectors.map(compileSelector);
  const holders: (Holder | undefined)[] = [];
  const wanted: (readonly number[])[] = [];
  const admit = (series: number): void => {
    const labels = table.labels[series] as Labels;
    wanted[series] = compiled.flatMap((matches, index) => (matches(labels) ? [index] : []));
    holders[series] = { labels, timesMs: new Float64Array(1), values: new Float64Array(1), staleMs: undefined };
  };
  return (batch) => {
    const results = selectors.map((_, selector) => ({ selector, series: [] as Series[] }));
    const give = (number: number, series: Series): void => {
      for (const index of wanted[number] as readonly number[]) results[index]?.series.push(series);
    };
    for (let i = 0; i < batch.count; i++) {
      const number = batch.series[i] as number;
      if (!holders[number]) admit(number);
      if ((wanted[number] as readonly number[]).length === 0) continue;
      const holder = holders[number] as Holder;
      holder.timesMs[0] = batch.timesMs[i] as number;
      holder.values[0] = batch.values[i] as number;
      holder.staleMs = undefined;
      give(number, holder);
    }
    for (const { series, timeMs } of batch.stale) {
      const holder = holders[series];
      if (holder) give(series, { labels: holder.labels, timesMs: NOTHING, values: NOTHING, staleMs: timeMs });
    }
    return results;
  };
};
