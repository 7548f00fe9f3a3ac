import type { Problem } from '../../platform/index.ts';
import { MAX_LABEL_LENGTH, MAX_LABELS, MAX_SERIES } from '../api/schema/ingestion.ts';
import type { IngestBatch, PushedSeries } from './ingest-queue.ts';

export interface BatchLimits {
  readonly nowMs: number;
  readonly maxSamples: number;
  readonly maxAgeMs: number;
}

export type ParsedBatch =
  | { readonly ok: true; readonly batch: IngestBatch; readonly samples: number }
  | { readonly ok: false; readonly problem: Problem };

/** Clocks of senders differ. */
const AHEAD_MS = 60_000;
const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Larger magnitudes are damage, not measurements. */
const LARGEST = 1e300;

/** Unwinds to `parseBatch` at the first thing that is wrong: a batch of a million wrong samples gets one message. */
class Wrong extends Error {
  readonly problem: Problem;
  constructor(key: string, value: unknown, limit: string) {
    super(limit);
    const shown =
      value === undefined
        ? `${key} is missing; it must be ${limit}`
        : `${key} is ${JSON.stringify(value)?.slice(0, 80)}, but must be ${limit}`;
    this.problem = { key, value, limit, message: shown };
  }
}

type Tree = Readonly<Record<string, unknown>>;
const record = (key: string, value: unknown, known: readonly string[]): Tree => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Wrong(key, value, 'an object');
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Wrong(key === '' ? unknown : `${key}.${unknown}`, (value as Tree)[unknown], `absent: known here are ${known.join(', ')}`);
  return value as Tree;
};
const list = (key: string, value: unknown, most: number): readonly unknown[] => {
  if (!Array.isArray(value) || value.length === 0) throw new Wrong(key, value, 'a list with at least one entry');
  if (value.length > most) throw new Wrong(`${key}.length`, value.length, `at most ${most}`);
  return value;
};

const labelsOf = (key: string, value: unknown, metric: string): PushedSeries['labels'] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Wrong(key, value, 'an object of label names and values');
  const entries = Object.entries(value);
  if (entries.length > MAX_LABELS) throw new Wrong(key, entries.length, `at most ${MAX_LABELS} labels`);
  for (const [name, text] of entries) {
    if (!LABEL.test(name) || name.startsWith('__'))
      throw new Wrong(`${key}.${name.slice(0, 80)}`, text, 'under a label name that does not begin with __');
    if (typeof text !== 'string' || text.length > MAX_LABEL_LENGTH)
      throw new Wrong(`${key}.${name}`, text, `text of at most ${MAX_LABEL_LENGTH} characters`);
  }
  // An empty label is an absent one.
  return { ...Object.fromEntries(entries.filter(([, text]) => text !== '')), __name__: metric };
};

const seriesOf = (key: string, value: unknown, { nowMs, maxAgeMs, maxSamples }: BatchLimits): PushedSeries => {
  const { metric, labels, samples } = record(key, value, ['metric', 'labels', 'samples']);
  if (typeof metric !== 'string' || !METRIC.test(metric)) throw new Wrong(`${key}.metric`, metric, 'the name of a metric');
  const timesMs: number[] = [];
  const values: number[] = [];
  for (const [i, sample] of list(`${key}.samples`, samples, maxSamples).entries()) {
    const at = `${key}.samples[${i}]`;
    const [seconds, number, ...more] = Array.isArray(sample) ? (sample as readonly unknown[]) : [];
    if (typeof seconds !== 'number' || typeof number !== 'number' || more.length > 0)
      throw new Wrong(at, sample, 'a time in unix seconds and a number');
    const timeMs = Math.round(seconds * 1000);
    if (timeMs > nowMs + AHEAD_MS) throw new Wrong(`${at}[0]`, seconds, `at most ${AHEAD_MS / 1000} seconds ahead of now`);
    if (timeMs < nowMs - maxAgeMs) throw new Wrong(`${at}[0]`, seconds, `at most ${maxAgeMs / 1000} seconds old`);
    if (timeMs <= (timesMs.at(-1) ?? Number.NEGATIVE_INFINITY)) throw new Wrong(`${at}[0]`, seconds, 'later than the sample before');
    if (!(Math.abs(number) <= LARGEST)) throw new Wrong(`${at}[1]`, number, `a number of at most ${LARGEST}`);
    timesMs.push(timeMs);
    values.push(number);
  }
  return { labels: labelsOf(`${key}.labels`, labels, metric), timesMs, values };
};

/** Checks a pushed batch, field by field, up to the first that is wrong. */
export const parseBatch = (body: unknown, limits: BatchLimits): ParsedBatch => {
  try {
    const { id, series } = record('', body, ['id', 'series']);
    if (typeof id !== 'string' || id === '' || id.length > 128) throw new Wrong('id', id, 'text of 1 to 128 characters');
    let samples = 0;
    const parsed = list('series', series, MAX_SERIES).map((one, i) => {
      const pushed = seriesOf(`series[${i}]`, one, limits);
      samples += pushed.timesMs.length;
      if (samples > limits.maxSamples) throw new Wrong('series', `${samples} samples`, `at most ${limits.maxSamples} samples in one batch`);
      return pushed;
    });
    return { ok: true, batch: { id, series: parsed }, samples };
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, problem: error.problem };
    throw error;
  }
};
