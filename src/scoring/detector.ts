import type { Contributor, FrameLayout, WorkloadFrame } from '../conventions/index.ts';
import type { MemorySize } from './state-shape.ts';
import type { FrameAnalysis } from './streaming-baseline.ts';
import type { WorkloadState } from './workload-state.ts';

/** What one detector says of one frame. 1 = alert boundary, as for the score itself. */
export interface Part {
  readonly detector: string;
  readonly value: number;
  readonly contributors: readonly Contributor[];
}

export interface DetectorInput {
  readonly frame: WorkloadFrame;
  readonly seconds: number;
  readonly state: WorkloadState;
  readonly analysis: FrameAnalysis;
  /** Where this detector's own numbers begin in the state's views. They start as zeros and survive restarts. */
  readonly doublesAt: number;
  readonly floatsAt: number;
}

/**
 * A detector beside the streaming baseline. Its memory lies in the workload's buffer, so it is counted, snapshotted and forgotten with it;
 * what has no place there, such as numbers by the name of a pod, goes through `remember` and `recall`.
 * No detector is damped by a rollout.
 */
export interface Detector {
  readonly id: string;
  memory(layout: FrameLayout): MemorySize;
  /** Judges the frame by the past, then learns it. Undefined = nothing to say. */
  observe(input: DetectorInput): Part | undefined;
  /**
   * What it knows of a workload outside the buffer, for a snapshot and for a state of other columns; undefined = nothing. It is written as JSON,
   * which has neither NaN nor infinities. What is not remembered is unknown in the first frames after a restart, and scores differ there.
   */
  remember?(state: WorkloadState): unknown;
  /** Takes back what `remember` gave, maybe of other columns. It comes from a file: parse it. */
  recall?(state: WorkloadState, memory: unknown): void;
}

export const NO_MEMORY: MemorySize = { doubles: 0, floats: 0 };
