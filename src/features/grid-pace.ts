import type { SelectorResult, WorkloadFrame } from '../conventions/index.ts';
import type { Engine } from './engine.ts';
import type { Workload } from './entity.ts';
import { createSweep } from './sweep.ts';

/** How instants are worked off. */
export interface Pace {
  push(results: readonly SelectorResult[]): void;
  advance(untilMs: number): Iterable<readonly WorkloadFrame[]>;
}

/**
 * Instants at whole multiples of the step. A sample belongs to the first instant that is not before it; one that comes after
 * its instant was given (Prometheus shows a scrape when it has ended) counts for the next. Instants without samples are
 * skipped, so neither a gap nor a clock that jumps ahead costs anything.
 */
export const createGridPace = (engine: Engine): Pace => {
  const { table, identity, stepMs } = engine;
  const sweep = createSweep(engine);
  const pending: number[] = [];
  /** Number of the instant at which each workload was last marked, by index. */
  const marked: number[] = [];
  /** Time of the earliest pending sample. */
  let earliestMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;

  const nextInstant = (): number => Math.max(Math.ceil(earliestMs / stepMs) * stepMs, lastMs + stepMs);

  const mark = (index: number, dirty: Workload[]): void => {
    if (index < 0 || marked[index] === engine.tick) return;
    marked[index] = engine.tick;
    dirty.push(identity.byIndex[index]!);
  };

  /** Consumes what belongs to the instant and keeps the slots that still have samples. */
  const consumePending = (atMs: number, dirty: Workload[]): void => {
    let kept = 0;
    earliestMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < pending.length; i++) {
      const slot = pending[i]!;
      if (engine.consume(slot, atMs)) mark(table.workload[slot]!, dirty);
      const nextMs = table.pendingMs(slot);
      if (nextMs === Number.POSITIVE_INFINITY) continue;
      pending[kept++] = slot;
      if (nextMs < earliestMs) earliestMs = nextMs;
    }
    pending.length = kept;
  };

  const resolve = (atMs: number, dirty: Workload[]): void => {
    const waiting = [...identity.unresolved];
    identity.resolveAll(atMs);
    for (const { workload } of waiting) mark(workload?.index ?? -1, dirty);
  };

  const instant = (atMs: number): WorkloadFrame[] => {
    engine.begin(atMs);
    lastMs = atMs;
    const dirty: Workload[] = [];
    consumePending(atMs, dirty);
    resolve(atMs, dirty);
    const frames: WorkloadFrame[] = [];
    for (let i = 0; i < dirty.length; i++) {
      const frame = engine.build(dirty[i]!);
      if (frame) frames.push(frame);
    }
    sweep();
    return frames;
  };

  function* advance(untilMs: number): Generator<readonly WorkloadFrame[]> {
    for (let next = nextInstant(); next <= untilMs && next < Number.POSITIVE_INFINITY; next = nextInstant()) {
      const frames = instant(next);
      if (frames.length > 0) yield frames;
    }
  }

  return {
    push: (results) => {
      engine.push(results, (slot) => {
        pending.push(slot);
        earliestMs = Math.min(earliestMs, table.pendingMs(slot));
      });
    },
    advance,
  };
};
