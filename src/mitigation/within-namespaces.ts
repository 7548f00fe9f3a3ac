import type { KubernetesClient, KubernetesObject, ListOptions, ObjectList } from '../platform/index.ts';

/**
 * A client whose lists over all namespaces are those of these few, so that rights in them are enough. All of the cluster where none is named; kinds
 * without a namespace are listed as ever.
 */
export const withinNamespaces = (client: KubernetesClient, namespaces: readonly string[]): KubernetesClient => {
  if (namespaces.length === 0) return client;
  const list = async <T extends KubernetesObject>(
    ...[kind, options = {}]: Parameters<KubernetesClient['list']>
  ): Promise<ObjectList<T>> => {
    const one = (more: Pick<ListOptions, 'namespace'>) => client.list<T>(kind, { ...options, ...more });
    if (options.namespace !== undefined || !(await client.kind(kind)).namespaced) return await one({});
    const items: T[] = [];
    let resourceVersion = '';
    for (const namespace of namespaces) {
      const found = await one({ namespace });
      items.push(...found.items);
      ({ resourceVersion } = found);
    }
    return { items, resourceVersion };
  };
  return { ...client, list };
};
