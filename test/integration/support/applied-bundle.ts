import { loadAll } from 'js-yaml';
import type { KubernetesObject } from '../../synth/bundle-objects.ts';
import type { ControlPlane } from './control-plane.ts';

/** Filled in by the server because only it can know. */
const SERVER_KNOWS: Readonly<Record<string, readonly string[]>> = {
  Service: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'],
  PersistentVolumeClaim: ['storageClassName', 'volumeName'],
  Namespace: ['finalizers'],
  // The selector of the pods that it makes; and a field that older servers than this do not know.
  Job: ['selector', 'podReplacementPolicy'],
};
/** Their version moves with their status. */
const WITH_STATUS = ['Deployment', 'StatefulSet', 'CronJob', 'Job', 'PersistentVolumeClaim', 'PodDisruptionBudget'];
const JOB_LABELS = ['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name', 'controller-uid', 'job-name'];

export interface StoredObject extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly resourceVersion: string; readonly generation?: number };
}

/** Names, save what a service without an address of its own says in place of one. */
const serverKnows = ({ kind }: KubernetesObject, key: string, value: unknown): boolean =>
  (SERVER_KNOWS[kind]?.includes(key) ?? false) && value !== 'None';

/** Keys that the server writes inside of what was sent: status of claim templates, labels of a Job's pods. */
const ADDED: Readonly<Record<string, readonly string[]>> = { StatefulSet: ['status'], Job: JOB_LABELS };

/** An object without what is not anybody's wish: status and what the server alone decides. */
export const wish = (object: KubernetesObject): unknown => {
  const { metadata, status, spec, ...rest } = object;
  const left = Object.entries((spec ?? {}) as object).filter(([key, value]) => !serverKnows(object, key, value));
  const text = JSON.stringify({ ...rest, ...(left.length > 0 ? { spec: Object.fromEntries(left) } : {}) });
  return JSON.parse(text, (key, value) => (ADDED[object.kind]?.includes(key) ? undefined : value));
};

export const objectId = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.name}`;

/** The objects of a rendered overlay, as the server has them. */
export const storedObjects = (plane: ControlPlane, text: string): readonly StoredObject[] =>
  (JSON.parse(plane.kubectl(['get', '-f', '-', '-o', 'json'], text)) as { items: StoredObject[] }).items;

export const applyServerSide = (plane: ControlPlane, text: string): void => void plane.kubectl(['apply', '--server-side', '-f', '-'], text);

/** Versions of what has no status, and generations of all: what must not move when nothing is wished anew. */
export const versionsOf = (objects: readonly StoredObject[]): unknown => ({
  versions: objects.filter(({ kind }) => !WITH_STATUS.includes(kind)).map((one) => [objectId(one), one.metadata.resourceVersion]),
  generations: objects.map((one) => [objectId(one), one.metadata.generation]),
});

export const objectsOf = (text: string): readonly KubernetesObject[] => loadAll(text) as KubernetesObject[];

/** Everything in the cluster that carries the label of the bundle, and everything that its namespaces hold of its kinds. */
export const leftovers = (plane: ControlPlane, extraKinds: readonly string[] = []): string =>
  plane
    .kubectl([
      'get',
      [
        'all,cm,pvc,sa,pdb,netpol,roles,rolebindings,clusterroles,clusterrolebindings,cronjobs,jobs,statefulsets',
        'validatingwebhookconfigurations,mutatingwebhookconfigurations,validatingadmissionpolicies',
        ...extraKinds,
      ].join(','),
      '-A',
      '-o',
      'name',
      '-l',
      'app.kubernetes.io/part-of=bellwether',
    ])
    .trim();
