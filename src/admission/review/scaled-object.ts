import type { KubernetesClient, KubernetesObject } from '../../platform/index.ts';
import { type JsonRecord, recordOf } from '../../policy/index.ts';
import type { AdmissionRequest } from './admission-review.ts';

/** Kinds that the API server can scale and that make pods; for others there is no policy. */
const SCALABLE: Readonly<Record<string, { readonly apiVersion: string; readonly kind: string }>> = {
  'apps/deployments': { apiVersion: 'apps/v1', kind: 'Deployment' },
  'apps/statefulsets': { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  'apps/replicasets': { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  '/replicationcontrollers': { apiVersion: 'v1', kind: 'ReplicationController' },
};

/** An update as if it had been made on the object itself. */
export interface Change {
  readonly object: JsonRecord;
  readonly oldObject: JsonRecord;
}

export type FindObject = Pick<KubernetesClient, 'find'>;

/**
 * `kubectl scale` sends a Scale, which says nothing but a number: rules about replicas would be passed by. The object itself is read, and
 * judged with the new number. Undefined where it cannot be had; then the Scale is judged as it is.
 */
export const scaledObject = async (
  { resource, name, namespace, object }: AdmissionRequest,
  client: FindObject | undefined,
  timeoutMs: number,
): Promise<Change | undefined> => {
  const kind = SCALABLE[`${resource.group}/${resource.resource}`];
  if (kind === undefined || namespace === undefined || client === undefined) return undefined;
  const current = await client.find<KubernetesObject>({ ...kind, name, namespace }, { timeoutMs }).catch(() => undefined);
  if (current === undefined) return undefined;
  const spec = recordOf(current.spec);
  return { object: { ...current, spec: { ...spec, replicas: recordOf(object?.spec).replicas } }, oldObject: current };
};
