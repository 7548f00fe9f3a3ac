import type { SeriesStore } from '../server/series-store.ts';
import { FAMILIES } from '../simulator/families.ts';
import { END_OF_TEXT, formatLabels, formatSample, headOfSeries } from './open-metrics.ts';

/** Parts of a histogram family; the name alone for all others. */
const partsOf = (family: string, type: string): readonly string[] =>
  type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => family + part) : [family];

/**
 * Everything in a store as OpenMetrics, in pieces: what `promtool tsdb create-blocks-from openmetrics` takes. Stale markers have no
 * form in that text and are left out: a series ends with its last sample.
 */
export function* rawMetricsText(store: SeriesStore, fromMs: number, toMs: number): Generator<string> {
  for (const [family, { type }] of Object.entries(FAMILIES)) {
    yield headOfSeries(family);
    for (const name of partsOf(family, type)) {
      for (const { labels, timesMs, values } of store.select([{ name: '__name__', type: '=', value: name }], fromMs, toMs)) {
        const series = name + formatLabels(labels);
        let lines = '';
        for (let i = 0; i < values.length; i++) {
          const value = values[i] as number;
          // The simulation gives no NaN, so one is a marker.
          if (!Number.isNaN(value)) lines += formatSample(series, value, timesMs[i] as number);
        }
        yield lines;
      }
    }
  }
  yield END_OF_TEXT;
}
