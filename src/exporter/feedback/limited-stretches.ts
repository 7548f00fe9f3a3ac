import { type WorkloadKey, workloadId } from '../../conventions/index.ts';
import type { LimitedStretch } from '../../feedback/index.ts';

/** Which workloads were under a limit when. */
export interface LimitedStretches {
  /** Takes what is known now in place of what was known before. */
  set(stretches: readonly LimitedStretch[]): void;
  isLimited(key: WorkloadKey, timeMs: number): boolean;
  /** Whether any is known: nearly always there is none, and frames are many. */
  readonly any: boolean;
}

export const createLimitedStretches = (): LimitedStretches => {
  let byWorkload = new Map<string, LimitedStretch[]>();
  return {
    set: (stretches) => {
      byWorkload = new Map();
      for (const stretch of stretches) {
        const id = workloadId(stretch.key);
        byWorkload.set(id, [...(byWorkload.get(id) ?? []), stretch]);
      }
    },
    get any() {
      return byWorkload.size > 0;
    },
    isLimited: (key, timeMs) => {
      const seconds = timeMs / 1000;
      return byWorkload.get(workloadId(key))?.some(({ fromSeconds, toSeconds }) => seconds >= fromSeconds && seconds <= toSeconds) === true;
    },
  };
};
