import type { Unit, Workload } from './entity.ts';
import type { SeriesTable } from './series-table.ts';

/** Pods that appear this soon after a workload's first frame belong to its first sight: scrapes of different nodes come one after the other. */
const SETTLING_STEPS = 2;

export interface ReplicaChanges {
  /** A pod has found its workload. */
  joined(workload: Workload, unit: Unit, atMs: number): void;
  /** Compares the number of pods with that of the frame before. */
  count(workload: Workload, atMs: number): void;
}

/**
 * Notices rollouts (a pod of a ReplicaSet that none of the workload's pods belonged to) and changes in the set of pods
 * (scale-out, scale-in, a drain that replaces pods). A container that restarts inside its pod is neither.
 */
export const createReplicaChanges = (table: SeriesTable, stepMs: number, carryMs: number): ReplicaChanges => {
  const isSettled = (workload: Workload, atMs: number): boolean => atMs - workload.firstMs > SETTLING_STEPS * stepMs;

  const joined = (workload: Workload, unit: Unit, atMs: number): void => {
    if (unit.kind !== 'pod' || workload.isFinite || !isSettled(workload, atMs)) return;
    const { replicaSet } = unit;
    const isNewSet = replicaSet !== undefined && !workload.units.some((other) => other !== unit && other.replicaSet === replicaSet);
    if (isNewSet) workload.changed = 'rollout';
    else workload.changed ??= 'scale';
  };

  const isAlive = (unit: Unit, atMs: number): boolean => {
    for (let i = unit.ownerSlots.length - 1; i >= 0; i--) if (table.holds(unit.ownerSlots[i]!, atMs, carryMs)) return true;
    return false;
  };

  const count = (workload: Workload, atMs: number): void => {
    if (workload.isFinite) return;
    let alive = 0;
    for (let i = 0; i < workload.units.length; i++) if (isAlive(workload.units[i]!, atMs)) alive++;
    // No pod at all means that the owner series are missing (kube-state-metrics restarts, a lost scrape), not that every pod went.
    if (alive === 0) return;
    if (workload.replicas !== -1 && alive !== workload.replicas && isSettled(workload, atMs)) workload.changed ??= 'scale';
    workload.replicas = alive;
  };

  return { joined, count };
};
