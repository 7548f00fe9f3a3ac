import { BellwetherError } from '../../platform/index.ts';
import type { ReadRequest, ReadSlice, SeriesSource } from '../series-source.ts';
import type { Answer } from './remote-read-call.ts';
import type { SourceSettings } from './source-options.ts';

type Settings = Pick<SourceSettings, 'sliceBytes' | 'firstSliceMs' | 'maxSliceMs'>;
type ReadRange = (request: ReadRequest, resample: boolean, signal: AbortSignal | undefined) => Promise<Answer>;

// A decoded sample is a time and a value.
const SAMPLE_BYTES = 16;
// Below this the labels, which every slice brings again, cost more than the samples.
const MIN_SLICE_MS = 60_000;
// How far a slice may differ from the one before it: one quiet hour must not make the next one huge.
const MAX_GROWTH = 2;
const MAX_SHRINK = 4;

/**
 * Cuts a long read into slices of time whose decoded size comes near `sliceBytes`: each slice's span follows from the density of the one before.
 * A slice that goes beyond a limit is asked again at half its span; at the shortest span a query server may be asked for resampled values instead.
 */
export const createSlicer = (settings: Settings, readRange: ReadRange): SeriesSource['readSlices'] =>
  async function* (request, signal): AsyncGenerator<ReadSlice> {
    const { startMs, endMs, selectors } = request;
    let span = settings.firstSliceMs;
    for (let from = startMs; from <= endMs; ) {
      const to = Math.min(endMs, from + span - 1);
      const shortest = to - from < MIN_SLICE_MS;
      let answer: Answer;
      try {
        answer = await readRange({ selectors, startMs: from, endMs: to }, shortest, signal);
      } catch (error) {
        if (shortest || !(error instanceof BellwetherError) || error.code !== 'limit_exceeded') throw error;
        span = Math.max(MIN_SLICE_MS, Math.floor((to - from + 1) / 2));
        continue;
      }
      yield { startMs: from, endMs: to, results: answer.results };
      span = nextSpan(to - from + 1, answer.stats.samples * SAMPLE_BYTES, settings);
      from = to + 1;
    }
  };

const nextSpan = (spanMs: number, bytes: number, { sliceBytes, maxSliceMs }: Settings): number => {
  const wanted = bytes === 0 ? spanMs * MAX_GROWTH : spanMs * (sliceBytes / bytes);
  const bounded = Math.min(Math.max(wanted, spanMs / MAX_SHRINK), spanMs * MAX_GROWTH);
  return Math.floor(Math.min(Math.max(bounded, MIN_SLICE_MS), maxSliceMs));
};
