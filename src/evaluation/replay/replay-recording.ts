import type { Selector, SelectorResult, Series, WorkloadFrame } from '../../conventions/index.ts';
import type { FeatureExtractor } from '../../features/index.ts';
import type { RecordedSeries, Recording } from '../recording.ts';
import { selectSeries } from './select-series.ts';

export interface ReplayOptions {
  readonly stepMs: number;
  /** Told how many samples have been given, now and then. */
  readonly onProgress?: (samples: number) => void;
}

// Samples of this many steps are given at once: as small as to keep the extractor's memory low, as large as to keep the cost per read low.
const SLICE_STEPS = 128;

/**
 * Gives a recording to an extractor as a Prometheus would have given it, slice by slice in time, and yields the frames of each instant.
 * The order of the file within a series is the order of arrival: a late or doubled sample is given after those that stand before it.
 */
export function* replayRecording(
  recording: Recording,
  extractor: FeatureExtractor,
  options: ReplayOptions,
): Generator<readonly WorkloadFrame[]> {
  if (recording.samples === 0) return;
  const feed = createFeed(recording, extractor.selectors);
  const sliceMs = SLICE_STEPS * options.stepMs;
  for (let startMs = recording.startMs; startMs <= recording.endMs; startMs = feed.nextMs()) {
    const endMs = startMs + sliceMs;
    for (const results of feed.until(endMs)) extractor.push(results);
    yield* extractor.advance(endMs);
    options.onProgress?.(feed.given);
  }
  yield* extractor.advance(Infinity);
}

interface Feed {
  /** What arrives up to `endMs`, as reads: more than one where a series has late or doubled samples. */
  until(endMs: number): Generator<SelectorResult[]>;
  /** Arrival of the next sample, so that a gap of months is not walked in slices; Infinity after the last. */
  nextMs(): number;
  readonly given: number;
}

interface Cursor {
  readonly series: RecordedSeries;
  next: number;
}

const createFeed = (recording: Recording, selectors: readonly Selector[]): Feed => {
  const cursors = selectSeries(recording.series, selectors).map((list) => list.map((series): Cursor => ({ series, next: 0 })));
  let given = 0;
  return {
    get given() {
      return given;
    },
    nextMs: () => cursors.flat().reduce((earliest, { series, next }) => Math.min(earliest, series.timesMs[next] ?? Infinity), Infinity),
    *until(endMs) {
      for (;;) {
        const results = cursors.map((list, selector) => ({ selector, series: list.flatMap((cursor) => nextRun(cursor, endMs) ?? []) }));
        const taken = results.reduce((sum, { series }) => sum + series.reduce((n, { values }) => n + values.length, 0), 0);
        if (taken === 0) return;
        given += taken;
        yield results;
      }
    },
  };
};

/** The next samples of a series, as long as their time rises. */
const nextRun = (cursor: Cursor, endMs: number): Series | undefined => {
  const { timesMs, values, labels } = cursor.series;
  const from = cursor.next;
  let to = from;
  while (to < timesMs.length && timesMs[to]! <= endMs && (to === from || timesMs[to]! > timesMs[to - 1]!)) to++;
  if (to === from) return undefined;
  cursor.next = to;
  return { labels, timesMs: timesMs.subarray(from, to), values: values.subarray(from, to) };
};
