import type { Score, WorkloadFrame, WorkloadKey } from '../conventions/index.ts';

/** Scores workloads frame by frame; everything it knows comes from the frames before. */
export interface Scorer {
  /** One score per frame, in the frames' order. Frames of one workload must come in rising time; an older one is ignored and gives a not-ready score. */
  score(frames: readonly WorkloadFrame[]): Score[];
  /** Drops the state of a workload that has gone. */
  forget(key: WorkloadKey): void;
  readonly workloads: number;
  /** Bytes held in typed arrays for all workloads. */
  readonly stateBytes: number;
  /** The whole state as one buffer per workload, for a snapshot on disk. */
  snapshot(): Iterable<WorkloadSnapshot>;
  /** Takes one workload's state back; false where version or size do not fit. */
  restore(snapshot: WorkloadSnapshot): boolean;
  /** Names the model in every score: catalogue and scorer version. */
  readonly modelVersion: string;
}

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
}
