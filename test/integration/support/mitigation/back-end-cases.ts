import type { MitigationSpec } from '../../../../src/mitigation/index.ts';
import type { KubernetesObject } from '../../../../src/platform/index.ts';
import { cartIngress, cartRoute, cartWorkload } from '../../../../src/testing/mitigation-builders.ts';

/** What stands in Git and what a data plane's controller answers, for one back-end. All objects are of the namespace `shop`. */
export interface BackEndCase {
  readonly backEnd: string;
  readonly target: { readonly kind: string; readonly name: string };
  readonly action?: 'isolate' | 'limitEgress';
  readonly perClient?: boolean;
  readonly git: readonly KubernetesObject[];
  /** What its controller writes into the status of what is limited by; absent where nobody writes any. */
  readonly answer?: (isAccepted: boolean) => object;
  /** Another limit on the same target, with the name `theirs`. */
  readonly theirs?: KubernetesObject;
}

const condition = (type: string, isTrue: boolean) => ({
  type,
  status: isTrue ? 'True' : 'False',
  reason: isTrue ? type : 'Conflicted',
  message: isTrue ? '' : 'an older policy has won',
  lastTransitionTime: '2026-01-01T00:00:00Z',
});
const ofAncestors = (controllerName: string) => (isAccepted: boolean) => ({
  ancestors: [
    {
      ancestorRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge' },
      controllerName,
      conditions: [condition('Accepted', isAccepted)],
    },
  ],
});
const ofConditions =
  (...types: readonly string[]) =>
  (isAccepted: boolean) => ({ conditions: types.map((type) => condition(type, isAccepted)) });

const DIAL = { 'bellwether.dev/mitigation-dial': 'true' };
const inShop = (apiVersion: string, kind: string, name: string, rest: object, metadata: object = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop', ...metadata },
  ...rest,
});
/** Everything save the rate, which nobody sets: nothing for Git to correct. */
const TRAEFIK_DIAL = inShop(
  'traefik.io/v1alpha1',
  'Middleware',
  'limit',
  { spec: { rateLimit: { sourceCriterion: { ipStrategy: { depth: 0 } } } } },
  { labels: DIAL },
);
const KONG_DIAL = inShop(
  'configuration.konghq.com/v1',
  'KongPlugin',
  'limit',
  { plugin: 'rate-limiting', config: { hour: 100_000_000, limit_by: 'ip', policy: 'local' } },
  { labels: DIAL },
);
/** Flux makes it once and leaves it alone from then on: its rate and its dry run stand in Git. */
const NGINX_DIAL = inShop(
  'k8s.nginx.org/v1',
  'Policy',
  'limit',
  { spec: { rateLimit: { rate: '1000000r/s', key: `\${binary_remote_addr}`, zoneSize: '10M', dryRun: true } } },
  { labels: DIAL, annotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' } },
);
const VIRTUAL_SERVER = inShop('k8s.nginx.org/v1', 'VirtualServer', 'cart', {
  spec: { host: 'cart.example.com', policies: [{ name: 'limit' }], upstreams: [{ name: 'cart', service: 'cart', port: 80 }] },
});
const INGRESS_ROUTE = inShop('traefik.io/v1alpha1', 'IngressRoute', 'cart', {
  spec: {
    routes: [{ kind: 'Rule', match: 'Host(`cart.example.com`)', services: [{ name: 'cart', port: 80 }], middlewares: [{ name: 'limit' }] }],
  },
});
const REF = { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'cart' };
const ROUTE = { kind: 'HTTPRoute', name: 'cart' };
const INGRESS = { kind: 'Ingress', name: 'cart' };
const WORKLOAD = { kind: 'Deployment', name: 'cart' };
const NGINX_GATEWAY = 'gateway.nginx.org/nginx-gateway-controller';
const ENVOY_GATEWAY = 'gateway.envoyproxy.io/gatewayclass-controller';

/** What a mitigation of this case says of action and limit. */
export const wishOfCase = ({ action, perClient = true }: BackEndCase): Pick<MitigationSpec, 'action' | 'limit'> =>
  action === 'limitEgress'
    ? { action, limit: { egressBitsPerSecond: 10_000_000 } }
    : action
      ? { action }
      : { limit: { requestsPerSecond: 10, burst: 50, perClient } };

/** No controller makes it here, and no pod is taken without. */
const SERVICE_ACCOUNT = inShop('v1', 'ServiceAccount', 'default', {});

/** A pod as its controller made it, on no node yet. */
const cartPod = (name: string): KubernetesObject =>
  inShop(
    'v1',
    'Pod',
    name,
    { spec: { automountServiceAccountToken: false, containers: [{ name: 'cart', image: 'cart:1' }] } },
    { labels: { app: 'cart' } },
  );

export const BACK_END_CASES: readonly BackEndCase[] = [
  {
    backEnd: 'nginx-gateway-fabric',
    target: ROUTE,
    git: [cartRoute(NGINX_GATEWAY)],
    answer: ofAncestors(NGINX_GATEWAY),
    theirs: inShop('gateway.nginx.org/v1alpha1', 'RateLimitPolicy', 'theirs', {
      spec: { targetRefs: [REF], rateLimit: { rejectCode: 503 } },
    }),
  },
  {
    backEnd: 'envoy-gateway',
    // Found by way of its Service.
    target: WORKLOAD,
    git: [cartRoute(ENVOY_GATEWAY), ...cartWorkload()],
    answer: ofAncestors(ENVOY_GATEWAY),
    theirs: inShop('gateway.envoyproxy.io/v1alpha1', 'BackendTrafficPolicy', 'theirs', { spec: { targetRefs: [REF] } }),
  },
  {
    backEnd: 'kuadrant',
    target: ROUTE,
    git: [cartRoute('istio.io/gateway-controller')],
    answer: ofConditions('Accepted', 'Enforced'),
    theirs: inShop('kuadrant.io/v1', 'RateLimitPolicy', 'theirs', {
      spec: { targetRef: REF, limits: { all: { rates: [{ limit: 5, window: '1s' }] } } },
    }),
  },
  {
    backEnd: 'traefik',
    target: { kind: 'IngressRoute', name: 'cart' },
    git: [INGRESS_ROUTE, TRAEFIK_DIAL],
  },
  {
    backEnd: 'nginx-ingress-controller',
    target: { kind: 'VirtualServer', name: 'cart' },
    git: [VIRTUAL_SERVER, NGINX_DIAL],
    answer: (isAccepted) => ({ state: isAccepted ? 'Valid' : 'Invalid', message: 'an older policy has won' }),
  },
  {
    backEnd: 'kong',
    target: INGRESS,
    git: [...cartIngress('ingress-controllers.konghq.com/kong', { 'konghq.com/plugins': 'limit' }), KONG_DIAL],
    answer: ofConditions('Programmed'),
  },
  {
    backEnd: 'ingress-nginx',
    target: INGRESS,
    git: cartIngress('k8s.io/ingress-nginx', { 'nginx.ingress.kubernetes.io/proxy-body-size': '8m' }),
  },
  {
    backEnd: 'cilium-network-policy',
    target: WORKLOAD,
    action: 'isolate',
    git: cartWorkload(),
    answer: ofConditions('Valid'),
  },
  {
    backEnd: 'network-policy',
    target: WORKLOAD,
    action: 'isolate',
    git: cartWorkload(),
    theirs: inShop('networking.k8s.io/v1', 'NetworkPolicy', 'theirs', { spec: { podSelector: {}, ingress: [{}] } }),
  },
  {
    backEnd: 'cilium-envoy-config',
    target: { kind: 'Service', name: 'cart' },
    perClient: false,
    git: cartWorkload(),
    theirs: inShop('cilium.io/v2', 'CiliumEnvoyConfig', 'theirs', { spec: { services: [{ name: 'cart' }], resources: [] } }),
  },
  {
    backEnd: 'cilium-bandwidth',
    target: WORKLOAD,
    action: 'limitEgress',
    git: [...cartWorkload(), SERVICE_ACCOUNT, cartPod('cart-1')],
  },
];
