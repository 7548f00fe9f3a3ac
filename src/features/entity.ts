import type { WorkloadKey } from '../conventions/index.ts';
import type { LayoutEntry } from './layouts.ts';
import type { OwnerRecord } from './owners.ts';

/** A pod, a node, or an entity without pods: what series belong to. */
export interface Unit {
  /** Key in the registry. */
  readonly id: string;
  readonly kind: 'pod' | 'node' | 'own';
  readonly namespace: string;
  /** The pod's name; "" where the unit is no pod. For a node still to be named: its instance. */
  readonly name: string;
  /** Known at once where the series name the workload themselves. */
  readonly givenKey: WorkloadKey | undefined;
  /** Slots of series that carry numbers. */
  readonly slots: number[];
  /** Slots of restarts, OOM kills and waiting reasons. */
  readonly lifeSlots: number[];
  /** Slots of the series that name its owner; the newest is last. */
  readonly ownerSlots: number[];
  owner: OwnerRecord | undefined;
  workload: Workload | undefined;
  /** The workload was guessed from labels or the pod's name. */
  guessed: boolean;
  /** ReplicaSet of the pod, where known. */
  replicaSet: string | undefined;
  /** Instant at which the first sample was consumed; NaN before. */
  firstMs: number;
  /** Earliest pending sample; used by the samples pace alone. */
  nextMs: number;
}

/** What frames are made for. */
export interface Workload {
  readonly id: string;
  readonly key: WorkloadKey;
  /** Its pods come and go by design. */
  readonly isFinite: boolean;
  /** Some unit is or was a pod. */
  hasPods: boolean;
  /** Sorted by name, so that frames do not depend on the order of the series. */
  readonly units: Unit[];
  /** 1 per catalogue feature that a series of this workload feeds, or fed since it was first seen. */
  readonly has: Uint8Array;
  /** Undefined where a feature was added since the last frame. */
  layout: LayoutEntry | undefined;
  /** Its place among the workloads; given to another one after it was forgotten. */
  readonly index: number;
  /** Instant of the first frame; NaN before. */
  firstMs: number;
  /** Pods alive by their owner series at the last frame that could tell; -1 before. */
  replicas: number;
  changed: 'rollout' | 'scale' | undefined;
  /** Since when it has no units; NaN while it has some. */
  emptyMs: number;
  nextMs: number;
}

/** Splits what can hold any character; no label value of Kubernetes holds it. */
const SEPARATOR = '\n';

export const podUnitId = (namespace: string, pod: string): string => `p${SEPARATOR}${namespace}${SEPARATOR}${pod}`;
export const nodeUnitId = (instance: string): string => `n${SEPARATOR}${instance}`;
export const ownUnitId = (workload: string, pod: string): string => `w${SEPARATOR}${workload}${SEPARATOR}${pod}`;

export const createUnit = (parts: Pick<Unit, 'id' | 'kind' | 'namespace' | 'name' | 'givenKey'>): Unit => ({
  ...parts,
  slots: [],
  lifeSlots: [],
  ownerSlots: [],
  owner: undefined,
  workload: undefined,
  guessed: false,
  replicaSet: undefined,
  firstMs: Number.NaN,
  nextMs: Number.POSITIVE_INFINITY,
});

/** Controllers that run their pods to an end: a change in their number would be reported at every run. */
const FINITE_KINDS = new Set(['Job', 'CronJob']);

export const createWorkload = (id: string, key: WorkloadKey, index: number, features: number): Workload => ({
  id,
  key,
  isFinite: FINITE_KINDS.has(key.workloadKind),
  hasPods: false,
  units: [],
  has: new Uint8Array(features),
  layout: undefined,
  index,
  firstMs: Number.NaN,
  replicas: -1,
  changed: undefined,
  emptyMs: Number.NaN,
  nextMs: Number.POSITIVE_INFINITY,
});

/** Puts a unit in its place by name. */
export const insertUnit = (units: Unit[], unit: Unit): void => {
  let low = 0;
  let high = units.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (units[middle]!.id < unit.id) low = middle + 1;
    else high = middle;
  }
  units.splice(low, 0, unit);
};

/** Removes one element without keeping order. */
export const removeUnordered = <T>(list: T[], item: T): void => {
  const index = list.indexOf(item);
  if (index < 0) return;
  list[index] = list[list.length - 1]!;
  list.pop();
};
