import { type Score, type WorkloadFrame, workloadId } from '../../conventions/index.ts';
import type { Scorer, WorkloadSnapshot } from '../../scoring/index.ts';
import type { LimitedStretches } from './limited-stretches.ts';

/** A scorer that unlearns what it saw under a limit. */
export interface UnlearningScorer extends Scorer {
  /** Workloads whose state is put aside at the moment. */
  readonly heldWorkloads: number;
}

/**
 * Keeps traffic under a limit out of what is usual: the state of a workload is put aside at the first frame of a limited stretch, scores go on with a
 * state of their own, and the one put aside comes back with the first frame after it. Baseline, bank and bar are then as they were before the limit.
 * Lessons given meanwhile go with it; the pupil gives them again at its next look.
 */
export const withoutLimited = (scorer: Scorer, limited: Pick<LimitedStretches, 'isLimited' | 'any'>): UnlearningScorer => {
  const held = new Map<string, WorkloadSnapshot>();
  const turns = ({ key, timeMs }: WorkloadFrame): boolean => limited.isLimited(key, timeMs) !== held.has(workloadId(key));
  const turn = ({ key }: WorkloadFrame): void => {
    const id = workloadId(key);
    const before = held.get(id);
    if (before) {
      held.delete(id);
      scorer.restore(before);
      return;
    }
    const state = scorer.snapshotOf(key);
    if (state) held.set(id, state);
  };
  return {
    score: (frames) => {
      if (!limited.any && held.size === 0) return scorer.score(frames);
      const scores: Score[] = [];
      const seen = new Set<string>();
      let from = 0;
      for (const [i, frame] of frames.entries()) {
        const id = workloadId(frame.key);
        if (turns(frame)) {
          // A back-fill brings several frames of a workload at once: those before the turn are scored before it.
          if (seen.has(id)) {
            scores.push(...scorer.score(frames.slice(from, i)));
            from = i;
            seen.clear();
          }
          turn(frame);
        }
        seen.add(id);
      }
      return [...scores, ...scorer.score(frames.slice(from))];
    },
    refine: scorer.refine,
    teach: scorer.teach,
    unteach: scorer.unteach,
    lessons: scorer.lessons,
    forget: (key) => {
      held.delete(workloadId(key));
      scorer.forget(key);
    },
    snapshotOf: (key) => held.get(workloadId(key)) ?? scorer.snapshotOf(key),
    // A restart in the middle of a limit must not keep what was to be unlearned.
    *snapshot() {
      for (const one of scorer.snapshot()) yield held.get(workloadId(one.key)) ?? one;
    },
    restore: (snapshot) => {
      held.delete(workloadId(snapshot.key));
      return scorer.restore(snapshot);
    },
    classes: scorer.classes,
    modelVersion: scorer.modelVersion,
    get learned() {
      return scorer.learned;
    },
    get workloads() {
      return scorer.workloads;
    },
    get stateBytes() {
      let bytes = scorer.stateBytes;
      for (const { state } of held.values()) bytes += state.byteLength;
      return bytes;
    },
    get heldWorkloads() {
      return held.size;
    },
  };
};
