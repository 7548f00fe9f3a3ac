import { createHash } from 'node:crypto';
import { MITIGATION_ANNOTATIONS, PROTECTED_NAMESPACES } from '../../conventions/index.ts';
import { formatTime, isAddressRange, type KubernetesObject } from '../../platform/index.ts';

export const DECOY_LABELS = { managed: 'bellwether.dev/decoy-route', name: 'bellwether.dev/decoy-route-name' } as const;
export const DECOY_ANNOTATIONS = {
  /** RFC 3339; whoever finds the object later may take it away. */
  expiresAt: 'bellwether.dev/decoy-expires-at',
  approvedBy: 'bellwether.dev/decoy-approved-by',
  reason: 'bellwether.dev/decoy-reason',
} as const;
export const DECOY_PREFIX = 'bellwether-decoy-';

/** What somebody asks for. A route to a decoy is always asked, never automatic. */
export interface RouteRequest {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Requests that carry this header; given by whatever marks them, such as a WAF or a gateway. */
  readonly marker?: { readonly header: string; readonly value: string };
  /** Addresses of clients, where a gateway can match them. */
  readonly addresses: readonly string[];
  readonly approvedBy: string;
  readonly reason: string;
  readonly expiresAtMs: number;
}

/** Where the decoy is. */
export interface DecoyPlace {
  readonly service: string;
  readonly namespace: string;
  readonly port: number;
}

export type RoutePlan = { readonly objects: readonly KubernetesObject[]; readonly notes: readonly string[] } | { readonly refused: string };

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);

const HEADER = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;
// No sign that a gateway's own language would read.
const VALUE = /^[\w.~-]{1,100}$/;
const MOST_ADDRESSES = 20;

const nameOf = ({ kind, namespace, name }: RouteRequest): string =>
  `${DECOY_PREFIX}${createHash('sha256').update(`${kind}/${namespace}/${name}`).digest('hex').slice(0, 12)}`;

const metadataOf = (request: RouteRequest, namespace: string) => ({
  name: nameOf(request),
  namespace,
  labels: { [DECOY_LABELS.managed]: 'true', [DECOY_LABELS.name]: nameOf(request) },
  annotations: {
    [DECOY_ANNOTATIONS.expiresAt]: formatTime(request.expiresAtMs),
    [DECOY_ANNOTATIONS.approvedBy]: request.approvedBy.slice(0, 100),
    [DECOY_ANNOTATIONS.reason]: request.reason.slice(0, 300),
    [MITIGATION_ANNOTATIONS.argoIgnore]: 'IgnoreExtraneous',
  },
});

/** A name in the namespace of the route that leads to the decoy elsewhere. */
const alias = (request: RouteRequest, { service, namespace, port }: DecoyPlace): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadataOf(request, request.namespace),
  spec: { type: 'ExternalName', externalName: `${service}.${namespace}.svc`, ports: [{ name: 'http', port, protocol: 'TCP' }] },
});

/** ingress-nginx takes one canary per rule: a second Ingress with the same rules and a header. */
const ingress = (request: RouteRequest, route: KubernetesObject, place: DecoyPlace): RoutePlan => {
  const { marker } = request;
  if (!marker)
    return {
      refused:
        'not supported: ingress-nginx cannot send single addresses elsewhere. Give a marker header, or use a gateway that matches client addresses (Traefik).',
    };
  const metadata = metadataOf(request, request.namespace);
  const spec = fields(route.spec);
  const isOtherClass = typeof spec.ingressClassName === 'string' && !/nginx/.test(spec.ingressClassName);
  if (isOtherClass)
    return { refused: `not supported: the class ${String(spec.ingressClassName)} is not ingress-nginx, and canaries are its own` };
  const backend = { service: { name: metadata.name, port: { number: place.port } } };
  const rules = listOf(spec.rules).map((rule) => ({
    ...(rule.host === undefined ? {} : { host: rule.host }),
    http: {
      paths: listOf(fields(rule.http).paths).map(({ path, pathType }) => ({ ...(path === undefined ? {} : { path }), pathType, backend })),
    },
  }));
  if (rules.length === 0) return { refused: 'the Ingress has no rules that a canary could repeat' };
  const annotations = {
    ...metadata.annotations,
    'nginx.ingress.kubernetes.io/canary': 'true',
    'nginx.ingress.kubernetes.io/canary-by-header': marker.header,
    'nginx.ingress.kubernetes.io/canary-by-header-value': marker.value,
  };
  return {
    objects: [
      alias(request, place),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { ...metadata, annotations },
        spec: { ...(spec.ingressClassName === undefined ? {} : { ingressClassName: spec.ingressClassName }), rules },
      },
    ],
    notes: ['ingress-nginx takes one canary per host and path: another one that is there already wins, or loses.'],
  };
};

/** A second HTTPRoute that asks for one header more: the Gateway API prefers the match with more headers. */
const httpRoute = (request: RouteRequest, route: KubernetesObject, { service, namespace, port }: DecoyPlace): RoutePlan => {
  const { marker } = request;
  if (!marker) return { refused: 'not supported: an HTTPRoute matches no client addresses. Give a marker header.' };
  const spec = fields(route.spec);
  const header = { type: 'Exact', name: marker.header, value: marker.value };
  const matchesOf = (rule: Fields): readonly Fields[] => {
    const given = listOf(rule.matches);
    return given.length > 0 ? given : [{ path: { type: 'PathPrefix', value: '/' } }];
  };
  const rules = listOf(spec.rules).map((rule) => ({
    matches: matchesOf(rule).map((match) => ({
      ...match,
      headers: [...listOf(match.headers).filter(({ name }) => String(name).toLowerCase() !== marker.header.toLowerCase()), header],
    })),
    backendRefs: [{ group: '', kind: 'Service', name: service, namespace, port, weight: 1 }],
  }));
  const metadata = metadataOf(request, request.namespace);
  return {
    objects: [
      {
        apiVersion: 'gateway.networking.k8s.io/v1beta1',
        kind: 'ReferenceGrant',
        metadata: metadataOf(request, namespace),
        spec: {
          from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: request.namespace }],
          to: [{ group: '', kind: 'Service', name: service }],
        },
      },
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata,
        spec: {
          parentRefs: spec.parentRefs,
          ...(spec.hostnames === undefined ? {} : { hostnames: spec.hostnames }),
          rules: rules.length > 0 ? rules : undefined,
        },
      },
    ],
    notes: [],
  };
};

/** Traefik prefers the longer rule, so the same match with one condition more wins. */
const ingressRoute = (request: RouteRequest, route: KubernetesObject, place: DecoyPlace): RoutePlan => {
  const { marker, addresses } = request;
  const spec = fields(route.spec);
  const conditions = [
    ...(marker ? [`Header(\`${marker.header}\`, \`${marker.value}\`)`] : []),
    ...(addresses.length > 0 ? [`(${addresses.map((address) => `ClientIP(\`${address}\`)`).join(' || ')})`] : []),
  ];
  const metadata = metadataOf(request, request.namespace);
  const routes = listOf(spec.routes).flatMap(({ match }) =>
    typeof match === 'string'
      ? [{ kind: 'Rule', match: `(${match}) && ${conditions.join(' && ')}`, services: [{ name: metadata.name, port: place.port }] }]
      : [],
  );
  if (routes.length === 0) return { refused: 'the IngressRoute has no rules' };
  return {
    objects: [
      alias(request, place),
      {
        apiVersion: 'traefik.io/v1alpha1',
        kind: 'IngressRoute',
        metadata,
        spec: {
          ...(spec.entryPoints === undefined ? {} : { entryPoints: spec.entryPoints }),
          ...(spec.tls === undefined ? {} : { tls: spec.tls }),
          routes,
        },
      },
    ],
    notes: [
      'Traefik follows a Service of type ExternalName only with allowExternalNameServices on its provider.',
      ...(addresses.length > 0
        ? ['ClientIP is the address that Traefik itself sees: behind a load balancer that hides clients it is the same for all.']
        : []),
    ],
  };
};

const PLANS: Readonly<Record<string, (request: RouteRequest, route: KubernetesObject, place: DecoyPlace) => RoutePlan>> = {
  Ingress: ingress,
  HTTPRoute: httpRoute,
  IngressRoute: ingressRoute,
};

/** Kinds of routes, as the API server names them. */
export const ROUTE_KINDS: Readonly<Record<string, string>> = {
  Ingress: 'networking.k8s.io/v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  IngressRoute: 'traefik.io/v1alpha1',
};

/** Longest and shortest stay of a route to a decoy. */
export const ROUTE_TTL_MS = { least: 60_000, most: 4 * 3_600_000 } as const;

const isProtected = (namespace: string): boolean =>
  PROTECTED_NAMESPACES.some((pattern) => (pattern.endsWith('*') ? namespace.startsWith(pattern.slice(0, -1)) : namespace === pattern));

/** Why a request cannot be taken; empty where it can. */
const problemsOf = ({ namespace, marker, addresses, approvedBy, reason, expiresAtMs }: RouteRequest, nowMs: number): readonly string[] => [
  ...(isProtected(namespace) ? [`the namespace ${namespace} is protected`] : []),
  ...(!marker && addresses.length === 0 ? ['give a marker header, or addresses'] : []),
  ...(marker && !(HEADER.test(marker.header) && VALUE.test(marker.value))
    ? ['the marker must be a header name and a value of letters, digits and . _ ~ -']
    : []),
  ...(addresses.length > MOST_ADDRESSES ? [`at most ${MOST_ADDRESSES} addresses can be given`] : []),
  ...addresses.filter((address) => !isAddressRange(address)).map((address) => `${JSON.stringify(address)} is no address or range`),
  ...(approvedBy.trim() === '' || reason.trim().length < 5 ? ['an approval names who gives it, and why'] : []),
  ...(expiresAtMs - nowMs < ROUTE_TTL_MS.least || expiresAtMs - nowMs > ROUTE_TTL_MS.most ? ['it has to end in 1 minute to 4 hours'] : []),
];

/** What would be written, or why not. Pure: the route of the user is read and never changed. */
export const planRoute = (request: RouteRequest, route: KubernetesObject, place: DecoyPlace, nowMs: number): RoutePlan => {
  const problems = problemsOf(request, nowMs);
  if (problems.length > 0) return { refused: problems.join('; ') };
  const plan = PLANS[request.kind];
  if (!plan)
    return {
      refused: `not supported: ${request.kind} has no way to send some requests elsewhere by a separate object${request.kind === 'VirtualServer' ? '; add a match on $remote_addr to its route by hand' : ''}. Supported: ${Object.keys(PLANS).join(', ')}`,
    };
  if (request.addresses.length > 0 && request.kind !== 'IngressRoute' && request.marker)
    return { refused: `not supported: ${request.kind} matches no client addresses; leave them out` };
  return plan(request, route, place);
};
