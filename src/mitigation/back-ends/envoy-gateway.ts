import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { Acceptance, BackEnd, ClusterView } from '../back-end.ts';
import {
  GATEWAY_API_GROUP,
  gatewayRoutesOf,
  gatewaysOf,
  instanceNotes,
  instancesOf,
  type LabelSelector,
  ROUTE_KINDS,
  routeOf,
  SERVICE_KIND,
  selects,
  WORKLOAD_KINDS,
} from '../discovery/index.ts';
import type { MitigationIntent } from '../intent.ts';
import { ownedMetadata, ownedName } from '../labels.ts';
import {
  byClientOrTogether,
  declarationOf,
  firstOf,
  hasConflict,
  isMissing,
  policyAcceptance,
  refused,
  wholeRate,
  withLength,
} from './support/index.ts';

const declaration = declarationOf('envoy-gateway');
const CONTROLLER = 'gateway.envoyproxy.io/gatewayclass-controller';
const POLICY: KindName = { apiVersion: 'gateway.envoyproxy.io/v1alpha1', kind: 'BackendTrafficPolicy' };
/** On the Deployment of the proxies of a gateway. */
const OWNER_NAME = 'gateway.envoyproxy.io/owning-gateway-name';
const OWNER_NAMESPACE = 'gateway.envoyproxy.io/owning-gateway-namespace';
/** All addresses of both families; a range matches only its own. */
const EVERYBODY = ['0.0.0.0/0', '::/0'];
const UNITS = { second: 'Second', minute: 'Minute' } as const;

interface TargetRef {
  readonly kind?: string;
  readonly name?: string;
}

interface PolicySpec {
  readonly targetRef?: TargetRef;
  readonly targetRefs?: readonly TargetRef[];
  readonly targetSelectors?: readonly (TargetRef & LabelSelector)[];
  readonly rateLimit?: {
    readonly local?: {
      readonly rules?: readonly {
        readonly clientSelectors?: readonly { readonly sourceCIDR?: { readonly value?: string; readonly invert?: boolean } }[];
      }[];
    };
  };
}

const actsOn = (policy: KubernetesObject, route: KubernetesObject): boolean => {
  const { targetRef, targetRefs = [], targetSelectors = [] } = (policy.spec ?? {}) as PolicySpec;
  const { name, labels = {} } = route.metadata;
  return (
    [...targetRefs, ...(targetRef ? [targetRef] : [])].some((target) => target.kind === route.kind && target.name === name) ||
    targetSelectors.some((selector) => selector.kind === route.kind && selects(selector, labels))
  );
};

/** `Distinct` counts each address by itself; inverted it leaves one range out. A rule can name one range only. */
const rulesOf = ({ perClient, allowedClients: [allowed], requestsPerSecond }: MitigationIntent): readonly object[] => {
  const { count, per } = wholeRate(requestsPerSecond);
  const limit = { requests: count, unit: UNITS[per] };
  const type = perClient ? 'Distinct' : 'Exact';
  const rule = (range: object): object => ({ clientSelectors: [{ sourceCIDR: { type, ...range } }], limit });
  if (allowed !== undefined) return [rule({ value: withLength(allowed), invert: true })];
  return perClient ? EVERYBODY.map((value) => rule({ value })) : [{ limit }];
};

const policyOf = (intent: MitigationIntent): KubernetesObject => {
  const { target, connections } = intent;
  return {
    ...POLICY,
    metadata: ownedMetadata(intent, declaration.name, target.namespace),
    spec: {
      targetRefs: [{ group: GATEWAY_API_GROUP, kind: target.kind, name: target.name }],
      // Without it a policy for a route hides the whole policy of its gateway.
      mergeType: 'StrategicMerge',
      rateLimit: { local: { rules: rulesOf(intent) } },
      ...(connections === undefined ? {} : { circuitBreaker: { maxParallelRequests: connections } }),
    },
  };
};

const notesOf = (intent: MitigationIntent, route: KubernetesObject, view: ClusterView): readonly string[] => {
  const { burst, requestsPerSecond, connections } = intent;
  const { count, per } = wholeRate(requestsPerSecond);
  return [
    ...(burst > 0 ? [`A burst of its own cannot be said: each ${per} begins with ${count} requests.`] : []),
    ...(connections === undefined ? [] : [`The ${connections} open requests are for all clients together.`]),
    ...gatewaysOf(route, CONTROLLER).flatMap(({ namespace, name }) =>
      instanceNotes(
        instancesOf(view, { matchLabels: { [OWNER_NAME]: name, [OWNER_NAMESPACE]: namespace } }),
        `Gateway ${name}`,
        requestsPerSecond,
      ),
    ),
  ];
};

/** An older version drops what it does not know: a range that is no longer inverted would limit just those who must not be. */
const isComplete = (policy: KubernetesObject | undefined): Acceptance => {
  const { rateLimit } = (policy?.spec ?? {}) as PolicySpec;
  const ranges = (rateLimit?.local?.rules ?? []).flatMap(({ clientSelectors = [] }) => clientSelectors.map(({ sourceCIDR }) => sourceCIDR));
  return ranges.some((range) => range?.value !== undefined && !EVERYBODY.includes(range.value) && range.invert !== true)
    ? { state: 'refused', reason: 'This version of Envoy Gateway cannot leave addresses out of a limit: 1.9 or later can.' }
    : policyAcceptance(policy);
};

/** BackendTrafficPolicy of Envoy Gateway: a local token bucket in each proxy, as an object of its own. */
export const envoyGateway: BackEnd = {
  declaration,
  abilities: byClientOrTogether({
    action: 'rateLimit',
    targetKinds: ROUTE_KINDS.map(({ kind }) => kind),
    nativeDryRun: false,
    connections: true,
    limits: [
      'Counts per proxy and route.',
      'The bucket holds one second of requests and is filled at once: no burst of its own.',
      'Can leave out one range of addresses, from version 1.9 on.',
      'Open requests are limited for all clients together.',
    ],
  }),
  needs: [POLICY],
  reads: [POLICY, SERVICE_KIND, ...WORKLOAD_KINDS, ...ROUTE_KINDS],
  targetsOf: (workload, view) => gatewayRoutesOf(workload, view, { controller: CONTROLLER }),
  plan: (intent, view) => {
    const { target, allowedClients } = intent;
    const route = routeOf(target, view);
    if (!route) return isMissing(target);
    if (gatewaysOf(route, CONTROLLER).length === 0)
      return refused(`${target.kind} ${target.name} is attached to no gateway of ${declaration.title}.`);
    const other = view
      .list(POLICY, target.namespace)
      .find((policy) => actsOn(policy, route) && policy.metadata.name !== ownedName(intent.mitigation));
    return (
      firstOf(
        other && hasConflict(target, other, 'Of two such policies the older one wins.'),
        allowedClients.length > 1
          ? refused(
              `${declaration.title} can leave one range of addresses out of a limit, not ${allowedClients.length}. Join them into one range.`,
            )
          : undefined,
      ) ?? { state: 'planned', changes: [{ style: 'object', object: policyOf(intent) }], notes: notesOf(intent, route, view) }
    );
  },
  acceptance: ([policy]) => isComplete(policy),
  signals: ({ target: { kind, namespace, name } }) => {
    // Envoy Gateway names clusters after the route; a limit is counted for the proxy as a whole.
    const cluster = `envoy_cluster_name=~"${kind.toLowerCase()}/${namespace}/${name}/.*"`;
    const rejected = 'sum(rate(envoy_http_local_rate_limit_rate_limited[2m]))';
    const passed = `sum(rate(envoy_cluster_upstream_rq_xx{${cluster}}[2m]))`;
    return {
      requestsPerSecond: `${passed} + (${rejected} or vector(0))`,
      rejectedPerSecond: rejected,
      failureRatio: `sum(rate(envoy_cluster_upstream_rq_xx{${cluster},envoy_response_code_class="5"}[2m])) / ${passed}`,
      // Envoy counts milliseconds, and only what it sent on.
      latencySeconds: `histogram_quantile(0.95, sum by (le) (rate(envoy_cluster_upstream_rq_time_bucket{${cluster}}[2m]))) / 1000`,
    };
  },
};
