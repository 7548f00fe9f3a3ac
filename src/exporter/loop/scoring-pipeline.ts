import type { Score, SelectorResult, WorkloadFrame } from '../../conventions/index.ts';
import type { FeatureExtractor } from '../../features/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import type { ScoreBoard } from '../board/score-board.ts';
import type { Pacer } from './pacer.ts';

/** Series taken in at one go: a few milliseconds of work. */
const PUSH_SERIES = 2000;
/** Workloads scored at one go: 50 to 100 us each. */
const SCORE_FRAMES = 128;

/** What a stretch of work did. */
export interface PipelineCounts {
  instants: number;
  frames: number;
  /** Workloads without room, in the instant that had the most. */
  capped: number;
}

export interface PipelineParts {
  readonly scorer: Scorer;
  readonly board: Pick<ScoreBoard, 'admit' | 'record'>;
  readonly pacer: Pacer;
  /** False for a frame that is already part of its workload's state, or only prepares the extractor. */
  readonly isNews?: (frame: WorkloadFrame) => boolean;
  /** Sees the scores of live cycles, for the distribution metric. */
  readonly onScores?: (scores: readonly Score[]) => void;
}

/** Time of the newest sample and number of samples in an answer. */
export const measure = (
  results: readonly SelectorResult[],
): { readonly newestMs: number; readonly samples: number; readonly series: number } => {
  let [newestMs, samples, count] = [Number.NEGATIVE_INFINITY, 0, 0];
  for (const { series } of results) {
    count += series.length;
    for (const { timesMs } of series) {
      samples += timesMs.length;
      const last = timesMs[timesMs.length - 1];
      if (last !== undefined && last > newestMs) newestMs = last;
    }
  }
  return { newestMs, samples, series: count };
};

/** Gives samples to the extractor in pieces, so that a large answer does not hold the event loop. */
export const pushInPieces = async (extractor: FeatureExtractor, results: readonly SelectorResult[], pacer: Pacer): Promise<void> => {
  for (const { selector, series } of results) {
    for (let at = 0; at < series.length; at += PUSH_SERIES) {
      extractor.push([{ selector, series: series.slice(at, at + PUSH_SERIES) }]);
      await pacer.breathe();
    }
  }
};

/** Scores every instant up to `untilMs` and puts it on the board. */
export const scoreUntil = async (
  extractor: FeatureExtractor,
  untilMs: number,
  { scorer, board, pacer, isNews, onScores }: PipelineParts,
): Promise<PipelineCounts> => {
  const counts: PipelineCounts = { instants: 0, frames: 0, capped: 0 };
  const scoreBatch = async (batch: readonly WorkloadFrame[]): Promise<void> => {
    const early = scorer.score(batch);
    const scores = scorer.learned ? await scorer.refine(early) : early;
    board.record(batch, scores);
    onScores?.(scores);
  };
  for (const instant of extractor.advance(untilMs)) {
    await pacer.breathe();
    const { frames, capped } = board.admit(isNews ? instant.filter(isNews) : instant);
    counts.instants++;
    counts.frames += frames.length;
    counts.capped = Math.max(counts.capped, capped);
    for (let at = 0; at < frames.length; at += SCORE_FRAMES) {
      await scoreBatch(frames.slice(at, at + SCORE_FRAMES));
      await pacer.breathe();
    }
  }
  return counts;
};
