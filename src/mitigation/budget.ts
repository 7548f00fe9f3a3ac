import { isActive, type Mitigation, namespaceOf, timeOf } from './mitigation.ts';
import type { MitigationOptions } from './options.ts';
import { protectedBy } from './protected.ts';

/** Each thing that can hold an action back, by the name it has in metrics. */
export const GUARDS = [
  'kill_switch',
  'protected',
  'stale_signal',
  'forbidden_alert',
  'breaker',
  'budget_global',
  'budget_namespace',
  'budget_routes',
  'same_target',
  'cooldown',
  'flapping',
  'approval',
  'shared_client',
  'numbers',
  'back_end',
  'conflict',
] as const;
export type Guard = (typeof GUARDS)[number];

/** What is known at the moment of decision. */
export interface Facts {
  readonly nowMs: number;
  /** Why nothing may begin; undefined while mitigations are on. */
  readonly switchedOff: string | undefined;
  /** Age of the newest score of the workload, and whether its exporter answers; undefined: nobody knows. */
  readonly signalAgeMs: number | undefined;
  /** Names of firing alerts during which nothing may begin. */
  readonly forbidding: readonly string[];
  /** Why the circuit breaker is open. */
  readonly breaker: string | undefined;
  /** Routes of the data plane in the cluster, and their kind: limits on another kind do not use up their share. */
  readonly routes: number;
  readonly routeKind?: string;
  readonly ownNamespace: string;
}

export type Permission = { readonly ok: true } | { readonly ok: false; readonly guard: Guard; readonly reason: string };

const refuse = (guard: Guard, reason: string): Permission => ({ ok: false, guard, reason });
const targetOf = (mitigation: Mitigation): string =>
  `${namespaceOf(mitigation)}/${mitigation.spec.target.kind}/${mitigation.spec.target.name}`;
/** Kind of the object that one in force limits. */
const limitedKind = ({ status }: Mitigation): string | undefined => status?.targets?.[0]?.split('/')[0];
const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`;

/** It was in force and has ended: what was refused or never began tells nothing about the target. */
const hasRun = ({ status }: Mitigation): boolean => status?.phase === 'Ended' && status.appliedAt !== undefined;

/** Milliseconds since its end. A clock that was set back must not shorten a rest: an end in the future counts as just now. */
const sinceEnd = (mitigation: Mitigation, nowMs: number): number => Math.max(0, nowMs - (timeOf(mitigation.status?.endedAt) ?? nowMs));

/**
 * Whether a mitigation may begin, by what is in the cluster. Pure: the same cluster and facts give the same answer after any restart. The
 * first refusal counts, the weightiest first.
 */
export const mayBegin = (
  mitigation: Mitigation,
  all: readonly Mitigation[],
  facts: Facts,
  {
    budget,
    protectedNamespaces,
    namespaces,
    staleMs,
  }: Pick<MitigationOptions, 'budget' | 'protectedNamespaces' | 'namespaces' | 'staleMs'>,
): Permission => {
  const namespace = namespaceOf(mitigation);
  const guarded = protectedBy(namespace, [...protectedNamespaces, facts.ownNamespace]);
  if (guarded !== undefined) return refuse('protected', `the namespace ${namespace} is protected (${guarded})`);
  if (namespaces.length > 0 && !namespaces.includes(namespace))
    return refuse('protected', `mitigations may act in ${namespaces.join(', ')} alone (mitigation.namespaces), and not in ${namespace}`);
  if (facts.switchedOff !== undefined) return refuse('kill_switch', facts.switchedOff);
  if (facts.forbidding.length > 0)
    return refuse('forbidden_alert', `nothing may begin while ${facts.forbidding.join(', ')} fires: the cluster is in trouble of its own`);
  if (facts.breaker !== undefined) return refuse('breaker', `the circuit breaker is open: ${facts.breaker}`);
  const byAlert = mitigation.spec.alert !== undefined;
  if (byAlert && (facts.signalAgeMs === undefined || facts.signalAgeMs > staleMs))
    return refuse(
      'stale_signal',
      facts.signalAgeMs === undefined
        ? 'the score of the workload cannot be read: no signal is no licence to act'
        : `the score of the workload is ${seconds(facts.signalAgeMs)} old, more than ${seconds(staleMs)}`,
    );
  const others = all.filter(({ metadata }) => metadata.uid !== mitigation.metadata.uid || metadata.name !== mitigation.metadata.name);
  const active = others.filter(isActive);
  const same = active.find((other) => targetOf(other) === targetOf(mitigation));
  if (same) return refuse('same_target', `${same.metadata.name} is in force for the same target: take it back first, or wait for its end`);
  if (active.length >= budget.global)
    return refuse('budget_global', `${active.length} mitigations are in force, and no more than ${budget.global} may be`);
  const near = active.filter((other) => namespaceOf(other) === namespace);
  if (near.length >= budget.perNamespace)
    return refuse(
      'budget_namespace',
      `${near.length} mitigations are in force in ${namespace}, and no more than ${budget.perNamespace} may be`,
    );
  const mostRoutes = Math.max(1, Math.floor(facts.routes * budget.routeShare));
  const { routeKind } = facts;
  const limited = routeKind === undefined ? active : active.filter((other) => limitedKind(other) === routeKind);
  if (limited.length >= mostRoutes)
    return refuse(
      'budget_routes',
      `${limited.length} of ${facts.routes} routes are limited, and no more than ${mostRoutes} may be (${budget.routeShare * 100} %)`,
    );
  const past = others.filter((other) => hasRun(other) && targetOf(other) === targetOf(mitigation));
  const rest = Math.min(...past.map((other) => sinceEnd(other, facts.nowMs)));
  if (byAlert && rest < budget.cooldownMs)
    return refuse('cooldown', `the last mitigation of this target ended ${seconds(rest)} ago; it rests for ${seconds(budget.cooldownMs)}`);
  const cycles = past.filter((other) => sinceEnd(other, facts.nowMs) < budget.flapWindowMs).length;
  if (byAlert && cycles >= budget.flapCycles)
    return refuse(
      'flapping',
      `this target went in and out of limits ${cycles} times within ${seconds(budget.flapWindowMs)}: only people may begin another`,
    );
  return { ok: true };
};
