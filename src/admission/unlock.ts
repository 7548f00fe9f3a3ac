import { BellwetherError, type KubernetesClient, type KubernetesObject } from '../platform/index.ts';
import { listOf, recordOf, stringOf } from '../policy/index.ts';

const KIND = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' } as const;
/** What the bundle puts on everything of this process, whatever the names are. */
const LABELS = 'app.kubernetes.io/component=admission';
const FIELD_MANAGER = 'bellwether-unlock';

export interface UnlockOptions {
  /** Take the webhook configurations away instead of making them harmless. */
  readonly remove: boolean;
  readonly dryRun: boolean;
  /** Only this one, whatever its labels are. */
  readonly name?: string;
}

/** What was done to one webhook configuration. */
export interface Unlocked {
  readonly name: string;
  readonly action: 'deleted' | 'ignored' | 'harmless already';
  /** Its webhooks. */
  readonly hooks: readonly string[];
}

const isOurs = ({ webhooks }: KubernetesObject): boolean =>
  listOf(webhooks).every((hook) => (stringOf(recordOf(hook).name) ?? '').endsWith('.bellwether.dev'));

/**
 * Lets every request pass the admission webhooks: their failure policy becomes Ignore, or they are deleted. Needs nothing but the API server.
 * Rejects with `not_found` where there is none, and as the client does.
 */
export const unlock = async (
  client: Pick<KubernetesClient, 'list' | 'get' | 'patch' | 'delete'>,
  { remove, dryRun, name }: UnlockOptions,
): Promise<readonly Unlocked[]> => {
  const found =
    name === undefined
      ? (await client.list<KubernetesObject>(KIND, { labelSelector: LABELS })).items.filter(isOurs)
      : [await client.get<KubernetesObject>({ ...KIND, name })];
  if (found.length === 0)
    throw new BellwetherError('not_found', 'there is no admission webhook of Bellwether here; --name takes one by its name');
  const done: Unlocked[] = [];
  for (const { metadata, webhooks } of found) {
    const hooks = listOf(webhooks).map((hook) => stringOf(recordOf(hook).name) ?? '');
    if (remove) {
      await client.delete({ ...KIND, name: metadata.name }, { dryRun });
      done.push({ name: metadata.name, action: 'deleted', hooks });
      continue;
    }
    const steps = listOf(webhooks).flatMap((hook, i) =>
      recordOf(hook).failurePolicy === 'Ignore' ? [] : [{ op: 'replace', path: `/webhooks/${i}/failurePolicy`, value: 'Ignore' }],
    );
    if (steps.length > 0)
      await client.patch({ ...KIND, name: metadata.name }, steps, { type: 'json', dryRun, fieldManager: FIELD_MANAGER });
    done.push({ name: metadata.name, action: steps.length > 0 ? 'ignored' : 'harmless already', hooks });
  }
  return done;
};
