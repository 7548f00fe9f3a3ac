import type { RbacRule } from './declaration.ts';
import type { AttachStyle, WrittenKind } from './mitigation-words.ts';

/**
 * What the bundle has to know of a back-end: its rights are granted, and the guard of the API server knows its kinds, only where it is
 * switched on.
 */
export interface BackEndDeclaration {
  /** As in configuration, flags, metrics and the name of its page. */
  readonly name: string;
  readonly title: string;
  readonly attach: AttachStyle;
  /** Kinds that it writes. */
  readonly writes: readonly WrittenKind[];
  readonly rbac: readonly RbacRule[];
}

const reads = (group: string, resources: readonly string[], reason: string): RbacRule => ({
  apiGroups: [group],
  resources,
  verbs: ['get', 'list', 'watch'],
  reason,
});

// Server-side apply needs both `create` and `patch`. No `update`: nothing is ever replaced as a whole.
const OWN_OBJECT = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
const FIELDS = ['get', 'list', 'watch', 'patch'];

const writesRule = (attach: AttachStyle, { group, resource, kind }: WrittenKind): RbacRule => ({
  apiGroups: [group],
  resources: [resource],
  verbs: attach === 'object' ? OWN_OBJECT : FIELDS,
  reason: attach === 'object' ? `makes and takes away objects of kind ${kind}` : `sets and restores fields of objects of kind ${kind}`,
});

const PODS = [
  reads('', ['services'], 'finds the Services of a workload'),
  reads('apps', ['deployments', 'statefulsets', 'daemonsets'], 'finds the pods of a workload, and counts the instances of the data plane'),
];
const GATEWAY_ROUTES = reads('gateway.networking.k8s.io', ['httproutes', 'grpcroutes'], 'finds the routes that lead to a workload');
const CLASSES = reads('networking.k8s.io', ['ingressclasses'], 'knows which controller serves an Ingress');
const INGRESSES = reads('networking.k8s.io', ['ingresses', 'ingressclasses'], 'finds the routes that lead to a workload');

const declare = (
  name: string,
  title: string,
  attach: AttachStyle,
  writes: WrittenKind,
  looksAt: readonly RbacRule[] = [],
): readonly [string, BackEndDeclaration] => [
  name,
  { name, title, attach, writes: [writes], rbac: [writesRule(attach, writes), ...looksAt, ...PODS] },
];

const cilium = (kind: string, resource: string): WrittenKind => ({ group: 'cilium.io', version: 'v2', kind, resource });

/** Every back-end there is, by name, the ones to prefer first; docs/mitigation/back-ends has a page for each. */
export const MITIGATION_BACK_ENDS: Readonly<Record<string, BackEndDeclaration>> = Object.fromEntries([
  declare(
    'nginx-gateway-fabric',
    'NGINX Gateway Fabric',
    'object',
    { group: 'gateway.nginx.org', version: 'v1alpha1', kind: 'RateLimitPolicy', resource: 'ratelimitpolicies' },
    [GATEWAY_ROUTES],
  ),
  declare(
    'envoy-gateway',
    'Envoy Gateway',
    'object',
    { group: 'gateway.envoyproxy.io', version: 'v1alpha1', kind: 'BackendTrafficPolicy', resource: 'backendtrafficpolicies' },
    [GATEWAY_ROUTES],
  ),
  declare(
    'kuadrant',
    'Kuadrant',
    'object',
    { group: 'kuadrant.io', version: 'v1', kind: 'RateLimitPolicy', resource: 'ratelimitpolicies' },
    [GATEWAY_ROUTES, reads('gateway.networking.k8s.io', ['gateways'], 'knows the gateways that a limit can be put on')],
  ),
  declare('traefik', 'Traefik', 'dial', { group: 'traefik.io', version: 'v1alpha1', kind: 'Middleware', resource: 'middlewares' }, [
    reads('traefik.io', ['ingressroutes'], 'finds the routes that lead to a workload'),
    GATEWAY_ROUTES,
    INGRESSES,
  ]),
  declare(
    'nginx-ingress-controller',
    'F5 NGINX Ingress Controller',
    'dial',
    { group: 'k8s.nginx.org', version: 'v1', kind: 'Policy', resource: 'policies' },
    [reads('k8s.nginx.org', ['virtualservers'], 'finds the routes that lead to a workload')],
  ),
  declare('kong', 'Kong', 'dial', { group: 'configuration.konghq.com', version: 'v1', kind: 'KongPlugin', resource: 'kongplugins' }, [
    GATEWAY_ROUTES,
    INGRESSES,
  ]),
  declare(
    'ingress-nginx',
    'ingress-nginx',
    'field',
    { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress', resource: 'ingresses' },
    [CLASSES],
  ),
  declare('cilium-network-policy', 'Cilium network policy', 'object', cilium('CiliumNetworkPolicy', 'ciliumnetworkpolicies')),
  declare('network-policy', 'NetworkPolicy', 'object', {
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'NetworkPolicy',
    resource: 'networkpolicies',
  }),
  declare('cilium-envoy-config', 'Cilium Envoy configuration', 'object', cilium('CiliumEnvoyConfig', 'ciliumenvoyconfigs')),
  declare('cilium-bandwidth', 'Cilium bandwidth manager', 'field', { group: '', version: 'v1', kind: 'Pod', resource: 'pods' }),
]);
