import type { Labels } from '../conventions/index.ts';

/** What an owner series says; made once per series. */
export interface OwnerRecord {
  /** The owned object's key where the owned one is no pod: a ReplicaSet, a Job or a node's instance. */
  readonly key: string;
  /** "" or "<none>" where there is no owner. */
  readonly kind: string;
  readonly name: string;
  /** The series names the workload itself, after all owners. */
  readonly final: boolean;
  readonly replicaSet: string | undefined;
}

/** kube-state-metrics scraped without honorLabels carries the object's own labels as `exported_*`. */
export const ownLabel = (labels: Labels, name: string): string => labels[`exported_${name}`] || labels[name] || '';

/** Keys of owned objects. */
export const ownedKey = (kind: 'ReplicaSet' | 'Job' | 'instance', namespace: string, name: string): string =>
  `${kind}\n${namespace}\n${name}`;

/** An owner that does not control the object is not its workload. */
export const isController = (labels: Labels): boolean => labels.owner_is_controller !== 'false';

export const hasNoOwner = (kind: string): boolean => kind === '' || kind === '<none>';

/** `kube_pod_owner`. */
export const podOwner = (labels: Labels): OwnerRecord => {
  const kind = labels.owner_kind ?? '';
  const name = labels.owner_name ?? '';
  return { key: '', kind, name, final: false, replicaSet: kind === 'ReplicaSet' ? name : undefined };
};

/** The recorded `namespace_pod:kube_pod_owner:workload`: what `workload` is not, `owner_name` is: a ReplicaSet between pod and Deployment. */
export const podWorkload = (labels: Labels): OwnerRecord => {
  const name = labels.workload ?? '';
  const kind = labels.workload_kind ?? '';
  const owner = labels.owner_name ?? '';
  const between = owner !== '' && owner !== name && kind !== 'CronJob' && kind !== 'Pod';
  return { key: '', kind, name, final: true, replicaSet: between ? owner : undefined };
};

/** `kube_replicaset_owner` and `kube_job_owner`. */
export const controllerOwner = (kind: 'ReplicaSet' | 'Job', labels: Labels): OwnerRecord => {
  const owned = ownLabel(labels, kind === 'Job' ? 'job_name' : 'replicaset');
  return {
    key: ownedKey(kind, ownLabel(labels, 'namespace'), owned),
    kind: labels.owner_kind ?? '',
    name: labels.owner_name ?? '',
    final: false,
    replicaSet: undefined,
  };
};

/** `node_uname_info`. */
export const nodeName = (labels: Labels): OwnerRecord => ({
  key: ownedKey('instance', '', labels.instance ?? ''),
  kind: 'Node',
  name: labels.node || labels.nodename || '',
  final: true,
  replicaSet: undefined,
});
