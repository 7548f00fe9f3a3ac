import type { FeatureExtractor, PaceOptions } from '../../features/index.ts';
import { type BellwetherError, type Clock, type Logger, toBellwetherError } from '../../platform/index.ts';
import type { ReadSlice, SeriesSource } from '../../prometheus/index.ts';
import type { IngestQueue } from '../ingest/ingest-queue.ts';
import type { Pacer } from './pacer.ts';
import { measure, type PipelineCounts, type PipelineParts, pushInPieces, scoreUntil } from './scoring-pipeline.ts';

export interface LiveCycleDeps {
  /** Absent where samples are only pushed. */
  readonly source?: Pick<SeriesSource, 'read' | 'readSlices'> | undefined;
  readonly createExtractor: (pace: PaceOptions) => FeatureExtractor;
  readonly pipeline: PipelineParts;
  readonly ingest?: Pick<IngestQueue, 'drain'> | undefined;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

export interface LiveCycleOptions {
  readonly intervalMs: number;
  /** A longer gap is read in slices. */
  readonly sliceMs: number;
  /** What lies further back than this is given up after a long outage. */
  readonly longestGapMs: number;
}

export type CycleResult =
  | {
      readonly ok: true;
      /** Up to when data are known. */
      readonly dataMs: number;
      /** Time of the newest sample there is. */
      readonly newestMs: number;
      readonly samples: number;
      readonly series: number;
      readonly readMs: number;
      readonly counts: PipelineCounts;
    }
  | { readonly ok: false; readonly error: BellwetherError };

/** One scoring cycle after another: reads what is new since the last, scores it. Keeps the extractor and the end of the last read. */
export interface LiveCycle {
  /** Takes up where the back-fill ended. An extractor of the same step is kept; otherwise a new one sees the last minutes first. */
  begin(endMs: number, extractor?: FeatureExtractor): void;
  run(signal: AbortSignal): Promise<CycleResult>;
  /** True after the clock was set back so far that what was read lies in the future; asked once, then false. */
  takeClockSetBack(): boolean;
  readonly extractor: FeatureExtractor;
  /** Up to when cycles have read, or are about to score. */
  readonly readMs: number;
}

/**
 * A sample reaches the server after its time: by the length of a scrape, 10 s unless configured longer. The read goes this much further back
 * than the last one ended; the extractor drops what it has seen.
 */
const OVERLAP_MS = 15_000;
/** A new extractor reads this much of the past first: owners and limits are scraped rarely, and a rate needs two samples. */
const PRIME_MS = 300_000;
/** Set back by less than this, the clock is waited for. */
const SET_BACK_INTERVALS = 5;

export const createLiveCycle = (deps: LiveCycleDeps, options: LiveCycleOptions): LiveCycle => {
  const { source, pipeline, ingest, pacer, clock, log } = deps;
  const { intervalMs } = options;
  const fresh = (): FeatureExtractor => deps.createExtractor({ pace: 'grid', stepMs: intervalMs });
  let extractor = fresh();
  let readEndMs = Number.NEGATIVE_INFINITY;
  let scoredFromMs = Number.NEGATIVE_INFINITY;
  let newestMs = Number.NEGATIVE_INFINITY;
  let primed = false;
  let setBack = false;

  const parts: PipelineParts = {
    ...pipeline,
    isNews: (frame) => frame.timeMs > scoredFromMs && (pipeline.isNews?.(frame) ?? true),
  };
  const begin = (endMs: number, kept?: FeatureExtractor): void => {
    extractor = kept ?? fresh();
    primed = kept !== undefined;
    readEndMs = endMs;
    scoredFromMs = endMs;
    newestMs = Number.NEGATIVE_INFINITY;
  };

  async function* slices(nowMs: number, signal: AbortSignal): AsyncGenerator<ReadSlice> {
    if (!source) {
      yield { startMs: nowMs, endMs: nowMs, results: [] };
      return;
    }
    const since = Math.max(readEndMs, nowMs - options.longestGapMs);
    const startMs = since - (primed ? OVERLAP_MS : PRIME_MS);
    const request = { selectors: extractor.selectors, startMs, endMs: nowMs };
    if (nowMs - startMs > options.sliceMs) yield* source.readSlices(request, signal);
    else yield { startMs, endMs: nowMs, results: await source.read(request, signal) };
  }

  const advance = async (dataMs: number, total: PipelineCounts): Promise<void> => {
    // Where the clock has jumped ahead, the instants it jumped over must stay open for the samples that will come.
    const untilMs = Math.min(dataMs, newestMs + 2 * intervalMs);
    const counts = await scoreUntil(extractor, untilMs, parts);
    total.instants += counts.instants;
    total.frames += counts.frames;
    total.capped = Math.max(total.capped, counts.capped);
  };

  const cycle = async (signal: AbortSignal): Promise<CycleResult> => {
    const nowMs = clock.nowMs();
    if (nowMs < readEndMs - SET_BACK_INTERVALS * intervalMs) {
      log.warn({ bySeconds: Math.round((readEndMs - nowMs) / 1000) }, 'the clock was set back; history and features begin anew');
      setBack = true;
      begin(nowMs);
    }
    const counts: PipelineCounts = { instants: 0, frames: 0, capped: 0 };
    let [samples, series, readMs] = [0, 0, 0];
    let mark = clock.monotonicMs();
    for await (const slice of slices(nowMs, signal)) {
      readMs += clock.monotonicMs() - mark;
      const size = measure(slice.results);
      samples += size.samples;
      series = Math.max(series, size.series);
      newestMs = Math.max(newestMs, size.newestMs);
      await pushInPieces(extractor, slice.results, pacer);
      if (slice.endMs < nowMs) await advance(slice.endMs, counts);
      readEndMs = Math.max(readEndMs, slice.endMs);
      mark = clock.monotonicMs();
    }
    primed = true;
    const pushed = ingest?.drain() ?? [];
    newestMs = Math.max(newestMs, measure(pushed).newestMs);
    await pushInPieces(extractor, pushed, pacer);
    await advance(nowMs, counts);
    return { ok: true, dataMs: nowMs, newestMs, samples, series, readMs, counts };
  };

  return {
    begin,
    run: (signal) => cycle(signal).catch((thrown: unknown) => ({ ok: false, error: toBellwetherError(thrown) })),
    takeClockSetBack: () => {
      const was = setBack;
      setBack = false;
      return was;
    },
    get readMs() {
      return readEndMs;
    },
    get extractor() {
      return extractor;
    },
  };
};
