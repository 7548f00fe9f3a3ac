import type { Score, WorkloadFrame, WorkloadKey } from '../conventions/index.ts';
import type { Adjustment } from '../feedback/index.ts';
import { ENCODER, type WindowEncoder } from '../learning/index.ts';
import type { ClassPasts } from './class-past.ts';
import type { LearnedStats } from './learned-detector.ts';
import type { Lesson, VerdictFilter } from './lessons/index.ts';
import type { LearnedMode, WindowModel } from './window-model.ts';

/** Scores workloads frame by frame; everything it knows comes from the frames before. */
export interface Scorer {
  /** One score per frame, in the frames' order. Frames of one workload must come in rising time; an older one is ignored and gives a not-ready score. */
  score(frames: readonly WorkloadFrame[]): Score[];
  /**
   * Lets the learned model, where there is one, judge the frames of the last `score` call, and gives the scores with its word in them.
   * Never rejects: a model that fails or is late leaves the scores as they are, and is counted. Await it before the next `score`.
   */
  refine(scores: readonly Score[]): Promise<readonly Score[]>;
  /** What the learned model did; undefined without one. */
  readonly learned: LearnedStats | undefined;
  /**
   * Takes what a verdict means for its workload, at once. `no_window`: nothing is known of that stretch (any more), so no score changes;
   * `unknown_workload`: there is no such workload, and nothing is kept.
   */
  teach(adjustment: Adjustment): TeachOutcome;
  /** Takes a verdict back: scores are what they would be without it. False where it is not known. */
  unteach(id: string): boolean;
  /** Everything that was taught, by workload. */
  lessons(): Iterable<{ readonly key: WorkloadKey; readonly lesson: Lesson }>;
  /** Drops the state of a workload that has gone. */
  forget(key: WorkloadKey): void;
  readonly workloads: number;
  /** Bytes held in typed arrays for all workloads. */
  readonly stateBytes: number;
  /** The whole state as one buffer per workload, for a snapshot on disk. */
  snapshot(): Iterable<WorkloadSnapshot>;
  /** The state of one workload; undefined where there is none. */
  snapshotOf(key: WorkloadKey): WorkloadSnapshot | undefined;
  /** Takes one workload's state back; false where version or size do not fit. */
  restore(snapshot: WorkloadSnapshot): boolean;
  /** What workloads of a class share: the hours of all of them. */
  readonly classes: ClassPasts;
  /** Names the model in every score: catalogue and scorer version. */
  readonly modelVersion: string;
}

export type TeachOutcome = 'learned' | 'no_window' | 'unknown_workload';

/** Names the kind of learned model, whose memory is part of every workload's state. */
export const learnedId = (learned: NonNullable<ScorerOptions['learned']>): string => ('encoder' in learned ? ENCODER.id : learned.model.id);

export interface WorkloadSnapshot {
  readonly key: WorkloadKey;
  /** Time of the last frame seen, unix ms. */
  readonly timeMs: number;
  /** Versioned header as JSON-able data, needed to read `state`. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly state: Uint8Array;
}

export interface ScorerOptions {
  /** Usual distance of two frames of a workload, seconds. */
  readonly stepSeconds: number;
  /** Keep the kNN bank: better ranks below the boundary for memory (2 KB per metric and workload) and time. */
  readonly bank: boolean;
  readonly seed: number;
  /** Contributors are worked out for scores above this. `CONTRIBUTOR_FLOOR` where absent; below 0 for a replay that explains quiet instants too. */
  readonly contributorFloor?: number;
  /** How many contributors a score has at most, 5 where absent. */
  readonly mostContributors?: number;
  /** Begin with what another scorer's classes know, as replays of single workloads do; absent = nothing. */
  readonly classes?: ClassPasts;
  /** Told what tells kinds of overload apart, frame by frame: for training them. */
  readonly onOverload?: (frame: WorkloadFrame, features: Float64Array) => void;
  /** Sets of verdicts: `Score.alternatives` then says what it would be with each of them. For evaluation: one pass instead of many. */
  readonly alternatives?: readonly VerdictFilter[];
  /** A learned model and how much it may say; absent = off. */
  readonly learned?: { readonly mode: Exclude<LearnedMode, 'off'> } & (
    | { readonly model: WindowModel }
    | { readonly encoder: WindowEncoder }
  );
}
