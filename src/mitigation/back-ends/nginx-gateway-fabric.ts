import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { BackEnd, ClusterView } from '../back-end.ts';
import {
  GATEWAY_API_GROUP,
  gatewayRoutesOf,
  gatewaysOf,
  instanceNotes,
  instancesOf,
  ROUTE_KINDS,
  routeOf,
  SERVICE_KIND,
  WORKLOAD_KINDS,
} from '../discovery/index.ts';
import type { MitigationIntent, MitigationTarget } from '../intent.ts';
import { ownedMetadata } from '../labels.ts';
import {
  byClientOrTogether,
  cannotAllow,
  cannotLimitConnections,
  declarationOf,
  firstOf,
  hasConflict,
  isMissing,
  nginxRate,
  policyAcceptance,
  refused,
} from './support/index.ts';

const declaration = declarationOf('nginx-gateway-fabric');
const CONTROLLER = 'gateway.nginx.org/nginx-gateway-controller';
const POLICY: KindName = { apiVersion: 'gateway.nginx.org/v1alpha1', kind: 'RateLimitPolicy' };
/** Its provisioner labels the Deployment of each gateway. */
const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';
/** 64 bytes per address: 160,000 of them. The controller's own default. */
const ZONE_SIZE = '10m';

interface PolicySpec {
  readonly targetRefs?: readonly { readonly kind: string; readonly name: string }[];
  readonly rateLimit?: { readonly dryRun?: boolean; readonly rejectCode?: number; readonly logLevel?: string };
}

/** The controller refuses a younger policy for the same target where both say one of these; and a dry run of another would hold for ours. */
const clashes = ({ spec }: KubernetesObject, { kind, name }: MitigationTarget): boolean => {
  const { targetRefs = [], rateLimit = {} } = (spec ?? {}) as PolicySpec;
  const { dryRun, rejectCode, logLevel } = rateLimit;
  return (
    targetRefs.some((target) => target.kind === kind && target.name === name) &&
    [dryRun, rejectCode, logLevel].some((value) => value !== undefined)
  );
};

const policyOf = (intent: MitigationIntent): KubernetesObject => {
  const { target, requestsPerSecond, burst, perClient, mode, rejectCode } = intent;
  return {
    ...POLICY,
    metadata: ownedMetadata(intent, declaration.name, target.namespace),
    spec: {
      targetRefs: [{ group: GATEWAY_API_GROUP, kind: target.kind, name: target.name }],
      rateLimit: {
        ...(mode === 'dryRun' ? { dryRun: true } : {}),
        rejectCode,
        local: {
          rules: [
            {
              // A constant key is one bucket for all.
              key: perClient ? '$binary_remote_addr' : 'all',
              rate: nginxRate(requestsPerSecond),
              // nginx takes no burst of 0.
              ...(burst > 0 ? { burst, noDelay: true } : {}),
              zoneSize: ZONE_SIZE,
            },
          ],
        },
      },
    },
  };
};

const notesOf = (intent: MitigationIntent, route: KubernetesObject, view: ClusterView): readonly string[] =>
  gatewaysOf(route, CONTROLLER).flatMap(({ namespace, name }) =>
    instanceNotes(instancesOf(view, { matchLabels: { [GATEWAY_LABEL]: name } }, namespace), `Gateway ${name}`, intent.requestsPerSecond),
  );

/** RateLimitPolicy of NGINX Gateway Fabric 2.4 or later: `limit_req` for a route, as an object of its own. */
export const nginxGatewayFabric: BackEnd = {
  declaration,
  abilities: byClientOrTogether({
    action: 'rateLimit',
    targetKinds: ROUTE_KINDS.map(({ kind }) => kind),
    nativeDryRun: true,
    connections: false,
    limits: [
      'Counts per instance of nginx.',
      'Cannot leave addresses out of a limit.',
      'Needs version 2.4 or later; without the real client address all clients behind a load balancer count as one.',
    ],
  }),
  needs: [POLICY],
  reads: [POLICY, SERVICE_KIND, ...WORKLOAD_KINDS, ...ROUTE_KINDS],
  targetsOf: (workload, view) => gatewayRoutesOf(workload, view, { controller: CONTROLLER }),
  plan: (intent, view) => {
    const { target } = intent;
    const route = routeOf(target, view);
    if (!route) return isMissing(target);
    if (gatewaysOf(route, CONTROLLER).length === 0)
      return refused(`${target.kind} ${target.name} is attached to no gateway of ${declaration.title}.`);
    const other = view
      .list(POLICY, target.namespace)
      .find((policy) => clashes(policy, target) && policy.metadata.name !== policyOf(intent).metadata.name);
    return (
      firstOf(
        other && hasConflict(target, other, 'Of two such policies the older one wins.'),
        cannotAllow(intent, declaration.title),
        cannotLimitConnections(intent, declaration.title),
      ) ?? { state: 'planned', changes: [{ style: 'object', object: policyOf(intent) }], notes: notesOf(intent, route, view) }
    );
  },
  acceptance: ([policy]) => policyAcceptance(policy),
  // Without NGINX Plus its metrics do not tell routes apart.
  signals: () => ({}),
};
