import { BellwetherError, type KubernetesClient, type KubernetesObject, type ObjectName } from '../platform/index.ts';

type Json = Record<string, unknown>;
interface Stored {
  object: KubernetesObject;
  /** Leaves that our field manager applied, as JSON texts of their paths. */
  owned: Set<string>;
}

export interface FakeCluster {
  readonly client: KubernetesClient;
  put(object: KubernetesObject): void;
  get(name: ObjectName): KubernetesObject | undefined;
  all(kind: string): readonly KubernetesObject[];
  /** Creations by kind and name: an object that was made twice counts two. */
  readonly created: Map<string, number>;
  /** Runs before each write; may throw. */
  onWrite: (verb: string, name: string) => void;
}

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const keyOf = ({ apiVersion, kind, name, namespace = '' }: ObjectName): string => `${apiVersion}|${kind}|${namespace}|${name}`;
const nameOf = ({ apiVersion, kind, metadata }: KubernetesObject): ObjectName => ({
  apiVersion,
  kind,
  name: metadata.name,
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
});

const leaves = (value: unknown, path: readonly string[] = []): [path: readonly string[], value: unknown][] =>
  isRecord(value) ? Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name])) : [[path, value]];
const IDENTITY = new Set([
  '["apiVersion"]',
  '["kind"]',
  '["metadata","name"]',
  '["metadata","namespace"]',
  '["metadata","resourceVersion"]',
]);

const setAt = (object: Json, path: readonly string[], value: unknown): void => {
  let at = object;
  for (const name of path.slice(0, -1)) {
    if (!isRecord(at[name])) at[name] = {};
    at = at[name] as Json;
  }
  const last = path.at(-1) ?? '';
  if (value === undefined) delete at[last];
  else at[last] = value;
};

const prune = (value: Json): void => {
  for (const [name, inner] of Object.entries(value)) {
    if (!isRecord(inner)) continue;
    prune(inner);
    if (Object.keys(inner).length === 0 && ['labels', 'annotations'].includes(name)) delete value[name];
  }
};

/** An API server in memory for tests of what writes to one: optimistic concurrency, labels, server-side apply by a single manager. */
export const createFakeCluster = (served: readonly string[], nowText: () => string = () => '2026-01-01T00:00:00Z'): FakeCluster => {
  const stored = new Map<string, Stored>();
  const created = new Map<string, number>();
  let version = 0;
  const fail = (code: ConstructorParameters<typeof BellwetherError>[0], message: string): never => {
    throw new BellwetherError(code, message);
  };
  const kindKnown = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): void => {
    if (!served.includes(kind)) fail('not_found', `the API server knows no ${kind} of ${apiVersion}`);
  };
  const keep = (object: KubernetesObject, owned: Set<string>): KubernetesObject => {
    const key = keyOf(nameOf(object));
    const before = stored.get(key);
    version++;
    if (!before) created.set(key, (created.get(key) ?? 0) + 1);
    const { metadata } = object;
    const next = {
      ...object,
      metadata: {
        ...metadata,
        uid: before?.object.metadata.uid ?? `uid-${version}`,
        creationTimestamp: before?.object.metadata.creationTimestamp ?? nowText(),
        resourceVersion: String(version),
      },
    };
    stored.set(key, { object: structuredClone(next), owned });
    return structuredClone(next);
  };
  const find = async <T extends KubernetesObject>(name: ObjectName) => structuredClone(stored.get(keyOf(name))?.object) as T | undefined;

  const cluster: FakeCluster = {
    created,
    onWrite: () => undefined,
    put: (object) => void keep(object, stored.get(keyOf(nameOf(object)))?.owned ?? new Set()),
    get: (name) => stored.get(keyOf(name))?.object,
    all: (kind) => [...stored.values()].map(({ object }) => object).filter((object) => object.kind === kind),
    client: {
      server: 'https://fake',
      namespace: 'bellwether',
      kind: async (kind) => {
        kindKnown(kind);
        return { resource: `${kind.kind.toLowerCase()}s`, namespaced: true, verbs: [] };
      },
      get: async <T extends KubernetesObject>(name: ObjectName) =>
        (await find<T>(name)) ?? fail('not_found', `${name.kind} ${name.name} not found`),
      find,
      async *pages<T extends KubernetesObject>(kind: { readonly apiVersion: string; readonly kind: string }, selection = {}) {
        yield await cluster.client.list<T>(kind, selection);
      },
      list: async <T extends KubernetesObject>(kind: { readonly apiVersion: string; readonly kind: string }, selection = {}) => {
        kindKnown(kind);
        const { namespace, labelSelector } = selection as { readonly namespace?: string; readonly labelSelector?: string };
        const wanted = (labelSelector ?? '')
          .split(',')
          .filter(Boolean)
          .map((part) => part.split('=') as [string, string]);
        const items = [...stored.values()]
          .map(({ object }) => object)
          .filter((object) => object.kind === kind.kind && object.apiVersion === kind.apiVersion)
          .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
          .filter(({ metadata }) => wanted.every(([name, value]) => metadata.labels?.[name] === value));
        return { items: structuredClone(items) as unknown as readonly T[], resourceVersion: String(version) };
      },
      watch: () => fail('internal', 'not faked'),
      create: async <T extends KubernetesObject>(object: T) => {
        cluster.onWrite('create', object.metadata.name);
        if (stored.has(keyOf(nameOf(object)))) fail('conflict', `${object.metadata.name} already exists`);
        return keep(object, new Set()) as T;
      },
      replace: async <T extends KubernetesObject>(object: T) => {
        cluster.onWrite('replace', object.metadata.name);
        const before = stored.get(keyOf(nameOf(object))) ?? fail('not_found', `${object.metadata.name} not found`);
        if (before.object.metadata.resourceVersion !== object.metadata.resourceVersion) fail('conflict', 'changed in the meantime');
        return keep(object, before.owned) as T;
      },
      apply: async <T extends KubernetesObject>(object: T) => {
        cluster.onWrite('apply', object.metadata.name);
        kindKnown(object);
        const before = stored.get(keyOf(nameOf(object)));
        const { resourceVersion } = object.metadata;
        if (resourceVersion !== undefined && before?.object.metadata.resourceVersion !== resourceVersion) fail('conflict', 'changed');
        const next = (before ? structuredClone(before.object) : { metadata: {} }) as Json;
        const given = leaves(object).filter(([path]) => !IDENTITY.has(JSON.stringify(path)));
        const owned = new Set(given.map(([path]) => JSON.stringify(path)));
        for (const path of before?.owned ?? []) if (!owned.has(path)) setAt(next, JSON.parse(path) as string[], undefined);
        for (const [path, value] of leaves(object)) if (path.at(-1) !== 'resourceVersion') setAt(next, path, value);
        prune(next);
        return keep(next as unknown as KubernetesObject, owned) as T;
      },
      patch: async <T extends KubernetesObject>(name: ObjectName, patch: unknown) => {
        cluster.onWrite('patch', name.name);
        const before = stored.get(keyOf(name)) ?? fail('not_found', `${name.name} not found`);
        const next = structuredClone(before.object) as unknown as Json;
        const owned = new Set(before.owned);
        if (!Array.isArray(patch)) {
          for (const [path, value] of leaves(patch)) setAt(next, path, value === null ? undefined : value);
          return keep(next as unknown as KubernetesObject, owned) as T;
        }
        for (const { op, path, value } of patch as { op: string; path: string; value: unknown }[]) {
          const parts = path
            .split('/')
            .slice(1)
            .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
          if (op === 'test') {
            if (before.object.metadata.resourceVersion !== value) fail('conflict', 'changed');
            continue;
          }
          setAt(next, parts, value);
          owned.delete(JSON.stringify(parts));
        }
        return keep(next as unknown as KubernetesObject, owned) as T;
      },
      delete: async (name) => {
        cluster.onWrite('delete', name.name);
        stored.delete(keyOf(name));
      },
      raw: async () => ({}),
      close: async () => undefined,
    },
  };
  return cluster;
};
