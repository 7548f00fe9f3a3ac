import { groupKindOf } from '../model/kubernetes-object.ts';
import { type JsonRecord, own, recordOf, stringOf } from '../model/value.ts';
import { type PodPaths, type PodView, podPathOf, viewPods } from '../pods/pod-view.ts';

/** One object that cross-object policies may ask for. */
export interface IndexedObject {
  readonly object: JsonRecord;
  /** `apps/Deployment`, `Service`. */
  readonly groupKind: string;
  /** Undefined where the file does not say: then any namespace may be meant. */
  readonly namespace: string | undefined;
  readonly name: string;
  /** The pods that it makes. */
  readonly pods?: PodView;
}

/** All other objects: those of the scanned files, or of the live cluster. */
export interface ClusterIndex {
  /** Objects of a kind, in a namespace where one is given (`sameNamespace`). */
  list(groupKind: string, namespace?: NamespaceFilter): readonly IndexedObject[];
  get(groupKind: string, namespace: string | undefined, name: string): IndexedObject | undefined;
  /** Everything that makes pods; objects controlled by another one of the index are left out. */
  workloads(namespace?: NamespaceFilter): readonly IndexedObject[];
}

/** `{namespace: undefined}` asks for objects that may lie beside one without a namespace; no filter asks for all. */
export interface NamespaceFilter {
  readonly namespace: string | undefined;
}

/** Unknown on one side may be the same: a false alarm is worse than a missed one when a file does not say. */
export const sameNamespace = (a: string | undefined, b: string | undefined): boolean => a === undefined || b === undefined || a === b;

export const indexedObjectOf = (object: JsonRecord, podPaths?: PodPaths): IndexedObject => {
  const metadata = recordOf(object.metadata);
  const pods = viewPods(object, '', podPaths);
  return {
    object,
    groupKind: groupKindOf(object),
    namespace: stringOf(metadata.namespace) || undefined,
    name: stringOf(metadata.name) ?? '',
    ...(pods === undefined ? {} : { pods }),
  };
};

/** An index over the given objects. Lists must be taken apart before. */
export const createClusterIndex = (objects: Iterable<JsonRecord>, podPaths?: PodPaths): ClusterIndex => {
  const byKind = new Map<string, IndexedObject[]>();
  const byName = new Map<string, IndexedObject[]>();
  const workloads: IndexedObject[] = [];
  for (const object of objects) {
    const entry = indexedObjectOf(object, podPaths);
    push(byKind, entry.groupKind, entry);
    push(byName, `${entry.groupKind}/${entry.name}`, entry);
    if (podPathOf(object, podPaths) !== undefined && !isControlled(object)) workloads.push(entry);
  }
  const select = (entries: readonly IndexedObject[], filter: NamespaceFilter | undefined): readonly IndexedObject[] =>
    filter === undefined ? entries : entries.filter((entry) => sameNamespace(entry.namespace, filter.namespace));
  return {
    list: (groupKind, filter) => select(byKind.get(groupKind) ?? [], filter),
    get: (groupKind, namespace, name) => byName.get(`${groupKind}/${name}`)?.find((entry) => sameNamespace(entry.namespace, namespace)),
    workloads: (filter) => select(workloads, filter),
  };
};

const push = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
};

const isControlled = (object: JsonRecord): boolean => {
  const owners = recordOf(object.metadata).ownerReferences;
  return Array.isArray(owners) && owners.some((owner) => recordOf(owner).controller === true);
};

/** Whether labels fit a LabelSelector (`matchLabels`, `matchExpressions`). An empty selector fits everything, an absent one nothing. */
export const selectorMatches = (selector: unknown, labels: JsonRecord): boolean => {
  if (typeof selector !== 'object' || selector === null) return false;
  const { matchLabels, matchExpressions } = selector as JsonRecord;
  return (
    Object.entries(recordOf(matchLabels)).every(([key, value]) => own(labels, key) === value) &&
    (Array.isArray(matchExpressions) ? matchExpressions : []).every((expression) => requirementMatches(recordOf(expression), labels))
  );
};

const requirementMatches = ({ key, operator, values }: JsonRecord, labels: JsonRecord): boolean => {
  const value = own(labels, String(key));
  const listed = Array.isArray(values) && values.includes(value);
  if (operator === 'In') return value !== undefined && listed;
  // A label that is absent is in no list.
  if (operator === 'NotIn') return !listed;
  if (operator === 'Exists') return value !== undefined;
  return operator === 'DoesNotExist' && value === undefined;
};
