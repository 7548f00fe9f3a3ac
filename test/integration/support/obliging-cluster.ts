import { sleep } from '../remote-read-fixture.ts';
import type { ControlPlane } from './control-plane.ts';

const EVERY_MS = 1000;

interface Watched {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly phase?: string;
    readonly succeeded?: number;
    readonly loadBalancer?: { readonly ingress?: readonly unknown[] };
  };
}

const KINDS = 'deployments,statefulsets,daemonsets,jobs,persistentvolumeclaims,poddisruptionbudgets,ingresses';
/** Any time after the creation of the object and before its end. */
const condition = (type: string, reason: string, time: string) => ({
  type,
  status: 'True',
  reason,
  message: reason,
  lastTransitionTime: time,
  lastProbeTime: time,
});

const goodStatus = ({ kind, metadata, spec }: Watched): unknown => {
  const observedGeneration = metadata.generation;
  const replicas = spec?.replicas ?? 1;
  const running = { observedGeneration, replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
  // A whole second, as times of the API server are.
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  switch (kind) {
    case 'Deployment':
      return {
        ...running,
        conditions: [
          { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
          { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
        ],
      };
    case 'StatefulSet':
      return { ...running, currentReplicas: replicas, currentRevision: 'a', updateRevision: 'a' };
    case 'DaemonSet':
      return {
        observedGeneration,
        currentNumberScheduled: 1,
        desiredNumberScheduled: 1,
        updatedNumberScheduled: 1,
        numberAvailable: 1,
        numberReady: 1,
        numberMisscheduled: 0,
      };
    case 'Job':
      return {
        startTime: now,
        completionTime: now,
        succeeded: 1,
        conditions: [condition('SuccessCriteriaMet', 'CompletionsReached', now), condition('Complete', 'CompletionsReached', now)],
      };
    case 'PersistentVolumeClaim':
      return { phase: 'Bound' };
    case 'Ingress':
      return { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
    default:
      return { observedGeneration, currentHealthy: 1, desiredHealthy: 0, disruptionsAllowed: 1, expectedPods: 1 };
  }
};

const isWell = ({ kind, metadata, status }: Watched): boolean => {
  if (kind === 'PersistentVolumeClaim') return status?.phase === 'Bound';
  if (kind === 'Ingress') return (status?.loadBalancer?.ingress ?? []).length > 0;
  return kind === 'Job' ? status?.succeeded === 1 : status?.observedGeneration === metadata.generation;
};

/** Says of everything that runs pods or holds volumes that all is well, in place of nodes: GitOps controllers wait for that. */
export const startObligingCluster = (plane: ControlPlane) => {
  let goes = true;
  const once = (): void => {
    const { items } = JSON.parse(plane.kubectl(['get', KINDS, '-A', '-o', 'json'])) as { items: Watched[] };
    for (const item of items.filter((one) => !isWell(one))) {
      const patch = JSON.stringify({ status: goodStatus(item) });
      plane.kubectl([
        'patch',
        item.kind,
        item.metadata.name,
        '-n',
        item.metadata.namespace,
        '--subresource=status',
        '--type=merge',
        '-p',
        patch,
      ]);
    }
  };
  const loop = (async () => {
    while (goes) {
      try {
        once();
      } catch {
        // An object may be going just now.
      }
      await sleep(EVERY_MS);
    }
  })();
  return async (): Promise<void> => {
    goes = false;
    await loop;
  };
};
