import type { Score, SelectorResult, WorkloadFrame } from '../../conventions/index.ts';
import type { FeatureExtractor } from '../../features/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import type { ScoreBoard } from '../board/score-board.ts';
import type { Pacer } from './pacer.ts';

/** Series taken in at one go: a few milliseconds of work. */
const PUSH_SERIES = 2000;
/** Workloads scored at one go: 50 to 100 us each. */
const SCORE_FRAMES = 128;
/** Scores put on the board at one go: a few microseconds each. */
const RECORD_FRAMES = 2048;
/**
 * Frames of a back-fill that are scored workload by workload instead of instant by instant: the state of a workload, some tens of kilobytes, is then
 * fetched into the processor's cache once for many frames. About 10 MB.
 */
const HELD_FRAMES = 32_768;

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

/** Frames of one workload in the order of the instants, workload after workload. */
const byWorkload = (instants: readonly (readonly WorkloadFrame[])[]): readonly WorkloadFrame[] => {
  if (instants.length === 1) return instants[0]!;
  const groups = new Map<WorkloadFrame['key'], WorkloadFrame[]>();
  for (const frames of instants) {
    for (const frame of frames) {
      const group = groups.get(frame.key);
      if (group) group.push(frame);
      else groups.set(frame.key, [frame]);
    }
  }
  return [...groups.values()].flat();
};

/** Scores every instant up to `untilMs` and puts it on the board. */
export const scoreUntil = async (
  extractor: FeatureExtractor,
  untilMs: number,
  { scorer, board, pacer, isNews, onScores }: PipelineParts,
): Promise<PipelineCounts> => {
  const counts: PipelineCounts = { instants: 0, frames: 0, capped: 0 };
  // A learned model judges the newest frame of a workload, so it is asked after each.
  const mostHeld = scorer.learned ? 0 : HELD_FRAMES;
  let held: (readonly WorkloadFrame[])[] = [];
  let heldFrames = 0;

  const scoreHeld = async (): Promise<void> => {
    const frames = byWorkload(held);
    const scores = new Map<WorkloadFrame, Score>();
    for (let at = 0; at < frames.length; at += SCORE_FRAMES) {
      const batch = frames.slice(at, at + SCORE_FRAMES);
      const early = scorer.score(batch);
      const refined = scorer.learned ? await scorer.refine(early) : early;
      for (const [i, score] of refined.entries()) scores.set(batch[i]!, score);
      onScores?.(refined);
      await pacer.breathe();
    }
    for (const instant of held) {
      for (let at = 0; at < instant.length; at += RECORD_FRAMES) {
        const part = instant.slice(at, at + RECORD_FRAMES);
        board.record(
          part,
          part.map((frame) => scores.get(frame)!),
        );
        await pacer.breathe();
      }
    }
    held = [];
    heldFrames = 0;
  };

  for (const instant of extractor.advance(untilMs)) {
    await pacer.breathe();
    const { frames, capped } = board.admit(isNews ? instant.filter(isNews) : instant);
    counts.instants++;
    counts.frames += frames.length;
    counts.capped = Math.max(counts.capped, capped);
    held.push(frames);
    heldFrames += frames.length;
    if (heldFrames + frames.length > mostHeld) await scoreHeld();
  }
  if (held.length > 0) await scoreHeld();
  return counts;
};
