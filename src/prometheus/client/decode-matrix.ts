import type { LabelTable } from '../series/label-table.ts';
import type { SeriesCollector } from '../series/series-collector.ts';
import { corrupt } from '../wire/corrupt.ts';

/** A float as Prometheus writes it in JSON. */
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
]);

/** Decodes the body of a query whose result is a matrix into a collector. Native histograms are counted. */
export const decodeMatrix = (body: string, query: number, labels: LabelTable, collector: SeriesCollector): void => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    throw corrupt(`JSON: ${error instanceof Error ? error.message : ''}`);
  }
  const data = record(record(parsed).data);
  if (data.resultType !== 'matrix') throw corrupt(`result of type ${String(data.resultType)} instead of matrix`);
  for (const one of list(data.result)) {
    const { metric, values, histograms } = record(one);
    if (histograms !== undefined) collector.countHistograms(list(histograms).length);
    if (values !== undefined) decodeSeries(record(metric), list(values), query, labels, collector);
  }
};

const decodeSeries = (
  metric: Readonly<Record<string, unknown>>,
  samples: readonly unknown[],
  query: number,
  labels: LabelTable,
  collector: SeriesCollector,
): void => {
  for (const value of Object.values(metric)) if (typeof value !== 'string') throw corrupt('label that is no string');
  collector.begin(query, labels.internLabels(metric as Record<string, string>));
  const { columns, at } = collector.reserve(samples.length);
  samples.forEach((sample, i) => {
    const [time, text] = list(sample);
    if (typeof time !== 'number' || typeof text !== 'string' || text === '') throw corrupt('sample');
    const value = SPECIAL.get(text) ?? Number(text);
    if (Number.isNaN(value) && text !== 'NaN') throw corrupt(`value ${text.slice(0, 20)}`);
    // Seconds with three digits: the nearest millisecond undoes the division exactly.
    const timeMs = Math.round(time * 1000);
    columns.timesMs[at + i] = timeMs;
    columns.values[at + i] = value;
    if (i > 0 && timeMs <= columns.timesMs[at + i - 1]!) columns.unordered = true;
  });
  collector.commit(samples.length);
};

const record = (value: unknown): Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw corrupt('JSON of another shape');
  return value as Record<string, unknown>;
};

const list = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw corrupt('JSON of another shape');
  return value;
};
