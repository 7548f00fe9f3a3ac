import type { KubernetesObject } from '../../../platform/index.ts';
import type { PlanOutcome } from '../../back-end.ts';
import type { MitigationIntent, MitigationTarget } from '../../intent.ts';

export const refused = (reason: string): PlanOutcome => ({ state: 'refused', reason });

/** Why nothing can be planned for a target that is not there. */
export const isMissing = ({ kind, namespace, name }: MitigationTarget): PlanOutcome =>
  refused(`There is no ${kind} ${name} in namespace ${namespace}.`);

export const hasConflict = (target: MitigationTarget, other: KubernetesObject, why: string): PlanOutcome =>
  refused(
    `${other.kind} ${other.metadata.namespace}/${other.metadata.name} already acts on ${target.kind} ${target.name}. ${why} ` +
      'Lower the limit there, or take that object away first.',
  );

/** For data planes that cannot make exceptions: better no limit than one that hits those who were promised none. */
export const cannotAllow = ({ allowedClients }: MitigationIntent, title: string): PlanOutcome | undefined =>
  allowedClients.length === 0
    ? undefined
    : refused(
        `${title} cannot leave ${allowedClients.join(', ')} out of a limit. Take the allowed clients away for this mitigation, or use another back-end.`,
      );

/** For data planes that can only count, but not limit how many requests are open at once. */
export const cannotLimitConnections = ({ connections }: MitigationIntent, title: string): PlanOutcome | undefined =>
  connections === undefined ? undefined : refused(`${title} cannot limit open connections for a route. Leave the connections out.`);

/** The first reason not to do it. */
export const firstOf = (...reasons: readonly (PlanOutcome | undefined)[]): PlanOutcome | undefined =>
  reasons.find((reason) => reason !== undefined);
