import type { WorkloadFrame } from '../conventions/index.ts';
import type { Engine } from './engine.ts';
import type { Unit, Workload } from './entity.ts';
import type { Pace } from './grid-pace.ts';
import { createSweep } from './sweep.ts';
import { createTimeHeap } from './time-heap.ts';

/** A workload, or a pod that has none yet: what has instants of its own. */
type Group = Workload | Unit;

const unitsOf = (group: Group): readonly Unit[] => ('units' in group ? group.units : [group]);

/** Just below the end of the half-open interval; far finer than any time stamp. */
const EPSILON_MS = 1e-3;

/**
 * Instants where the samples are: per workload, all samples less than half a step after the first one are one instant, and
 * its time is that of the newest of them. Workloads need not share instants.
 */
export const createSamplesPace = (engine: Engine): Pace => {
  const { table, identity, stepMs } = engine;
  const sweep = createSweep(engine);
  const queue = createTimeHeap<Group>();
  const ready = createTimeHeap<WorkloadFrame>();
  /** Slots of owners that belong to no pod: ReplicaSets, Jobs, nodes. */
  let owners: number[] = [];
  let givenMs = Number.NEGATIVE_INFINITY;

  const schedule = (group: Group, ms: number): void => {
    if (!(ms < group.nextMs)) return;
    group.nextMs = ms;
    queue.push(ms, group);
  };

  const onPending = (slot: number): void => {
    const unit = table.unit[slot];
    if (unit) schedule(unit.workload ?? unit, table.pendingMs(slot));
    else owners.push(slot);
  };

  const consumeOwners = (toMs: number): void => {
    if (owners.length === 0) return;
    for (const slot of owners) engine.consume(slot, toMs);
    owners = owners.filter((slot) => table.hasPending(slot));
  };

  const slotsOf = function* (group: Group): Generator<number> {
    for (const unit of unitsOf(group)) {
      yield* unit.ownerSlots;
      yield* unit.lifeSlots;
      yield* unit.slots;
    }
  };

  const newestPending = (group: Group, toMs: number): number => {
    let newest = Number.NEGATIVE_INFINITY;
    for (const slot of slotsOf(group)) newest = Math.max(newest, engine.table.newestPendingMs(slot, toMs));
    return newest;
  };

  const reschedule = (group: Group): void => {
    group.nextMs = Number.POSITIVE_INFINITY;
    let earliest = Number.POSITIVE_INFINITY;
    for (const slot of slotsOf(group)) earliest = Math.min(earliest, table.pendingMs(slot));
    schedule(group, earliest);
  };

  /** A pod without a workload first reads who owns it; where that is enough, its samples wait for the workload's instant. */
  const resolveUnit = (unit: Unit, toMs: number): boolean => {
    for (const slot of unit.ownerSlots) engine.consume(slot, toMs);
    if (!identity.resolve(unit, engine.atMs)) return false;
    unit.nextMs = Number.POSITIVE_INFINITY;
    let earliest = Number.POSITIVE_INFINITY;
    for (const slot of slotsOf(unit)) earliest = Math.min(earliest, table.pendingMs(slot));
    schedule(unit.workload!, earliest);
    return true;
  };

  const instant = (group: Group, startMs: number): void => {
    const toMs = startMs + stepMs / 2 - EPSILON_MS;
    engine.begin(newestPending(group, toMs));
    consumeOwners(startMs);
    if (!('units' in group) && resolveUnit(group, toMs)) return;
    for (const slot of slotsOf(group)) engine.consume(slot, toMs);
    reschedule(group);
    // Samples older than what was given already come too late for an instant of their own; they still stand in for missing ones.
    if ('units' in group && engine.atMs > givenMs) {
      const frame = engine.build(group);
      if (frame) ready.push(frame.timeMs, frame);
    }
    sweep();
  };

  /** Frames no later instant can precede, grouped by time. */
  function* flush(beforeMs: number): Generator<readonly WorkloadFrame[]> {
    while (ready.peekMs() < beforeMs) {
      const ms = ready.peekMs();
      const frames: WorkloadFrame[] = [];
      while (ready.peekMs() === ms) frames.push(ready.pop()!);
      givenMs = ms;
      yield frames;
    }
  }

  function* advance(untilMs: number): Generator<readonly WorkloadFrame[]> {
    for (;;) {
      const startMs = queue.peekMs();
      const group = queue.peek();
      if (group !== undefined && group.nextMs !== startMs) {
        // Rescheduled or gone since.
        queue.pop();
        continue;
      }
      yield* flush(startMs);
      if (group === undefined || !(startMs + stepMs / 2 <= untilMs)) return;
      queue.pop();
      instant(group, startMs);
    }
  }

  return {
    push: (results) => {
      engine.push(results, onPending);
    },
    advance,
  };
};
