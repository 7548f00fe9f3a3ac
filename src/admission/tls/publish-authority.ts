import type { KubernetesClient, KubernetesObject } from '../../platform/index.ts';
import { listOf, recordOf, stringOf } from '../../policy/index.ts';

/** Owner of the field caBundle, and of nothing else: what Git says about the object is left to whoever applies it. */
const FIELD_MANAGER = 'bellwether-admission-certificates';

/** Writes the authorities into the webhooks of a configuration, where they are not there yet. False where there is no such configuration. */
export const publishAuthority = async (
  client: Pick<KubernetesClient, 'find' | 'apply'>,
  name: string,
  authorities: string,
): Promise<boolean> => {
  const kind = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' };
  const configuration = await client.find<KubernetesObject>({ ...kind, name });
  if (!configuration) return false;
  const caBundle = Buffer.from(authorities).toString('base64');
  const webhooks = listOf(configuration.webhooks).map(recordOf);
  if (webhooks.every(({ clientConfig }) => recordOf(clientConfig).caBundle === caBundle)) return true;
  const owned = webhooks.map((webhook) => ({ name: stringOf(webhook.name) ?? '', clientConfig: { caBundle } }));
  await client.apply({ ...kind, metadata: { name }, webhooks: owned }, { fieldManager: FIELD_MANAGER, force: true });
  return true;
};
