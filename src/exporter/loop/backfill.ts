import type { FeatureExtractor } from '../../features/index.ts';
import { type BellwetherError, type Clock, type Logger, type Random, toBellwetherError } from '../../platform/index.ts';
import type { SeriesSource } from '../../prometheus/index.ts';
import { oneAhead } from './one-ahead.ts';
import type { Pacer } from './pacer.ts';
import { measure, type PipelineCounts, type PipelineParts, pushInPieces, scoreUntil } from './scoring-pipeline.ts';

/** First and longest wait between two tries. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** Tries in a row at an error that waiting does not mend, before the back-fill is given up. */
const HOPELESS_TRIES = 3;

export interface BackfillRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** Longest stretch asked for at once. */
  readonly sliceMs: number;
}

export interface BackfillDeps {
  readonly source: Pick<SeriesSource, 'readSlices'>;
  readonly extractor: FeatureExtractor;
  readonly pipeline: PipelineParts;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<Logger, 'warn'>;
  /** Up to where the range has been replayed. */
  readonly onProgress?: (doneMs: number) => void;
  readonly onCounts?: (counts: PipelineCounts, samples: number) => void;
  readonly onError?: (error: BellwetherError) => void;
}

export type BackfillOutcome = 'complete' | 'abandoned' | 'cancelled';

/** Exponential, with the upper half of each wait at random, so that a fleet does not come back in step. */
const waitMs = (tries: number, random: Random): number => {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
  return full / 2 + (random() * full) / 2;
};

/**
 * Replays a range of the past through extractor and scorer, slice by slice. What a slice gave is kept when a later one fails;
 * reading goes on where it stopped, for as long as the error may pass.
 */
export const runBackfill = async (deps: BackfillDeps, range: BackfillRange, signal: AbortSignal): Promise<BackfillOutcome> => {
  const { source, extractor, pipeline, pacer, clock, random, log } = deps;
  let doneMs = range.fromMs;
  let tries = 0;
  let hopeless = 0;

  const replayStretch = async (toMs: number): Promise<void> => {
    // Both ends of a read are inclusive: the last instant of the stretch before is not asked for again.
    const startMs = doneMs === range.fromMs ? doneMs : doneMs + 1;
    const request = { selectors: extractor.selectors, startMs, endMs: toMs };
    for await (const slice of oneAhead(source.readSlices(request, signal))) {
      await pushInPieces(extractor, slice.results, pacer);
      const counts = await scoreUntil(extractor, slice.endMs, pipeline);
      deps.onCounts?.(counts, measure(slice.results).samples);
      doneMs = slice.endMs;
      deps.onProgress?.(doneMs);
      tries = 0;
      hopeless = 0;
    }
    doneMs = toMs;
    deps.onProgress?.(doneMs);
  };

  while (doneMs < range.toMs) {
    if (signal.aborted) return 'cancelled';
    try {
      await replayStretch(Math.min(range.toMs, doneMs + range.sliceMs));
    } catch (thrown) {
      if (signal.aborted) return 'cancelled';
      const error = toBellwetherError(thrown);
      deps.onError?.(error);
      tries++;
      if (!error.retryable && ++hopeless >= HOPELESS_TRIES) {
        log.warn({ code: error.code, reason: error.message }, 'back-fill abandoned; scores begin without the rest of the past');
        return 'abandoned';
      }
      const delayMs = waitMs(tries, random);
      log.warn({ code: error.code, reason: error.message, delayMs: Math.round(delayMs) }, 'back-fill interrupted, trying again');
      await clock.sleep(delayMs, signal);
    }
  }
  return 'complete';
};
