import { isDeepStrictEqual } from 'node:util';
import { MITIGATION_ANNOTATIONS, MITIGATION_FIELD_MANAGER, MITIGATION_LABELS, type WrittenKind } from '../conventions/index.ts';
import {
  BellwetherError,
  type KindName,
  type KubernetesClient,
  type KubernetesObject,
  nameOfObject,
  toBellwetherError,
} from '../platform/index.ts';
import type { Change } from './back-end.ts';
import type { MitigationIntent } from './intent.ts';
import { isOwned, ownedMetadata } from './labels.ts';
import { noteOf, pointerOf, readNote, treeOf, valueAt } from './restore.ts';

/** Called before and after each write; tests end the process here. */
export type Checkpoint = (at: string) => Promise<void>;

export interface DataPlaneDeps {
  readonly client: Pick<KubernetesClient, 'find' | 'list' | 'apply' | 'patch' | 'delete' | 'kind'>;
  readonly checkpoint?: Checkpoint;
}

/** Writes that met a change by somebody else are tried again this often. */
const ATTEMPTS = 3;
const MANAGER = { fieldManager: MITIGATION_FIELD_MANAGER } as const;

export const kindOf = ({ group, version, kind }: WrittenKind): KindName => ({
  apiVersion: group === '' ? version : `${group}/${version}`,
  kind,
});
const shown = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.namespace}/${metadata.name}`;

/** One line for people: what is written. */
export const describeChange = (change: Change): string =>
  change.style === 'object'
    ? `${shown(change.object)}: ${JSON.stringify(change.object.spec ?? {})}`
    : `${change.on.kind} ${change.on.namespace}/${change.on.name}: ${change.fields.map(({ path, value }) => `${path.join('.')}=${JSON.stringify(value)}`).join(', ')}`;

const again = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (attempt === ATTEMPTS || toBellwetherError(thrown).code !== 'conflict') throw thrown;
    }
  }
};

const writeObject = async (
  { client, checkpoint = async () => undefined }: DataPlaneDeps,
  object: KubernetesObject,
  mitigation: string,
  owner: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string } | undefined,
): Promise<KubernetesObject> => {
  const existing = await client.find(nameOfObject(object));
  if (existing && !isOwned(existing, mitigation))
    throw new BellwetherError('forbidden', `${shown(object)} exists already and does not belong to this mitigation: it is left alone`);
  await checkpoint('before-write');
  // The owner goes: the API server's garbage collection then takes the object along with the Mitigation.
  const ownerReferences = owner ? [owner] : undefined;
  const written = await client.apply(
    { ...object, metadata: { ...object.metadata, ...(ownerReferences ? { ownerReferences } : {}) } },
    { ...MANAGER, force: true },
  );
  await checkpoint('after-write');
  return written;
};

const writeFields = async (
  { client, checkpoint = async () => undefined }: DataPlaneDeps,
  { on, fields }: Extract<Change, { style: 'fields' }>,
  intent: Pick<MitigationIntent, 'mitigation' | 'expiresAtMs' | 'reason'>,
  backEnd: string,
): Promise<KubernetesObject> => {
  const existing = await client.find(on);
  if (!existing) throw new BellwetherError('not_found', `${on.kind} ${on.namespace}/${on.name} is gone`);
  const holder = existing.metadata.labels?.[MITIGATION_LABELS.name];
  if (holder !== undefined && holder !== intent.mitigation)
    throw new BellwetherError('forbidden', `${shown(existing)} is held by the mitigation ${holder}`);
  // Written before by a process that ended meanwhile: what stood there first is what counts.
  const note = readNote(existing) ?? noteOf(existing, intent.mitigation, backEnd, fields);
  const { labels, annotations = {} } = ownedMetadata(intent, backEnd, on.namespace ?? '');
  // On an object of Git's it would keep Argo CD from pruning it.
  const { [MITIGATION_ANNOTATIONS.argoIgnore]: _, ...ours } = annotations;
  const tree = treeOf(fields);
  const metadata = (tree.metadata ?? {}) as { readonly labels?: object; readonly annotations?: object };
  await checkpoint('before-write');
  const written = await client.apply(
    {
      ...tree,
      apiVersion: on.apiVersion,
      kind: on.kind,
      metadata: {
        name: on.name,
        ...(on.namespace === undefined ? {} : { namespace: on.namespace }),
        // Refused where somebody changed it since it was read: the note would be wrong.
        ...(existing.metadata.resourceVersion === undefined ? {} : { resourceVersion: existing.metadata.resourceVersion }),
        labels: { ...metadata.labels, ...labels },
        annotations: { ...metadata.annotations, ...ours, [MITIGATION_ANNOTATIONS.restore]: JSON.stringify(note) },
      },
    },
    { ...MANAGER, force: true },
  );
  await checkpoint('after-write');
  return written;
};

/** Writes the changes of a plan. Doing it again changes nothing. Rejects with `forbidden` where something there is not ours. */
export const writeChanges = async (
  deps: DataPlaneDeps,
  changes: readonly Change[],
  intent: Pick<MitigationIntent, 'mitigation' | 'expiresAtMs' | 'reason'>,
  backEnd: string,
  owner?: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string },
): Promise<readonly KubernetesObject[]> => {
  const written: KubernetesObject[] = [];
  for (const change of changes)
    written.push(
      change.style === 'object'
        ? await again(() => writeObject(deps, change.object, intent.mitigation, owner))
        : await again(() => writeFields(deps, change, intent, backEnd)),
    );
  return written;
};

interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: string;
}

/** Puts fields back as the note says, and only where they are still as we set them; then lets go of everything we own on the object. */
const restoreFields = async ({ client, checkpoint = async () => undefined }: DataPlaneDeps, object: KubernetesObject): Promise<void> => {
  const name = nameOfObject(object);
  const note = readNote(object);
  // What somebody else changed since then is theirs.
  const back = (note?.fields ?? []).filter(
    ({ path, before, set }) => before !== undefined && isDeepStrictEqual(valueAt(object, path), set) && !isDeepStrictEqual(before, set),
  );
  let current = object;
  const tested = () => ({ op: 'test', path: '/metadata/resourceVersion', value: current.metadata.resourceVersion });
  if (back.length > 0) {
    await checkpoint('before-restore');
    const values = back.map(({ path, before }) => ({ op: 'replace', path: pointerOf(path), value: before }));
    current = await client.patch(name, [tested(), ...values], { type: 'json', ...MANAGER });
    await checkpoint('after-restore');
  }
  // The value is the other's again, so it must not stand as ours: Git could no longer take it away. Also where a process died right after it.
  const entries = (current.metadata.managedFields ?? []) as readonly ManagedFieldsEntry[];
  const theirs = entries.filter(({ manager, operation }) => manager !== MITIGATION_FIELD_MANAGER || operation !== 'Update');
  if (theirs.length < entries.length)
    current = await client.patch(name, [tested(), { op: 'replace', path: '/metadata/managedFields', value: theirs }], {
      type: 'json',
      ...MANAGER,
    });
  await checkpoint('before-release');
  // An apply without fields: the server removes what only we own.
  await client.apply(
    {
      apiVersion: name.apiVersion,
      kind: name.kind,
      metadata: { name: name.name, ...(name.namespace ? { namespace: name.namespace } : {}) },
    },
    { ...MANAGER, force: true },
  );
  await checkpoint('after-release');
};

/** Takes back what a mitigation did to one object; does nothing to what is not ours. */
export const removeFrom = async (deps: DataPlaneDeps, object: KubernetesObject): Promise<boolean> => {
  const { client, checkpoint = async () => undefined } = deps;
  const name = nameOfObject(object);
  if (isOwned(object)) {
    await checkpoint('before-delete');
    const { uid } = object.metadata;
    await client.delete(name, uid === undefined ? {} : { preconditions: { uid } });
    await checkpoint('after-delete');
    return true;
  }
  if (readNote(object) === undefined) return false;
  await again(async () => {
    const current = await client.find(name);
    if (current && readNote(current) !== undefined) await restoreFields(deps, current);
  });
  return true;
};

/** Objects that mitigations changed, of these kinds; kinds that the server does not serve have none. */
export const findChanged = async (
  { client }: DataPlaneDeps,
  kinds: readonly WrittenKind[],
  selection: { readonly namespace?: string; readonly mitigation?: string } = {},
): Promise<readonly KubernetesObject[]> => {
  const { namespace, mitigation } = selection;
  const labelSelector = [
    `${MITIGATION_LABELS.managed}=true`,
    ...(mitigation === undefined ? [] : [`${MITIGATION_LABELS.name}=${mitigation}`]),
  ].join(',');
  const found: KubernetesObject[] = [];
  const seen = new Set<string>();
  for (const written of kinds) {
    const kind = kindOf(written);
    const key = `${kind.apiVersion}/${kind.kind}`;
    if (seen.has(key)) continue;
    seen.add(key);
    try {
      const { items } = await client.list(kind, { labelSelector, ...(namespace === undefined ? {} : { namespace }) });
      found.push(...items);
    } catch (thrown) {
      if (toBellwetherError(thrown).code !== 'not_found') throw thrown;
    }
  }
  return found;
};
