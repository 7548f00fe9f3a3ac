import { type WorkloadKey, workloadId } from '../conventions/index.ts';
import { createWorkload, insertUnit, type Unit, type Workload } from './entity.ts';
import { hasNoOwner, type OwnerRecord, ownedKey } from './owners.ts';
import type { Plan } from './plan.ts';
import { guessJobOwner, guessPodOwner, guessReplicaSetOwner } from './pod-name.ts';
import type { SeriesTable } from './series-table.ts';

/**
 * How long a pod may be without an owner series before its workload is guessed: kube-state-metrics is scraped on its own
 * beat, and a guess that has to be taken back would be a second workload for a minute.
 */
export const IDENTITY_GRACE_STEPS = 4;

export interface Identity {
  readonly workloads: ReadonlyMap<string, Workload>;
  /** Workloads by their index. */
  readonly byIndex: readonly Workload[];
  /** Units that have no workload yet, or only a guessed one and news about their owner. */
  readonly unresolved: Set<Unit>;
  /** Takes in what an owner series says; called when its first sample is consumed. */
  learn(record: OwnerRecord, unit: Unit | undefined): void;
  /** Forgets what an owner series said. */
  unlearn(record: OwnerRecord): void;
  /** Tries to find the unit's workload; true where it has one now. */
  resolve(unit: Unit, atMs: number): boolean;
  /** The same for every unit that waits. */
  resolveAll(atMs: number): void;
  /** Pods whose workload is a guess. */
  readonly guessedPods: number;
  /** Takes a unit out of its workload. */
  leave(unit: Unit, atMs: number): void;
  /** Forgets a workload without units. */
  forget(workload: Workload): void;
}

interface Found {
  readonly key: WorkloadKey;
  readonly replicaSet?: string | undefined;
  readonly guessed: boolean;
}

export const createIdentity = (
  plan: Plan,
  table: SeriesTable,
  stepMs: number,
  onJoin: (workload: Workload, unit: Unit, atMs: number) => void,
): Identity => {
  const workloads = new Map<string, Workload>();
  const byIndex: Workload[] = [];
  const freeIndexes: number[] = [];
  const unresolved = new Set<Unit>();
  const owners = new Map<string, OwnerRecord>();
  const kinds = new Set(plan.catalog.inputs.map(({ kind }) => kind));
  const knowsPods = kinds.has('pod_owner') || kinds.has('pod_workload');
  const graceMs = IDENTITY_GRACE_STEPS * stepMs;
  let guessedUnits = 0;
  let guessedPods = 0;
  let hasNews = false;

  const isPatient = (unit: Unit, atMs: number, known: boolean): boolean => known && !(atMs - unit.firstMs >= graceMs);

  const workloadKey = (unit: Unit, workloadKind: string, workload: string): WorkloadKey => ({
    namespace: unit.namespace,
    workload,
    workloadKind,
  });

  /** The owner of a ReplicaSet or a Job: by its own owner series, else by its name once waiting is over. */
  const throughController = (unit: Unit, owner: OwnerRecord, kind: 'ReplicaSet' | 'Job', atMs: number): Found | undefined => {
    const above = owners.get(ownedKey(kind, unit.namespace, owner.name));
    const { replicaSet } = owner;
    if (above !== undefined)
      return hasNoOwner(above.kind)
        ? { key: workloadKey(unit, kind, owner.name), replicaSet, guessed: false }
        : { key: workloadKey(unit, above.kind, above.name), replicaSet, guessed: false };
    if (isPatient(unit, atMs, kinds.has(kind === 'ReplicaSet' ? 'replicaset_owner' : 'job_owner'))) return undefined;
    const guess = kind === 'ReplicaSet' ? guessReplicaSetOwner(owner.name) : guessJobOwner(owner.name);
    return { key: workloadKey(unit, guess.workloadKind, guess.workload), replicaSet, guessed: true };
  };

  const byOwner = (unit: Unit, owner: OwnerRecord, atMs: number): Found | undefined => {
    const { kind, name, replicaSet } = owner;
    if (owner.final && name !== '') return { key: workloadKey(unit, kind, name), replicaSet, guessed: false };
    // A static pod is owned by its node; each is a workload of its own, as for a pod without owner.
    if (hasNoOwner(kind) || kind === 'Node' || name === '') return { key: workloadKey(unit, 'Pod', unit.name), guessed: false };
    if (kind === 'ReplicaSet' || kind === 'Job') return throughController(unit, owner, kind, atMs);
    return { key: workloadKey(unit, kind, name), guessed: false };
  };

  const byLabel = (unit: Unit): Found | undefined => {
    for (const { label, workloadKind } of plan.catalog.fallback.labels)
      for (const slot of [...unit.slots, ...unit.lifeSlots]) {
        const name = table.labels[slot]?.[label];
        if (name) return { key: workloadKey(unit, workloadKind, name), guessed: true };
      }
    return undefined;
  };

  const guessPod = (unit: Unit): Found => {
    const named = byLabel(unit);
    if (named) return named;
    const guess = guessPodOwner(unit.name);
    return { key: workloadKey(unit, guess.workloadKind, guess.workload), replicaSet: guess.replicaSet, guessed: true };
  };

  const findNode = (unit: Unit, atMs: number): Found | undefined => {
    const name = owners.get(ownedKey('instance', '', unit.name))?.name;
    if (name) return { key: { namespace: '', workload: name, workloadKind: 'Node' }, guessed: false };
    if (isPatient(unit, atMs, kinds.has('node_name'))) return undefined;
    // host:port, also [IPv6]:port.
    const host = unit.name.replace(/:\d+$/, '');
    return { key: { namespace: '', workload: host, workloadKind: 'Node' }, guessed: true };
  };

  const find = (unit: Unit, atMs: number): Found | undefined => {
    if (unit.givenKey) return { key: unit.givenKey, guessed: false };
    if (unit.kind === 'node') return findNode(unit, atMs);
    if (unit.owner) return byOwner(unit, unit.owner, atMs);
    return isPatient(unit, atMs, knowsPods) ? undefined : guessPod(unit);
  };

  const setGuessed = (unit: Unit, isGuess: boolean): void => {
    const change = Number(isGuess) - Number(unit.guessed);
    guessedUnits += change;
    if (unit.kind === 'pod') guessedPods += change;
    unit.guessed = isGuess;
  };

  const setWorkload = (unit: Unit, workload: Workload | undefined): void => {
    unit.workload = workload;
    for (const list of [unit.slots, unit.lifeSlots, unit.ownerSlots]) for (const slot of list) table.workload[slot] = workload?.index ?? -1;
  };

  const workloadFor = (id: string, key: WorkloadKey): Workload => {
    const known = workloads.get(id);
    if (known) return known;
    const index = freeIndexes.pop() ?? byIndex.length;
    const workload = createWorkload(id, key, index, plan.features.length);
    byIndex[index] = workload;
    workloads.set(id, workload);
    return workload;
  };

  const leave = (unit: Unit, atMs: number): void => {
    const { workload } = unit;
    setGuessed(unit, false);
    unresolved.delete(unit);
    if (!workload) return;
    workload.units.splice(workload.units.indexOf(unit), 1);
    if (workload.units.length === 0) workload.emptyMs = atMs;
    setWorkload(unit, undefined);
  };

  const join = (unit: Unit, found: Found, atMs: number): void => {
    const id = workloadId(found.key);
    if (unit.workload?.id !== id) {
      leave(unit, atMs);
      const workload = workloadFor(id, found.key);
      unit.replicaSet = found.replicaSet;
      setWorkload(unit, workload);
      insertUnit(workload.units, unit);
      workload.hasPods ||= unit.kind === 'pod';
      workload.emptyMs = Number.NaN;
      onJoin(workload, unit, atMs);
    }
    setGuessed(unit, found.guessed);
  };

  const resolve = (unit: Unit, atMs: number): boolean => {
    const found = find(unit, atMs);
    if (found) {
      join(unit, found, atMs);
      unresolved.delete(unit);
    }
    return unit.workload !== undefined;
  };

  /** A guess may be wrong: guessed units are looked at again when something new is known about owners. */
  const resolveAll = (atMs: number): void => {
    if (hasNews && guessedUnits > 0)
      for (const { units } of workloads.values()) for (const unit of units) if (unit.guessed) unresolved.add(unit);
    hasNews = false;
    for (const unit of unresolved) resolve(unit, atMs);
  };

  return {
    workloads,
    byIndex,
    unresolved,
    learn: (record, unit) => {
      if (unit) {
        unit.owner = record;
        if (unit.workload === undefined || unit.guessed) unresolved.add(unit);
        return;
      }
      owners.set(record.key, record);
      hasNews = true;
    },
    unlearn: (record) => {
      if (owners.get(record.key) === record) owners.delete(record.key);
    },
    resolve,
    resolveAll,
    leave,
    forget: (workload) => {
      workloads.delete(workload.id);
      freeIndexes.push(workload.index);
    },
    get guessedPods() {
      return guessedPods;
    },
  };
};
