import type { Labels } from '../conventions/index.ts';
import { decodeDecimal } from './decimal.ts';
import { createFamilyTable } from './family-table.ts';
import { GrowingColumn } from './growing-column.ts';
import { isLabelProblem, parseLabelSet } from './label-set.ts';
import type { RecordedSeries, Recording } from './recording.ts';

/** What is wrong with a line, and where: columns count bytes from 1. */
export interface LineProblem {
  readonly column: number;
  readonly message: string;
}

/** Takes the lines of an OpenMetrics text and keeps them as columns. */
export interface SeriesCollector {
  /** The line `bytes[from, to)` without its line end. */
  addLine(bytes: Uint8Array, from: number, to: number): LineProblem | undefined;
  readonly samples: number;
  /** Whether `# EOF` was seen. */
  readonly ended: boolean;
  recording(): Recording;
}

interface OpenSeries {
  readonly labels: Labels;
  readonly family: number;
  readonly times: GrowingColumn;
  readonly values: GrowingColumn;
}

const BLANK = 32;
const QUOTE = 34;
const HASH = 35;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;

export const createSeriesCollector = (): SeriesCollector => {
  const table = createFamilyTable();
  const byText = new Map<string, OpenSeries>();
  const byIdentity = new Map<string, OpenSeries>();
  let last: { key: Uint8Array; series: OpenSeries } | undefined;
  let samples = 0;
  let ended = false;

  const openSeries = (key: Uint8Array): OpenSeries | LineProblem => {
    const text = new TextDecoder().decode(key);
    const same = byText.get(text);
    if (same) return same;
    const labels = parseLabelSet(text);
    if (isLabelProblem(labels))
      return { column: new TextEncoder().encode(text.slice(0, labels.offset)).length + 1, message: labels.message };
    // Two spellings of one label set are one series.
    const identity = JSON.stringify(labels);
    const series = byIdentity.get(identity) ?? {
      labels,
      family: table.indexOf(labels.__name__ as string),
      times: new GrowingColumn(),
      values: new GrowingColumn(),
    };
    byIdentity.set(identity, series);
    byText.set(text, series);
    return series;
  };

  /** Gives the end of the series' text, after making its series the `last`. */
  const takeKey = (bytes: Uint8Array, from: number, to: number): number | LineProblem => {
    if (last && startsWithKey(bytes, from, to, last.key)) return from + last.key.length;
    const end = endOfKey(bytes, from, to);
    if (end === from) return { column: 1, message: from === to ? 'empty line' : 'expected a metric name' };
    const key = bytes.slice(from, end);
    const series = openSeries(key);
    if ('message' in series) return series;
    last = { key, series };
    return end;
  };

  const addSample = (bytes: Uint8Array, from: number, to: number): LineProblem | undefined => {
    const problem = (at: number, message: string): LineProblem => ({ column: at - from + 1, message });
    const keyEnd = takeKey(bytes, from, to);
    if (typeof keyEnd !== 'number') return keyEnd;
    if (keyEnd >= to || bytes[keyEnd] !== BLANK) return problem(keyEnd, 'expected a blank, then a value');
    const valueEnd = endOfField(bytes, keyEnd + 1, to);
    const value = decodeDecimal(bytes, keyEnd + 1, valueEnd);
    if (value === undefined) return problem(keyEnd + 1, 'expected a number');
    if (valueEnd >= to) return problem(valueEnd, 'the sample has no timestamp: a recording needs one on every line');
    const timeEnd = endOfField(bytes, valueEnd + 1, to);
    const seconds = decodeDecimal(bytes, valueEnd + 1, timeEnd);
    if (seconds === undefined || !Number.isFinite(seconds)) return problem(valueEnd + 1, 'expected a timestamp in unix seconds');
    // Only an exemplar may follow the timestamp: it starts with a hash and is of no use here.
    if (timeEnd < to && bytes[timeEnd + 1] !== HASH) return problem(timeEnd, 'unexpected text after the timestamp');
    const { times, values } = last!.series;
    times.push(Math.round(seconds * 1000));
    values.push(value);
    samples++;
    return undefined;
  };

  return {
    get samples() {
      return samples;
    },
    get ended() {
      return ended;
    },
    addLine: (bytes, from, to) => {
      if (ended) return { column: 1, message: 'text after "# EOF"' };
      if (bytes[from] !== HASH) return addSample(bytes, from, to);
      const line = new TextDecoder().decode(bytes.subarray(from, to));
      if (line !== '# EOF') return table.addMeta(line);
      ended = true;
      return undefined;
    },
    recording: () => {
      const series = Array.from(byIdentity.values(), (s) => ({
        labels: s.labels,
        family: s.family,
        timesMs: s.times.view(),
        values: s.values.view(),
      }));
      return { families: table.families, series, samples, ...timeRange(series) };
    },
  };
};

const timeRange = (series: readonly RecordedSeries[]): { startMs: number; endMs: number } => {
  let startMs = Number.NaN;
  let endMs = Number.NaN;
  for (const { timesMs } of series) {
    for (const time of timesMs) {
      if (!(time >= startMs)) startMs = time;
      if (!(time <= endMs)) endMs = time;
    }
  }
  return { startMs, endMs };
};

/** Where consecutive lines belong to one series, its text need not be parsed, nor even decoded, again. */
const startsWithKey = (bytes: Uint8Array, from: number, to: number, key: Uint8Array): boolean => {
  const length = key.length;
  if (from + length >= to || bytes[from + length] !== BLANK) return false;
  // Neighbours differ in their last label more often than in their first.
  for (let i = length - 1; i >= 0; i--) if (bytes[from + i] !== key[i]) return false;
  return true;
};

/** End of `name` or `name{...}`; quotes may hold blanks and braces. Without a closing brace, the end of the line. */
const endOfKey = (bytes: Uint8Array, from: number, to: number): number => {
  let i = from;
  while (i < to && bytes[i] !== BLANK && bytes[i] !== OPEN) i++;
  if (i >= to || bytes[i] === BLANK) return i;
  let quoted = false;
  for (; i < to; i++) {
    const c = bytes[i];
    if (quoted && c === BACKSLASH) i++;
    else if (c === QUOTE) quoted = !quoted;
    else if (c === CLOSE && !quoted) return i + 1;
  }
  return to;
};

const endOfField = (bytes: Uint8Array, from: number, to: number): number => {
  let i = from;
  while (i < to && bytes[i] !== BLANK) i++;
  return i;
};
