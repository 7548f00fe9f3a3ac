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
 * A detector beside the streaming baseline. Its memory lies in the workload's buffer, so it is counted, snapshotted and forgotten with it.
 * No detector is damped by a rollout.
 */
export interface Detector {
  readonly id: string;
  memory(layout: FrameLayout): MemorySize;
  /** Judges the frame by the past, then learns it. Undefined = nothing to say. */
  observe(input: DetectorInput): Part | undefined;
}

export const NO_MEMORY: MemorySize = { doubles: 0, floats: 0 };
