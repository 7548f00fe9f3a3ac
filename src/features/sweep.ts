import type { Engine } from './engine.ts';
import type { Unit } from './entity.ts';

/** A series is forgotten this long after its last sample, at the least; Prometheus itself looks back five minutes. */
const FORGET_MS = 600_000;
const FORGET_STEPS = 10;
/** One that ended by a stale marker sooner: it comes back within a scrape or two or never. */
const FORGET_ENDED_STEPS = 5;
/** A workload without pods, for example a CronJob between runs, keeps its columns for this long. */
const FORGET_WORKLOAD_MS = 6 * 3_600_000;
const SWEEP_STEPS = 5;

/** Removes what has not been seen for long, so that memory follows what lives and not what ever lived. Time is that of the samples. */
export const createSweep = (engine: Engine): (() => void) => {
  const { table, directory, identity, stepMs } = engine;
  const forgetMs = Math.max(FORGET_MS, FORGET_STEPS * stepMs);
  let lastSweepMs = Number.NaN;

  const isGone = (slot: number, atMs: number): boolean =>
    atMs - table.lastMs[slot]! > forgetMs || atMs - table.endMs[slot]! > FORGET_ENDED_STEPS * stepMs;

  const forgetUnit = (unit: Unit, atMs: number): void => {
    identity.leave(unit, atMs);
    unit.nextMs = Number.POSITIVE_INFINITY;
  };

  const sweepSeries = (atMs: number): void => {
    for (let slot = 0; slot < table.end; slot++) {
      if (table.input[slot]! < 0 || table.hasPending(slot) || !isGone(slot, atMs)) continue;
      const owner = table.owner[slot];
      if (owner) identity.unlearn(owner);
      const unit = directory.forget(slot);
      if (unit) forgetUnit(unit, atMs);
    }
  };

  return () => {
    const { atMs } = engine;
    if (Number.isNaN(lastSweepMs)) lastSweepMs = atMs;
    if (atMs - lastSweepMs < SWEEP_STEPS * stepMs) return;
    lastSweepMs = atMs;
    sweepSeries(atMs);
    for (const workload of identity.workloads.values())
      if (atMs - workload.emptyMs > FORGET_WORKLOAD_MS) {
        identity.forget(workload);
        workload.nextMs = Number.POSITIVE_INFINITY;
      }
  };
};
