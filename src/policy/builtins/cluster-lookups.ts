import { type ClusterIndex, type IndexedObject, sameNamespace, selectorMatches } from '../cluster/cluster-index.ts';
import { isRecord, type JsonRecord, listOf, recordOf } from '../model/value.ts';
import { labelsOf, pairsMatch } from './facts.ts';

// Rules ask for each object about all others: without these tables a tree of ten thousand objects would take a hundred million comparisons.

const tables = new WeakMap<ClusterIndex, Map<string, unknown>>();

/** A table over a cluster, built when it is first asked for. */
export const tableOf = <T>(cluster: ClusterIndex, name: string, build: () => T): T => {
  let ofCluster = tables.get(cluster);
  if (!ofCluster) {
    ofCluster = new Map();
    tables.set(cluster, ofCluster);
  }
  let table = ofCluster.get(name);
  if (table === undefined) {
    table = build();
    ofCluster.set(name, table);
  }
  return table as T;
};

/** Adds to the list under a key. */
export const addTo = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
};

const pairKey = (key: string, value: unknown): string => `${key}=${String(value)}`;

interface Labelled {
  readonly entries: () => readonly IndexedObject[];
  readonly labelsOf: (entry: IndexedObject) => JsonRecord;
}

/** Objects that have all labels of a plain selector, by way of the rarest of them; none for an empty selector. */
const byPairs = (cluster: ClusterIndex, name: string, { entries, labelsOf }: Labelled, pairs: JsonRecord): readonly IndexedObject[] => {
  const table = tableOf(cluster, name, () => {
    const byPair = new Map<string, IndexedObject[]>();
    for (const entry of entries()) for (const [key, value] of Object.entries(labelsOf(entry))) addTo(byPair, pairKey(key, value), entry);
    return byPair;
  });
  const lists = Object.entries(pairs).map(([key, value]) => table.get(pairKey(key, value)) ?? []);
  const shortest = lists.reduce<readonly IndexedObject[]>((a, b) => (b.length < a.length ? b : a), lists[0] ?? []);
  return shortest.filter((entry) => pairsMatch(pairs, labelsOf(entry)));
};

const podLabels = (entry: IndexedObject): JsonRecord => recordOf(entry.pods?.metadata.labels);

/** Workloads whose pods have all labels of a plain selector; none for an empty one. */
export const workloadsByPairs = (cluster: ClusterIndex, pairs: JsonRecord, namespace: string | undefined): readonly IndexedObject[] =>
  byPairs(cluster, 'workloads by label', { entries: () => cluster.workloads(), labelsOf: podLabels }, pairs).filter((entry) =>
    sameNamespace(entry.namespace, namespace),
  );

/** Services whose own labels a label selector fits, in all namespaces. */
export const servicesBySelector = (cluster: ClusterIndex, selector: unknown): readonly IndexedObject[] => {
  const pairs = recordOf(recordOf(selector).matchLabels);
  const own = (entry: IndexedObject): JsonRecord => labelsOf(entry.object);
  const candidates =
    Object.keys(pairs).length > 0
      ? byPairs(cluster, 'services by label', { entries: () => cluster.list('Service'), labelsOf: own }, pairs)
      : cluster.list('Service');
  return candidates.filter((entry) => selectorMatches(selector, own(entry)));
};

interface Selecting {
  readonly byPair: Map<string, IndexedObject[]>;
  /** Those without plain pairs: expressions only, or everything. */
  readonly others: IndexedObject[];
}

/** Objects of a kind whose label selector may fit labels: what is left has to be compared in full. */
export const mayBeSelecting = (
  cluster: ClusterIndex,
  groupKind: string,
  selectorOf: (object: JsonRecord) => unknown,
  labels: JsonRecord,
  namespace: string | undefined,
): readonly IndexedObject[] => {
  const { byPair, others } = tableOf(cluster, `selectors of ${groupKind}`, () => {
    const table: Selecting = { byPair: new Map(), others: [] };
    for (const entry of cluster.list(groupKind)) {
      const selector = selectorOf(entry.object);
      const first = isRecord(selector) ? Object.entries(recordOf(selector.matchLabels))[0] : undefined;
      if (first) addTo(table.byPair, pairKey(...first), entry);
      else table.others.push(entry);
    }
    return table;
  });
  const found = Object.entries(labels).flatMap(([key, value]) => byPair.get(pairKey(key, value)) ?? []);
  return [...found, ...others].filter((entry) => sameNamespace(entry.namespace, namespace));
};

/** Workloads that a label selector fits. */
export const workloadsBySelector = (cluster: ClusterIndex, selector: unknown, namespace: string | undefined): readonly IndexedObject[] => {
  if (!isRecord(selector)) return [];
  const { matchLabels, matchExpressions } = selector;
  const pairs = recordOf(matchLabels);
  const candidates = Object.keys(pairs).length > 0 ? workloadsByPairs(cluster, pairs, namespace) : cluster.workloads({ namespace });
  if (listOf(matchExpressions).length === 0 && Object.keys(pairs).length > 0) return candidates;
  return candidates.filter(({ pods }) => pods && selectorMatches(selector, recordOf(pods.metadata.labels)));
};
