import { sleep } from '../remote-read-fixture.ts';
import type { ControlPlane } from './control-plane.ts';

const EVERY_MS = 500;

/** Says of every Deployment and volume claim that all is well, in place of nodes: GitOps controllers wait for that. */
export const startObligingCluster = (plane: ControlPlane, namespace: string) => {
  let goes = true;
  const patch = (kind: string, name: string, status: unknown): void => {
    plane.kubectl(['patch', kind, name, '-n', namespace, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]);
  };
  const list = (kind: string) =>
    (
      JSON.parse(plane.kubectl(['get', kind, '-n', namespace, '-o', 'json'])) as {
        items: {
          metadata: { name: string; generation?: number };
          status?: { observedGeneration?: number; phase?: string; disruptionsAllowed?: number };
        }[];
      }
    ).items;
  const once = (): void => {
    for (const { metadata, status } of list('deployments'))
      if (status?.observedGeneration !== metadata.generation)
        patch('deployment', metadata.name, {
          observedGeneration: metadata.generation,
          replicas: 1,
          updatedReplicas: 1,
          readyReplicas: 1,
          availableReplicas: 1,
          conditions: [
            { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
            { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
          ],
        });
    for (const { metadata, status } of list('persistentvolumeclaims'))
      if (status?.phase !== 'Bound') patch('persistentvolumeclaim', metadata.name, { phase: 'Bound' });
    for (const { metadata, status } of list('poddisruptionbudgets'))
      if (status?.observedGeneration !== metadata.generation)
        patch('poddisruptionbudget', metadata.name, {
          observedGeneration: metadata.generation,
          currentHealthy: 1,
          desiredHealthy: 0,
          disruptionsAllowed: 1,
          expectedPods: 1,
        });
  };
  const loop = (async () => {
    while (goes) {
      try {
        once();
      } catch {
        // The namespace may be going.
      }
      await sleep(EVERY_MS);
    }
  })();
  return async (): Promise<void> => {
    goes = false;
    await loop;
  };
};
