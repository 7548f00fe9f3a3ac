import { type JsonRecord, listOf, recordOf, stringOf } from '../../policy/index.ts';

// What kubectl and controllers keep in annotations: the whole object a second time.
const COPIES = ['kubectl.kubernetes.io/last-applied-configuration', 'deployment.kubernetes.io/revision-history'];

/** Kinds of which the values, but not the keys, are dropped: no policy that looks at several objects asks for them. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  Secret: ['data', 'stringData'],
  ConfigMap: ['data', 'binaryData'],
};

/** Field managers are most of the bytes of many objects, and no policy reads them. */
export const withoutManagers = (object: JsonRecord): JsonRecord => {
  const { managedFields: _managed, ...metadata } = recordOf(object.metadata);
  return { ...object, metadata };
};

const emptied = (values: unknown): JsonRecord => Object.fromEntries(Object.keys(recordOf(values)).map((key) => [key, '']));

/** What is remembered of an object until all others are known. An owner that stands for nothing is dropped: the object is then judged by itself. */
export const slimObject = (object: JsonRecord): JsonRecord => {
  const { status: _status, ...rest } = object;
  const { managedFields: _managed, ownerReferences, annotations, ...metadata } = recordOf(object.metadata);
  const kept = Object.entries(recordOf(annotations)).filter(([key]) => !COPIES.includes(key));
  const slim: Record<string, unknown> = {
    ...rest,
    metadata: {
      ...metadata,
      ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}),
      ...(ownerReferences !== undefined && isMade(object) ? { ownerReferences } : {}),
    },
  };
  for (const field of VALUES[stringOf(object.kind) ?? ''] ?? []) if (object[field] !== undefined) slim[field] = emptied(object[field]);
  return slim;
};

/** Kinds that are judged in place of what they make. A StatefulSet that an operator of its own kind made stands for itself. */
const MAKERS: ReadonlySet<string> = new Set([
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Rollout',
  // Static pods: their manifest is a file of the node.
  'Node',
]);

/** Whether an object is made by another one that is judged itself. */
export const isMade = (object: JsonRecord): boolean =>
  listOf(recordOf(object.metadata).ownerReferences)
    .map(recordOf)
    .some(({ controller, kind }) => controller === true && MAKERS.has(stringOf(kind) ?? ''));
