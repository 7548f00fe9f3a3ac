import { sleep } from '../remote-read-fixture.ts';
import type { ControlPlane } from './control-plane.ts';

const EVERY_MS = 1000;

interface Watched {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly observedGeneration?: number; readonly phase?: string };
}

const goodStatus = ({ kind, metadata, spec }: Watched): unknown => {
  const observedGeneration = metadata.generation;
  const replicas = spec?.replicas ?? 1;
  switch (kind) {
    case 'Deployment':
      return {
        observedGeneration,
        replicas,
        updatedReplicas: replicas,
        readyReplicas: replicas,
        availableReplicas: replicas,
        conditions: [
          { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
          { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
        ],
      };
    case 'PersistentVolumeClaim':
      return { phase: 'Bound' };
    default:
      return { observedGeneration, currentHealthy: 1, desiredHealthy: 0, disruptionsAllowed: 1, expectedPods: 1 };
  }
};

const isWell = ({ kind, metadata, status }: Watched): boolean =>
  kind === 'PersistentVolumeClaim' ? status?.phase === 'Bound' : status?.observedGeneration === metadata.generation;

/** Says of every Deployment, volume claim and disruption budget that all is well, in place of nodes: GitOps controllers wait for that. */
export const startObligingCluster = (plane: ControlPlane, namespace: string) => {
  let goes = true;
  const once = (): void => {
    const kinds = 'deployments,persistentvolumeclaims,poddisruptionbudgets';
    const { items } = JSON.parse(plane.kubectl(['get', kinds, '-n', namespace, '-o', 'json'])) as { items: Watched[] };
    for (const item of items.filter((one) => !isWell(one))) {
      const patch = JSON.stringify({ status: goodStatus(item) });
      plane.kubectl(['patch', item.kind, item.metadata.name, '-n', namespace, '--subresource=status', '--type=merge', '-p', patch]);
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
