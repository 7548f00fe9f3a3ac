import { MITIGATION_LABELS } from '../../conventions/index.ts';
import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { BackEnd, ClusterView, FieldValue, PlanOutcome } from '../back-end.ts';
import {
  dialOf,
  gatewayRoutesOf,
  HTTP_ROUTE_KIND,
  INGRESS_CLASS_KIND,
  INGRESS_KIND,
  ingressesOf,
  instanceNotes,
  instancesOf,
  type Reference,
  SERVICE_KIND,
  servicesOf,
  WORKLOAD_KINDS,
} from '../discovery/index.ts';
import type { MitigationIntent, MitigationTarget } from '../intent.ts';
import { byClientOrTogether, cannotAllow, declarationOf, firstOf, isMissing, presence, refused, wholeRate } from './support/index.ts';

const declaration = declarationOf('traefik');
const MIDDLEWARE: KindName = { apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware' };
const INGRESS_ROUTE: KindName = { apiVersion: 'traefik.io/v1alpha1', kind: 'IngressRoute' };
const ROUTES = [INGRESS_ROUTE, INGRESS_KIND, HTTP_ROUTE_KIND];
const CONTROLLER = { controller: 'traefik.io/ingress-controller', className: 'traefik' };
const GATEWAY_CONTROLLER = 'traefik.io/gateway-controller';
const LABELS = { 'app.kubernetes.io/name': 'traefik' };
/** `NAMESPACE-NAME@kubernetescrd`, several with commas between. */
const MIDDLEWARES = 'traefik.ingress.kubernetes.io/router.middlewares';
const SUFFIX = '@kubernetescrd';

interface IngressRouteSpec {
  readonly routes?: readonly {
    readonly services?: readonly { readonly name?: string; readonly namespace?: string }[];
    readonly middlewares?: readonly { readonly name?: string; readonly namespace?: string }[];
  }[];
}

interface HttpRouteSpec {
  readonly rules?: readonly {
    readonly filters?: readonly { readonly extensionRef?: { readonly group?: string; readonly kind?: string; readonly name?: string } }[];
  }[];
}

const ownNamespace = ({ metadata }: KubernetesObject): string => metadata.namespace ?? '';

/** Middlewares that a route of any of its kinds goes through. */
const referencesOf = (route: KubernetesObject, view: ClusterView): readonly Reference[] => {
  const namespace = ownNamespace(route);
  if (route.kind === INGRESS_ROUTE.kind)
    return ((route.spec as IngressRouteSpec | undefined)?.routes ?? []).flatMap(({ middlewares = [] }) =>
      middlewares.map(({ name = '', namespace: elsewhere = namespace }) => ({ namespace: elsewhere, name })),
    );
  if (route.kind === HTTP_ROUTE_KIND.kind)
    return ((route.spec as HttpRouteSpec | undefined)?.rules ?? []).flatMap(({ filters = [] }) =>
      filters.flatMap(({ extensionRef }) =>
        extensionRef?.kind === MIDDLEWARE.kind && extensionRef.name !== undefined ? [{ namespace, name: extensionRef.name }] : [],
      ),
    );
  // A namespace may have dashes, so that the text alone does not say where the name begins: what exists decides.
  const named = (route.metadata.annotations?.[MIDDLEWARES] ?? '').split(',').map((text) => text.trim());
  return view
    .list(MIDDLEWARE)
    .filter((middleware) => named.includes(`${ownNamespace(middleware)}-${middleware.metadata.name}${SUFFIX}`))
    .map((middleware) => ({ namespace: ownNamespace(middleware), name: middleware.metadata.name }));
};

const ingressRoutesOf = (workload: MitigationTarget, view: ClusterView): readonly MitigationTarget[] => {
  const services = servicesOf(workload, view);
  return view
    .list(INGRESS_ROUTE, workload.namespace)
    .filter((route) =>
      ((route.spec as IngressRouteSpec | undefined)?.routes ?? []).some((rule) =>
        (rule.services ?? []).some(
          ({ name = '', namespace = workload.namespace }) => namespace === workload.namespace && services.includes(name),
        ),
      ),
    )
    .map((route) => ({ kind: route.kind, namespace: workload.namespace, name: route.metadata.name }));
};

const rateLimit = (name: string, value: unknown): FieldValue => ({ path: ['spec', 'rateLimit', name], value });

const fieldsOf = ({ requestsPerSecond, burst }: MitigationIntent): readonly FieldValue[] => {
  const { count, per } = wholeRate(requestsPerSecond);
  return [
    rateLimit('average', count),
    rateLimit('period', per === 'second' ? '1s' : '1m'),
    // 1 is its least.
    rateLimit('burst', Math.max(1, burst)),
  ];
};

interface MiddlewareSpec {
  readonly rateLimit?: { readonly sourceCriterion?: Readonly<Record<string, unknown>> };
}

/** Traefik takes one criterion, and it stands in Git: the dial says who is counted. */
const criterionClash = (dial: KubernetesObject, { perClient }: MitigationIntent): PlanOutcome | undefined => {
  const byHost = ((dial.spec ?? {}) as MiddlewareSpec).rateLimit?.sourceCriterion?.requestHost === true;
  return byHost !== perClient
    ? undefined
    : refused(
        `Middleware ${dial.metadata.name} counts ${byHost ? 'all requests to a host together' : 'each client by itself'}. Plan it so, or attach another dial.`,
      );
};

/** Middleware of Traefik 3 that routes refer to already, and that gets its rate only for the time of a mitigation. */
export const traefik: BackEnd = {
  declaration,
  abilities: byClientOrTogether({
    action: 'rateLimit',
    targetKinds: ROUTES.map(({ kind }) => kind),
    nativeDryRun: false,
    connections: false,
    limits: [
      `Needs a Middleware with the label \`${MITIGATION_LABELS.dial}: "true"\` that the route refers to, in its namespace.`,
      'Who is counted is what that Middleware says: by address, or all requests to a host.',
      'Turning it acts on every route that refers to it.',
      'Counts per instance of Traefik; cannot leave addresses out of a limit.',
    ],
  }),
  needs: [MIDDLEWARE],
  reads: [MIDDLEWARE, ...ROUTES, INGRESS_CLASS_KIND, SERVICE_KIND, ...WORKLOAD_KINDS],
  targetsOf: (workload, view) => [
    ...ingressRoutesOf(workload, view),
    ...ingressesOf(workload, view, CONTROLLER),
    ...gatewayRoutesOf(workload, view, { controller: GATEWAY_CONTROLLER, kinds: [HTTP_ROUTE_KIND] }),
  ],
  plan: (intent, view) => {
    const { target, requestsPerSecond, connections } = intent;
    const kind = ROUTES.find((known) => known.kind === target.kind);
    const route = kind && view.find({ ...kind, namespace: target.namespace, name: target.name });
    if (!route) return isMissing(target);
    const dial = dialOf(referencesOf(route, view), MIDDLEWARE, target.namespace, view);
    if (!dial)
      return refused(
        `${target.kind} ${target.name} refers to no Middleware of its namespace with the label ${MITIGATION_LABELS.dial}. Add one: docs/mitigation/back-ends/traefik.md.`,
      );
    const { rateLimit: given } = (dial.spec ?? {}) as MiddlewareSpec;
    if (given === undefined) return refused(`Middleware ${dial.metadata.name} is no rate limit: a dial has spec.rateLimit.`);
    // What is left when our keys go would be null, which the API server refuses: it could not be turned back.
    if (Object.keys(given).length === 0)
      return refused(`The rateLimit of Middleware ${dial.metadata.name} is empty: say at least who is counted, as sourceCriterion.`);
    const reason = firstOf(
      criterionClash(dial, intent),
      cannotAllow(intent, declaration.title),
      connections === undefined ? undefined : refused('The dial limits rates only: leave the connections out.'),
    );
    if (reason) return reason;
    const on = { ...MIDDLEWARE, namespace: ownNamespace(dial), name: dial.metadata.name };
    return {
      state: 'planned',
      changes: [{ style: 'fields', on, fields: fieldsOf(intent) }],
      notes: instanceNotes(instancesOf(view, { matchLabels: LABELS }), declaration.title, requestsPerSecond),
    };
  },
  acceptance: (objects) => presence(objects),
  signals: ({ target: { namespace, name } }) => {
    // Needs `addRoutersLabels`. A router's name begins with namespace and name of its route.
    const router = `router=~"${namespace}-${name}-.*"`;
    const all = `sum(rate(traefik_router_requests_total{${router}}[2m]))`;
    return {
      requestsPerSecond: all,
      rejectedPerSecond: `sum(rate(traefik_router_requests_total{${router},code="429"}[2m]))`,
      failureRatio: `sum(rate(traefik_router_requests_total{${router},code=~"5.."}[2m])) / sum(rate(traefik_router_requests_total{${router},code!="429"}[2m]))`,
      latencySeconds: `histogram_quantile(0.95, sum by (le) (rate(traefik_router_request_duration_seconds_bucket{${router},code!="429"}[2m])))`,
    };
  },
};
