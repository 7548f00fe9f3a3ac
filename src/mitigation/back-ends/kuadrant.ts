import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { BackEnd } from '../back-end.ts';
import { GATEWAY_API_GROUP, gatewayRoutesOf, HTTP_ROUTE_KIND, SERVICE_KIND, WORKLOAD_KINDS } from '../discovery/index.ts';
import type { MitigationIntent } from '../intent.ts';
import { ownedMetadata, ownedName } from '../labels.ts';
import {
  byClientOrTogether,
  cannotAllow,
  cannotLimitConnections,
  conditionAcceptance,
  declarationOf,
  firstOf,
  hasConflict,
  isMissing,
  wholeRate,
} from './support/index.ts';

const declaration = declarationOf('kuadrant');
const POLICY: KindName = { apiVersion: 'kuadrant.io/v1', kind: 'RateLimitPolicy' };
const GATEWAY: KindName = { apiVersion: `${GATEWAY_API_GROUP}/v1`, kind: 'Gateway' };
const TARGETS = [HTTP_ROUTE_KIND, GATEWAY];
const WINDOWS = { second: '1s', minute: '1m' } as const;

interface PolicySpec {
  readonly targetRef?: { readonly kind?: string; readonly name?: string; readonly sectionName?: string };
  readonly overrides?: unknown;
}

const targetOf = ({ spec }: KubernetesObject): NonNullable<PolicySpec['targetRef']> => ((spec ?? {}) as PolicySpec).targetRef ?? {};

const policyOf = (intent: MitigationIntent): KubernetesObject => {
  const { target, requestsPerSecond, perClient } = intent;
  const { count, per } = wholeRate(requestsPerSecond);
  const limits = {
    bellwether: {
      rates: [{ limit: count, window: WINDOWS[per] }],
      // The trusted client address, without its port.
      ...(perClient ? { counters: [{ expression: 'source.remote_address' }] } : {}),
    },
  };
  return {
    ...POLICY,
    metadata: ownedMetadata(intent, declaration.name, target.namespace),
    spec: {
      targetRef: { group: GATEWAY_API_GROUP, kind: target.kind, name: target.name },
      // On a gateway it comes before whatever routes say; a route has nobody below it.
      ...(target.kind === GATEWAY.kind ? { overrides: { strategy: 'merge', limits } } : { limits }),
    },
  };
};

/** RateLimitPolicy of Kuadrant: counted by Limitador for all gateways together, as an object of its own. */
export const kuadrant: BackEnd = {
  declaration,
  abilities: byClientOrTogether({
    action: 'rateLimit',
    targetKinds: TARGETS.map(({ kind }) => kind),
    nativeDryRun: false,
    connections: false,
    limits: [
      'Counts for all instances together, in whole seconds or minutes: no burst of its own.',
      'On a Gateway it overrides the limits of all its routes.',
      'Cannot leave addresses out of a limit.',
    ],
  }),
  needs: [POLICY],
  reads: [POLICY, ...TARGETS, SERVICE_KIND, ...WORKLOAD_KINDS],
  // Kuadrant acts on gateways of several controllers.
  targetsOf: (workload, view) => gatewayRoutesOf(workload, view, { kinds: [HTTP_ROUTE_KIND] }),
  plan: (intent, view) => {
    const { target, burst, requestsPerSecond } = intent;
    const kind = TARGETS.find((known) => known.kind === target.kind);
    if (!kind || !view.find({ ...kind, namespace: target.namespace, name: target.name })) return isMissing(target);
    const other = view
      .list(POLICY, target.namespace)
      .find(
        (policy) =>
          policy.metadata.name !== ownedName(intent.mitigation) &&
          targetOf(policy).kind === target.kind &&
          targetOf(policy).name === target.name,
      );
    const above = view.list(POLICY).find((policy) => targetOf(policy).kind === GATEWAY.kind && hasOverrides(policy));
    return (
      firstOf(
        other && hasConflict(target, other, 'Kuadrant takes one such policy for each target.'),
        target.kind === HTTP_ROUTE_KIND.kind && above
          ? hasConflict(target, above, 'Overrides of a gateway come before the limits of its routes.')
          : undefined,
        cannotAllow(intent, declaration.title),
        cannotLimitConnections(intent, declaration.title),
      ) ?? {
        state: 'planned',
        changes: [{ style: 'object', object: policyOf(intent) }],
        notes: burst > 0 ? [`A burst of its own cannot be said: Kuadrant counts whole ${wholeRate(requestsPerSecond).per}s.`] : [],
      }
    );
  },
  acceptance: ([policy]) => {
    const accepted = conditionAcceptance(policy, 'Accepted', declaration.title);
    return accepted.state === 'accepted' ? conditionAcceptance(policy, 'Enforced', declaration.title) : accepted;
  },
  signals: () => ({}),
};

const hasOverrides = ({ spec }: KubernetesObject): boolean => ((spec ?? {}) as PolicySpec).overrides !== undefined;
