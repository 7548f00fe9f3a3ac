import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { ClusterView } from '../back-end.ts';
import { type LabelSelector, selects } from './workload-pods.ts';

const DEPLOYMENT: KindName = { apiVersion: 'apps/v1', kind: 'Deployment' };
const DAEMON_SET: KindName = { apiVersion: 'apps/v1', kind: 'DaemonSet' };

const replicasOf = ({ kind, spec, status }: KubernetesObject): number => {
  const { replicas = 1 } = (spec ?? {}) as { readonly replicas?: number };
  const { desiredNumberScheduled = 0 } = (status ?? {}) as { readonly desiredNumberScheduled?: number };
  return kind === 'DaemonSet' ? desiredNumberScheduled : replicas;
};

/** How many pods a data plane has, by the labels of its Deployments and DaemonSets; undefined where none is found. */
export const instancesOf = (view: ClusterView, labels: LabelSelector, namespace?: string): number | undefined => {
  const found = [DEPLOYMENT, DAEMON_SET]
    .flatMap((kind) => view.list(kind, namespace))
    .filter(({ metadata }) => selects(labels, metadata.labels ?? {}));
  return found.length === 0 ? undefined : found.reduce((sum, object) => sum + replicasOf(object), 0);
};

/** What people have to know where every instance counts by itself; empty where there is one. */
export const instanceNotes = (instances: number | undefined, title: string, requestsPerSecond: number): readonly string[] => {
  if (instances === undefined) return [`How many instances ${title} has is not known; each counts by itself.`];
  return instances <= 1
    ? []
    : [
        `${title} has ${instances} instances and each counts by itself: together they let up to ${instances * requestsPerSecond} requests per second through.`,
      ];
};
