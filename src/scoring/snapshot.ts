import type { FrameLayout, WorkloadKey } from '../conventions/index.ts';
import type { DetectorMemories } from './detector-memories.ts';
import type { WorkloadSnapshot } from './scorer.ts';
import type { MemorySize, ShapeOptions } from './state-shape.ts';
import { createWorkloadState, ENTITY, type WorkloadState } from './workload-state.ts';

/** Names the meaning of every number in a state. Raise it when one changes: older snapshots are then refused, and back-fill takes their place. */
export const SCORER_VERSION = 'streaming-2';

export const encodeSnapshot = (key: WorkloadKey, state: WorkloadState, memories: DetectorMemories): WorkloadSnapshot => ({
  key,
  timeMs: state.doubles[ENTITY.lastSeconds]! * 1000,
  header: { version: SCORER_VERSION, stepSeconds: state.stepSeconds, layout: state.layout, memories },
  state: state.bytes.slice(),
});

const isLayout = (value: unknown): value is FrameLayout =>
  typeof value === 'object' && value !== null && 'version' in value && 'features' in value && Array.isArray(value.features);

/** A state with the same meaning, or undefined where version, step or size differ. The layout is adopted by name at the workload's next frame. */
export const decodeSnapshot = (
  snapshot: WorkloadSnapshot,
  options: ShapeOptions,
  sizesOf: (layout: FrameLayout) => readonly MemorySize[],
): WorkloadState | undefined => {
  const { version, stepSeconds, layout } = snapshot.header;
  if (version !== SCORER_VERSION || stepSeconds !== options.stepSeconds || !isLayout(layout)) return undefined;
  const state = createWorkloadState(layout, options, sizesOf(layout));
  if (state.buffer.byteLength !== snapshot.state.byteLength) return undefined;
  state.bytes.set(snapshot.state);
  return state;
};
