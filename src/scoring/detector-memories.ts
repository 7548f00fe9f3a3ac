import type { Detector } from './detector.ts';
import type { WorkloadState } from './workload-state.ts';

/** What detectors keep outside a workload's buffer, by detector: plain data, for a snapshot and for a state of other columns. */
export type DetectorMemories = Readonly<Record<string, unknown>>;

export const rememberAll = (detectors: readonly Detector[], state: WorkloadState): DetectorMemories =>
  Object.fromEntries(
    detectors.flatMap((detector) => {
      const memory = detector.remember?.(state);
      return memory === undefined ? [] : [[detector.id, memory] as const];
    }),
  );

/** `memories` may come from a file: what is no object is none. */
export const recallAll = (detectors: readonly Detector[], state: WorkloadState, memories: unknown): void => {
  if (typeof memories !== 'object' || memories === null) return;
  const known = new Map<string, unknown>(Object.entries(memories));
  for (const detector of detectors) if (known.has(detector.id)) detector.recall?.(state, known.get(detector.id));
};
