import { type ContainerType, type JsonRecord, listOf, recordOf, refOf, stringOf, viewPods } from '../policy/index.ts';

/** One container that uses an image. */
export interface ImageUse {
  /** As written in the container. */
  readonly image: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly container: string;
  readonly type: ContainerType;
}

/** Kinds that hold pods, by group, for listing those of a cluster. */
export const POD_KINDS: Readonly<Record<string, readonly string[]>> = {
  '': ['Pod', 'PodTemplate', 'ReplicationController'],
  apps: ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'],
  batch: ['Job', 'CronJob'],
  'argoproj.io': ['Rollout'],
  'serving.knative.dev': ['Service'],
};

// Pod, ReplicaSet, Deployment, and one more for custom resources; more would be a circle.
const MAX_OWNERS = 5;

const keyOf = (kind: string, namespace: string | undefined, name: string): string => JSON.stringify([kind, namespace ?? '', name]);

/**
 * The containers of all objects that have or make pods. Of a cluster, pods count for the outermost owner that is among the objects (an old
 * pod of a Deployment still uses the image before), and what is made but runs nothing itself (a ReplicaSet kept for rolling back) does not.
 */
export const imageUses = (objects: readonly JsonRecord[]): ImageUse[] => {
  const known = new Map(objects.map((object) => [keyOfObject(object), object]));
  const uses = new Map<string, ImageUse>();
  for (const object of objects) {
    const root = rootOf(object, known);
    if (root !== object && object.kind !== 'Pod') continue;
    const { kind, namespace, name } = refOf(root);
    for (const { spec, name: container, type } of viewPods(object)?.containers ?? []) {
      const image = stringOf(spec.image)?.trim();
      if (!image) continue;
      const use = { image, kind, ...(namespace === undefined ? {} : { namespace }), name, container, type };
      uses.set(JSON.stringify([image, kind, namespace ?? '', name, container, type]), use);
    }
  }
  return [...uses.values()];
};

const keyOfObject = (object: JsonRecord): string => {
  const { kind, namespace, name } = refOf(object);
  return keyOf(kind, namespace, name);
};

const rootOf = (object: JsonRecord, known: ReadonlyMap<string, JsonRecord>): JsonRecord => {
  let root = object;
  for (let i = 0; i < MAX_OWNERS; i++) {
    const metadata = recordOf(root.metadata);
    const owner = listOf(metadata.ownerReferences)
      .map(recordOf)
      .find(({ controller }) => controller === true);
    const above = owner && known.get(keyOf(stringOf(owner.kind) ?? '', stringOf(metadata.namespace), stringOf(owner.name) ?? ''));
    if (!above) break;
    root = above;
  }
  return root;
};
