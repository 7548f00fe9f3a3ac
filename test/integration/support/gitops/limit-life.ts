import { removeFrom, writeChanges } from '../../../../src/mitigation/data-plane.ts';
import { type Change, ownedMetadata } from '../../../../src/mitigation/index.ts';
import { connectToCluster, createKubernetesClient, type KubernetesObject } from '../../../../src/platform/index.ts';
import type { ControlPlane } from '../control-plane.ts';
import { INGRESS, POLICY, shape } from '../mitigation/limit-stage.ts';

const LIMIT_KEY = 'nginx.ingress.kubernetes.io/limit-rps';

/** A namespace with a route, as a team keeps it in Git. */
export const teamManifests = (namespace: string): readonly KubernetesObject[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  {
    apiVersion: INGRESS.apiVersion,
    kind: INGRESS.kind,
    metadata: { name: 'cart', namespace, annotations: { 'team.example.com/owner': 'shop' } },
    spec: {
      rules: [
        {
          host: 'cart.example.com',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'cart', port: { number: 80 } } } }] },
        },
      ],
    },
  },
];

/** What one limit went through beside a GitOps controller. */
export interface LimitLife {
  readonly underLimit: Readonly<Record<string, string>>;
  readonly policyStays: boolean;
  readonly isAsBefore: boolean;
  readonly staysAsBefore: boolean;
}

/** Limits a route that Git owns, lets the controller synchronise, takes the limit back, and lets it synchronise again. */
export const limitBeside = async (plane: ControlPlane, namespace: string, synchronise: () => Promise<unknown>): Promise<LimitLife> => {
  const client = createKubernetesClient(await connectToCluster({ kubeconfig: plane.kubeconfig }));
  try {
    await synchronise();
    const on = { ...INGRESS, namespace };
    const policyName = { ...POLICY, namespace, name: 'bellwether-mit-beside' };
    const before = JSON.stringify(shape(await client.get(on)));
    const intent = { mitigation: 'beside', expiresAtMs: 4_102_444_800_000, reason: 'flood' };
    const changes: readonly Change[] = [
      { style: 'fields', on, fields: [{ path: ['metadata', 'annotations', LIMIT_KEY], value: '10' }] },
      {
        style: 'object',
        object: {
          ...POLICY,
          metadata: ownedMetadata(intent, 'network-policy', namespace),
          spec: { podSelector: {}, policyTypes: ['Ingress'] },
        },
      },
    ];
    await writeChanges({ client }, changes, intent, 'test');
    await synchronise();
    const underLimit = (await client.get(on)).metadata.annotations ?? {};
    const policy = await client.find(policyName);
    for (const object of [await client.get(on), ...(policy ? [policy] : [])]) await removeFrom({ client }, object);
    const isAsBefore = JSON.stringify(shape(await client.get(on))) === before && (await client.find(policyName)) === undefined;
    await synchronise();
    return {
      underLimit,
      policyStays: policy !== undefined,
      isAsBefore,
      staysAsBefore: JSON.stringify(shape(await client.get(on))) === before,
    };
  } finally {
    await client.close();
  }
};
