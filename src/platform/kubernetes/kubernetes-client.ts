import { readBody } from '../http-client.ts';
import { KubernetesApiError } from './api-error.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import { type KindName, type KubernetesObject, nameOfObject, type ObjectName } from './kubernetes-object.ts';
import { createResourcePaths, type ResourceInfo } from './resource-paths.ts';
import { readWatch, type WatchEvent } from './watch-stream.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** For the whole call; 10 s where absent. */
  readonly timeoutMs?: number;
}

export interface WriteOptions extends CallOptions {
  /** Checked by the server, admission included, but not stored. */
  readonly dryRun?: boolean;
  /** `status`, `scale`, `ephemeralcontainers`. */
  readonly subresource?: string;
  /** Who is written into `managedFields`. */
  readonly fieldManager?: string;
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Take fields over from other managers instead of failing with `conflict`. */
  readonly force?: boolean;
}

export interface PatchOptions extends WriteOptions {
  readonly type?: 'merge' | 'json' | 'strategic';
}

export interface DeleteOptions extends CallOptions {
  readonly dryRun?: boolean;
  /** What happens to objects that this one owns; `background` where absent. */
  readonly propagation?: 'background' | 'foreground' | 'orphan';
  /** Only this very object, in this very state; else `conflict`. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface Selection extends CallOptions {
  /** All namespaces where absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ListOptions extends Selection {
  /** Objects per answer; 500 where absent. */
  readonly pageSize?: number;
}

export interface WatchOptions extends Selection {
  /** From here on; what `list` gave. */
  readonly resourceVersion: string;
  /** The stream ends by itself after this. */
  readonly seconds?: number;
}

export interface ObjectList<T extends KubernetesObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/**
 * The Kubernetes API for any kind, as plain JSON: nothing is converted or dropped. Errors are `KubernetesApiError` for an answer
 * (`not_found`, `conflict`, `forbidden`, `invalid_input`, ...) and those of `HttpClient` where there is none. Nothing is retried.
 */
export interface KubernetesClient {
  readonly server: string;
  /** Namespace of the pod or of the kubeconfig's context. */
  readonly namespace: string | undefined;
  kind(kind: KindName, options?: CallOptions): Promise<ResourceInfo>;
  get<T extends KubernetesObject>(name: ObjectName, options?: CallOptions): Promise<T>;
  /** Undefined where there is none. */
  find<T extends KubernetesObject>(name: ObjectName, options?: CallOptions): Promise<T | undefined>;
  list<T extends KubernetesObject>(kind: KindName, options?: ListOptions): Promise<ObjectList<T>>;
  /** The same page by page: memory stays bounded. */
  pages<T extends KubernetesObject>(kind: KindName, options?: ListOptions): AsyncIterable<ObjectList<T>>;
  watch<T extends KubernetesObject>(kind: KindName, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  /** `conflict` where it exists already. */
  create<T extends KubernetesObject>(object: T, options?: WriteOptions): Promise<T>;
  /** `conflict` where `metadata.resourceVersion` is not the stored one: whoever comes second has to read again. */
  replace<T extends KubernetesObject>(object: T, options?: WriteOptions): Promise<T>;
  /** Server-side apply: only the given fields are owned; others stay. */
  apply<T extends KubernetesObject>(object: T, options: ApplyOptions): Promise<T>;
  patch<T extends KubernetesObject>(name: ObjectName, patch: unknown, options?: PatchOptions): Promise<T>;
  /** Resolves also where it was gone already. */
  delete(name: ObjectName, options?: DeleteOptions): Promise<void>;
  /** Any path, as JSON, such as `/version`. */
  raw(path: string, options?: CallOptions): Promise<unknown>;
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_PAGE_SIZE = 500;
const MAX_ANSWER_BYTES = 256 << 20;
const MAX_ERROR_BYTES = 1 << 20;
const WATCH_SECONDS = 300;
// The server ends the stream; this is only for one that is gone without a word.
const WATCH_GRACE_MS = 15_000;
const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;
const PROPAGATION = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' } as const;

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
}

const withQuery = (path: string, query: Query = {}): string => {
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)] as [string, string]]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
};

const writeQuery = ({ dryRun, fieldManager }: WriteOptions): Query => ({ dryRun: dryRun === true ? 'All' : undefined, fieldManager });

export const createKubernetesClient = (connection: ClusterConnection): KubernetesClient => {
  const send = async ({ method, path, query, body, contentType = 'application/json', signal, timeoutMs = DEFAULT_TIMEOUT_MS }: Call) => {
    const answer = await connection.send(withQuery(path, query), {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': contentType }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      timeoutMs,
    });
    if (answer.status >= 200 && answer.status < 300) return answer;
    const text = Buffer.from(await readBody(answer.body, MAX_ERROR_BYTES)).toString('utf8');
    throw new KubernetesApiError(`${method} ${path}`, answer.status, text);
  };
  const call = async (request: Call): Promise<unknown> => {
    const { body } = await send(request);
    return JSON.parse(Buffer.from(await readBody(body, MAX_ANSWER_BYTES)).toString('utf8')) as unknown;
  };
  const paths = createResourcePaths((path) => call({ method: 'GET', path }));
  const objectPath = (name: ObjectName, subresource?: string): Promise<string> =>
    paths.path(name, { namespace: name.namespace, name: name.name, ...(subresource === undefined ? {} : { subresource }) });

  async function* pages<T extends KubernetesObject>(kind: KindName, options: ListOptions = {}): AsyncGenerator<ObjectList<T>> {
    const { namespace, labelSelector, fieldSelector, pageSize: limit = DEFAULT_PAGE_SIZE, ...rest } = options;
    const path = await paths.path(kind, { namespace });
    let next: string | undefined;
    do {
      const query = { labelSelector, fieldSelector, limit, continue: next };
      const page = (await call({ method: 'GET', path, query, ...rest })) as {
        readonly items: readonly T[];
        readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
      };
      // Items of a list do not say what they are.
      const items = page.items.map((item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }));
      yield { items, resourceVersion: page.metadata.resourceVersion };
      next = page.metadata.continue || undefined;
    } while (next !== undefined);
  }

  const get = async <T extends KubernetesObject>(name: ObjectName, options: CallOptions = {}): Promise<T> =>
    (await call({ method: 'GET', path: await objectPath(name), ...options })) as T;

  const isAbsent = (thrown: unknown): boolean => thrown instanceof KubernetesApiError && thrown.code === 'not_found';

  return {
    server: connection.server,
    namespace: connection.namespace,
    kind: (kind) => paths.info(kind),
    get,
    find: async <T extends KubernetesObject>(name: ObjectName, options: CallOptions = {}) => {
      try {
        return await get<T>(name, options);
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    pages,
    list: async <T extends KubernetesObject>(kind: KindName, options: ListOptions = {}) => {
      const items: T[] = [];
      let resourceVersion = '';
      for await (const page of pages<T>(kind, options)) {
        items.push(...page.items);
        resourceVersion = page.resourceVersion;
      }
      return { items, resourceVersion };
    },
    async *watch<T extends KubernetesObject>(kind: KindName, options: WatchOptions) {
      const { namespace, labelSelector, fieldSelector, resourceVersion, seconds = WATCH_SECONDS, ...rest } = options;
      const path = await paths.path(kind, { namespace });
      const query = { labelSelector, fieldSelector, watch: 1, resourceVersion, allowWatchBookmarks: true, timeoutSeconds: seconds };
      const timeoutMs = options.timeoutMs ?? seconds * 1000 + WATCH_GRACE_MS;
      const answer = await send({ method: 'GET', path, query, ...rest, timeoutMs });
      yield* readWatch<T>(`watch ${path}`, answer.body);
    },
    create: async <T extends KubernetesObject>(object: T, { subresource, ...options }: WriteOptions = {}) => {
      const { namespace, name } = nameOfObject(object);
      const at = subresource === undefined ? { namespace } : { namespace, name, subresource };
      return (await call({
        method: 'POST',
        path: await paths.path(object, at),
        query: writeQuery(options),
        body: object,
        ...callOf(options),
      })) as T;
    },
    replace: async <T extends KubernetesObject>(object: T, options: WriteOptions = {}) => {
      const path = await objectPath(nameOfObject(object), options.subresource);
      return (await call({ method: 'PUT', path, query: writeQuery(options), body: object, ...callOf(options) })) as T;
    },
    apply: async <T extends KubernetesObject>(object: T, options: ApplyOptions) => {
      const path = await objectPath(nameOfObject(object), options.subresource);
      const query = { ...writeQuery(options), force: options.force };
      // JSON is YAML.
      return (await call({
        method: 'PATCH',
        path,
        query,
        body: object,
        contentType: 'application/apply-patch+yaml',
        ...callOf(options),
      })) as T;
    },
    patch: async <T extends KubernetesObject>(name: ObjectName, patch: unknown, options: PatchOptions = {}) => {
      const path = await objectPath(name, options.subresource);
      const contentType = PATCH_TYPES[options.type ?? 'merge'];
      return (await call({ method: 'PATCH', path, query: writeQuery(options), body: patch, contentType, ...callOf(options) })) as T;
    },
    delete: async (name, options = {}) => {
      const { propagation = 'background', preconditions, dryRun } = options;
      const body = { propagationPolicy: PROPAGATION[propagation], ...(preconditions ? { preconditions } : {}) };
      try {
        await call({
          method: 'DELETE',
          path: await objectPath(name),
          query: writeQuery({ dryRun: dryRun === true }),
          body,
          ...callOf(options),
        });
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    },
    raw: (path, options = {}) => call({ method: 'GET', path, ...options }),
    close: () => connection.close(),
  };
};

const callOf = ({ signal, timeoutMs }: CallOptions): CallOptions => ({
  ...(signal === undefined ? {} : { signal }),
  ...(timeoutMs === undefined ? {} : { timeoutMs }),
});
