import { type KindName, type KubernetesClient, type KubernetesObject, type ObjectName, toBellwetherError } from '../platform/index.ts';
import type { BackEnd, ClusterView } from './back-end.ts';

const keyOf = ({ apiVersion, kind }: KindName): string => `${apiVersion}/${kind}`;

/** A view of given objects; kinds without any are served all the same if they are in `served`. */
export const viewOf = (objects: readonly KubernetesObject[], served: readonly KindName[] = []): ClusterView => {
  const byKind = new Map<string, KubernetesObject[]>(served.map((kind) => [keyOf(kind), []]));
  for (const object of objects) byKind.set(keyOf(object), [...(byKind.get(keyOf(object)) ?? []), object]);
  const list = (kind: KindName, namespace?: string): readonly KubernetesObject[] =>
    (byKind.get(keyOf(kind)) ?? []).filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
  return {
    has: (kind) => byKind.has(keyOf(kind)),
    list,
    find: (name: ObjectName) => list(name, name.namespace).find(({ metadata }) => metadata.name === name.name),
  };
};

/** Reads what the back-ends look at. Kinds that are not served are absent from the view. */
export const readClusterView = async (
  client: Pick<KubernetesClient, 'list' | 'kind'>,
  backEnds: readonly BackEnd[],
): Promise<ClusterView> => {
  const kinds = new Map(backEnds.flatMap(({ needs, reads }) => [...needs, ...reads]).map((kind) => [keyOf(kind), kind]));
  const reads = new Set(backEnds.flatMap((backEnd) => backEnd.reads.map(keyOf)));
  const objects: KubernetesObject[] = [];
  const served: KindName[] = [];
  for (const [key, kind] of kinds) {
    try {
      await client.kind(kind);
      served.push(kind);
      if (reads.has(key)) objects.push(...(await client.list(kind)).items);
    } catch (thrown) {
      if (toBellwetherError(thrown).code !== 'not_found') throw thrown;
    }
  }
  return viewOf(objects, served);
};
