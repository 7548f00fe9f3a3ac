import type { LifecycleSignals } from '../conventions/index.ts';
import type { CatalogInput } from './catalog.ts';
import type { Unit, Workload } from './entity.ts';
import type { SeriesTable } from './series-table.ts';

export interface Lifecycle {
  /** Signals of a workload at an instant; undefined where nothing tells about its containers. */
  read(workload: Workload, atMs: number, tick: number, throttledRatio: number): LifecycleSignals | undefined;
}

const NO_WAITS: Readonly<Record<string, number>> = Object.freeze({});
const QUIET: LifecycleSignals = Object.freeze({ restarts: 0, oomKills: 0, waiting: NO_WAITS, throttledRatio: Number.NaN });

/** Is there something besides throttling, which is a feature as well? */
export const hasLifecycleNews = (signals: LifecycleSignals | undefined): boolean =>
  signals !== undefined && (signals.restarts > 0 || signals.waiting !== NO_WAITS);

export const createLifecycle = (
  table: SeriesTable,
  inputs: readonly CatalogInput[],
  reasons: readonly string[],
  carryMs: number,
): Lifecycle => {
  const kinds = inputs.map(({ kind }) => kind);
  const kindOf = (slot: number): CatalogInput['kind'] => kinds[table.input[slot]!]!;

  /** Restart counters may be summed over the pod (recorded), then any killed container of the pod is the one. */
  const wasKilled = (unit: Unit, restarted: number, atMs: number): boolean => {
    const container = table.labels[restarted]!.container;
    return unit.lifeSlots.some(
      (slot) =>
        kindOf(slot) === 'oom_killed' &&
        table.value[slot]! >= 1 &&
        table.holds(slot, atMs, carryMs) &&
        (container === undefined || table.labels[slot]!.container === container),
    );
  };

  const read = (workload: Workload, atMs: number, tick: number, throttledRatio: number): LifecycleSignals | undefined => {
    let restarts = 0;
    let oomKills = 0;
    let waiting: Record<string, number> | undefined;
    let isKnown = false;
    for (const unit of workload.units)
      for (const slot of unit.lifeSlots) {
        isKnown = true;
        const kind = kindOf(slot);
        if (kind === 'restarts' && table.freshTick[slot] === tick && table.value[slot]! > 0) {
          restarts += table.value[slot]!;
          if (wasKilled(unit, slot, atMs)) oomKills++;
        } else if (kind === 'waiting' && table.value[slot]! >= 1 && table.holds(slot, atMs, carryMs)) {
          const reason = reasons[table.aux[slot]!]!;
          waiting ??= {};
          waiting[reason] = (waiting[reason] ?? 0) + 1;
        }
      }
    if (restarts === 0 && waiting === undefined && Number.isNaN(throttledRatio)) return isKnown ? QUIET : undefined;
    return { restarts, oomKills, waiting: waiting ?? NO_WAITS, throttledRatio };
  };

  return { read };
};
