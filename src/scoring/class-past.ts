import { BAR_BINS } from './state-shape.ts';
import { type ClassPast, ENTITY, type WorkloadState } from './workload-state.ts';

/** With one metric the surprise of a workload is that metric's, with two their mean, with more the mean of the three largest: these are the classes. */
const CLASSES = 3;

export interface ClassPasts {
  /** Lets a workload's past count for its class, and its bar follow the class. */
  join(state: WorkloadState): void;
  /** Takes it out again. */
  leave(state: WorkloadState): void;
  /** The same numbers, for a scorer of a single workload's past that must not change them. */
  copy(): ClassPasts;
}

const add = (past: ClassPast, state: WorkloadState, sign: 1 | -1): void => {
  const { bar } = state.shape;
  for (let bin = 0; bin < BAR_BINS; bin++) past.bins[bin]! += sign * state.floats[bar + bin]!;
  past.mass += sign * state.doubles[ENTITY.barMass]!;
};

const empty = (): ClassPast[] => Array.from({ length: CLASSES }, () => ({ bins: new Float64Array(BAR_BINS), mass: 0 }));

export const createClassPasts = (pasts: readonly ClassPast[] = empty()): ClassPasts => ({
  join: (state) => {
    const past = pasts[Math.min(CLASSES, Math.max(1, state.metrics.length)) - 1]!;
    add(past, state, 1);
    state.classPast = past;
  },
  leave: (state) => {
    if (state.classPast) add(state.classPast, state, -1);
    state.classPast = undefined;
  },
  copy: () => createClassPasts(pasts.map(({ bins, mass }) => ({ bins: bins.slice(), mass }))),
});
