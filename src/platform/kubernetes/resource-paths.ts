import { BellwetherError } from '../error.ts';
import type { KindName } from './kubernetes-object.ts';

/** What the API server says about a kind. */
export interface ResourceInfo {
  /** Plural, as in paths and RBAC rules. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs?: readonly string[];
  }[];
}

export interface ResourcePaths {
  /** Rejects with `not_found` where the server does not know the kind. */
  info(kind: KindName): Promise<ResourceInfo>;
  /** Path of the collection, or of the object where `name` is given. A namespaced kind without a namespace means all namespaces. */
  path(
    kind: KindName,
    at: { readonly namespace?: string | undefined; readonly name?: string; readonly subresource?: string },
  ): Promise<string>;
}

const groupPath = (apiVersion: string): string => (apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`);

/** Kinds to paths by the server's discovery documents, each read once, and again for a kind that was not in it. */
export const createResourcePaths = (read: (path: string) => Promise<unknown>): ResourcePaths => {
  const known = new Map<string, Promise<ReadonlyMap<string, ResourceInfo>>>();

  const load = (apiVersion: string): Promise<ReadonlyMap<string, ResourceInfo>> => {
    const loading = read(groupPath(apiVersion)).then((answer) => {
      const { resources = [] } = answer as ResourceList;
      // Names with a slash are subresources.
      const main = resources.filter(({ name }) => !name.includes('/'));
      return new Map(main.map(({ kind, name, namespaced, verbs = [] }) => [kind, { resource: name, namespaced, verbs }]));
    });
    known.set(apiVersion, loading);
    loading.catch(() => known.delete(apiVersion));
    return loading;
  };

  const info = async ({ apiVersion, kind }: KindName): Promise<ResourceInfo> => {
    const cached = known.get(apiVersion);
    const found = (await cached)?.get(kind) ?? (await load(apiVersion)).get(kind);
    if (!found) throw new BellwetherError('not_found', `the API server knows no ${kind} of ${apiVersion}`);
    return found;
  };

  return {
    info,
    path: async (kind, { namespace, name, subresource }) => {
      const { resource, namespaced } = await info(kind);
      if (namespaced && name !== undefined && !namespace)
        throw new BellwetherError('invalid_input', `${kind.kind} ${name} needs a namespace`);
      const parts = [
        groupPath(kind.apiVersion),
        ...(namespaced && namespace ? ['namespaces', encodeURIComponent(namespace)] : []),
        resource,
        ...(name === undefined ? [] : [encodeURIComponent(name)]),
        ...(subresource === undefined ? [] : [subresource]),
      ];
      return parts.join('/');
    },
  };
};
