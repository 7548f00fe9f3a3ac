import { BACK_ENDS, type BackEnd, type Change, type ClusterView, type MitigationIntent, viewOf } from '../mitigation/index.ts';
import type { KubernetesObject } from '../platform/index.ts';

/** A limit of 10 requests per second and client on the route `shop/cart`. */
export const intentOf = (change: Partial<MitigationIntent> = {}): MitigationIntent => ({
  mitigation: 'm-cart',
  target: { kind: 'HTTPRoute', namespace: 'shop', name: 'cart' },
  action: 'rateLimit',
  mode: 'enforce',
  perClient: true,
  requestsPerSecond: 10,
  burst: 50,
  rejectCode: 429,
  allowedClients: [],
  expiresAtMs: 1_767_268_800_000,
  reason: 'requests to cart are ten times the usual',
  ...change,
});

export const backEndOf = (name: string): BackEnd => {
  const found = BACK_ENDS.find(({ declaration }) => declaration.name === name);
  if (!found) throw new Error(`no back-end ${name}`);
  return found;
};

/** A cluster of these objects. */
export const clusterOf = (...objects: readonly KubernetesObject[]): ClusterView => viewOf(objects);

/** What a back-end plans; throws with its reason where it refuses. */
export const changesOf = (backEnd: BackEnd, intent: MitigationIntent, view: ClusterView): readonly Change[] => {
  const outcome = backEnd.plan(intent, view);
  if (outcome.state === 'refused') throw new Error(outcome.reason);
  return outcome.changes;
};

/** An object as it stands once a change is written, without what only the engine adds. */
export const afterChange = (change: Change, view: ClusterView): KubernetesObject => {
  if (change.style === 'object') return change.object;
  const before = view.find(change.on);
  if (!before) throw new Error(`there is no ${change.on.kind} ${change.on.name}`);
  const after = structuredClone(before) as Record<string, unknown> & KubernetesObject;
  for (const { path, value } of change.fields) {
    let at: Record<string, unknown> = after;
    for (const name of path.slice(0, -1)) {
      at[name] ??= {};
      at = at[name] as Record<string, unknown>;
    }
    at[path.at(-1) ?? ''] = value;
  }
  return after;
};

/** What there has to be of a workload `shop/cart` for a route to lead to it: Deployment and Service. */
export const cartWorkload = (): readonly KubernetesObject[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'cart' } },
      template: { metadata: { labels: { app: 'cart', tier: 'web' } }, spec: { containers: [{ name: 'cart', image: 'cart:1' }] } },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { selector: { app: 'cart' }, ports: [{ port: 80 }] },
  },
];

/** An HTTPRoute to the Service `shop/cart`, attached to the gateway `edge` of a controller. */
export const cartRoute = (controllerName: string, more: Readonly<Record<string, unknown>> = {}): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { parentRefs: [{ name: 'edge' }], rules: [{ backendRefs: [{ name: 'cart', port: 80 }], ...more }] },
  status: {
    parents: [
      {
        controllerName,
        parentRef: { name: 'edge' },
        conditions: [{ type: 'Accepted', status: 'True', reason: 'Accepted', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      },
    ],
  },
});

/** An Ingress to the Service `shop/cart`, of the class of a controller, and that class. */
export const cartIngress = (controller: string, annotations: Readonly<Record<string, string>> = {}): readonly KubernetesObject[] => [
  { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'edge' }, spec: { controller } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'cart', namespace: 'shop', annotations },
    spec: {
      ingressClassName: 'edge',
      rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'cart', port: { number: 80 } } } }] } }],
    },
  },
];
