import { isAddressRange } from '../platform/index.ts';
import type { Ability, BackEnd, Change, ClusterView } from './back-end.ts';
import type { Guard } from './budget.ts';
import type { MitigationAction, MitigationIntent, MitigationMode, MitigationTarget } from './intent.ts';
import { type Mitigation, type Numbers, namespaceOf } from './mitigation.ts';
import type { MitigationOptions } from './options.ts';

/** Where a mitigation goes to: chosen before anything is measured. */
export interface Route {
  readonly backEnd: BackEnd;
  readonly ability: Ability;
  readonly target: MitigationTarget;
  /** What is really done: `dryRun` where enforcing is not allowed. */
  readonly mode: MitigationMode;
  readonly notes: readonly string[];
  /** Objects of the kind of the target, in the whole cluster. */
  readonly routes: number;
}

export type Chosen<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly guard: Guard; readonly reason: string };

export interface Surroundings {
  /** All back-ends that are switched on, the preferred first. */
  readonly backEnds: readonly BackEnd[];
  readonly view: ClusterView;
  /** The namespace is labelled for enforcing. */
  readonly optedIn: boolean;
}

const refuse = (guard: Guard, reason: string): { readonly ok: false; readonly guard: Guard; readonly reason: string } => ({
  ok: false,
  guard,
  reason,
});

const isInstalled = ({ needs }: BackEnd, view: ClusterView): boolean => needs.every((kind) => view.has(kind));

/** How far it may go: the request, what the back-end is promoted to, and what the namespace opted in to; the least of the three. */
const modeOf = (
  spec: Mitigation['spec'],
  backEnd: BackEnd,
  namespace: string,
  optedIn: boolean,
  { backEnds }: Pick<MitigationOptions, 'backEnds'>,
): { readonly mode: MitigationMode; readonly note?: string } => {
  if (spec.mode !== 'enforce') return { mode: 'dryRun' };
  const { name } = backEnd.declaration;
  if (backEnds.find((one) => one.name === name)?.mode !== 'enforce')
    return { mode: 'dryRun', note: `dry run: the back-end ${name} is not promoted to enforce in the configuration` };
  if (!optedIn) return { mode: 'dryRun', note: `dry run: the namespace ${namespace} is not labelled bellwether.dev/mitigation=enforce` };
  return { mode: 'enforce' };
};

const DEEDS: Readonly<Record<MitigationAction, string>> = {
  rateLimit: 'limit',
  isolate: 'isolate',
  limitEgress: 'bound the sending of',
};

/** Why a back-end has nothing to act on, and what would help. */
const whyNot = (
  { kind, namespace, name }: MitigationTarget,
  action: MitigationAction,
  kinds: readonly string[],
  { reads }: BackEnd,
  view: ClusterView,
): string => {
  const known = reads.find((one) => one.kind === kind);
  if (known && !view.find({ ...known, namespace, name })) return `there is no ${kind} ${name} in namespace ${namespace}`;
  const doable = kinds.length === 0 ? 'it does not do that at all' : `it takes ${kinds.join(', ')}`;
  return `${kind} ${name} is nothing it can ${DEEDS[action]}${action === 'rateLimit' ? ', and no route of it leads there' : ''}: ${doable}`;
};

/** Chooses back-end, route and mode. Pure. */
export const chooseRoute = (
  mitigation: Mitigation,
  { backEnds, view, optedIn }: Surroundings,
  options: Pick<MitigationOptions, 'backEnds'>,
): Chosen<Route> => {
  const { spec } = mitigation;
  const namespace = namespaceOf(mitigation);
  const action: MitigationAction = spec.action ?? 'rateLimit';
  const perClient = spec.limit?.perClient ?? true;
  const on = backEnds.map(({ declaration }) => declaration.name);
  if (backEnds.length === 0) return refuse('back_end', 'no back-end is switched on');
  if (spec.backEnd !== undefined && !on.includes(spec.backEnd))
    return refuse('back_end', `the back-end ${spec.backEnd} is not known or not switched on; on are: ${on.join(', ')}`);
  const bad = spec.limit?.allowedClients?.find((range) => !isAddressRange(range));
  if (bad !== undefined) return refuse('numbers', `${bad} is no address or range such as 10.0.0.0/8`);
  const asked: MitigationTarget = { ...spec.target, namespace };
  const reasons: string[] = [];
  for (const backEnd of backEnds) {
    const { name } = backEnd.declaration;
    if (spec.backEnd !== undefined && spec.backEnd !== name) continue;
    if (!isInstalled(backEnd, view)) {
      const missing = backEnd.needs.filter((kind) => !view.has(kind)).map(({ kind }) => kind);
      reasons.push(`${name}: the cluster has no ${missing.join(', ')}`);
      continue;
    }
    const abilities = backEnd.abilities.filter((ability) => ability.action === action);
    const kinds = abilities.flatMap(({ targetKinds }) => targetKinds);
    const targets = kinds.includes(asked.kind) ? [asked] : backEnd.targetsOf(asked, view).filter(({ kind }) => kinds.includes(kind));
    const [target, ...more] = targets;
    if (!target) {
      reasons.push(`${name}: ${whyNot(asked, action, [...new Set(kinds)], backEnd, view)}`);
      continue;
    }
    const ability = abilities.find(
      (one) =>
        one.targetKinds.includes(target.kind) &&
        (action !== 'rateLimit' || one.perClient === perClient) &&
        (spec.limit?.connections === undefined || one.connections),
    );
    if (!ability) {
      reasons.push(
        `${name}: cannot limit ${target.kind} ${perClient ? 'by client' : 'all clients together'}${spec.limit?.connections === undefined ? '' : ' with a number of connections'}`,
      );
      continue;
    }
    const { mode, note } = modeOf(spec, backEnd, namespace, optedIn, options);
    const others = more.map(({ kind, name: other }) => `${kind} ${other}`);
    const reads = backEnd.reads.find(({ kind }) => kind === target.kind);
    return {
      ok: true,
      value: {
        backEnd,
        ability,
        target,
        mode,
        routes: reads ? view.list(reads).length : 0,
        notes: [
          ...(note === undefined ? [] : [note]),
          ...(others.length === 0 ? [] : [`not limited, though it leads there as well: ${others.join(', ')}`]),
          ...ability.limits,
        ],
      },
    };
  }
  return refuse('back_end', reasons.join('; '));
};

/** The intent of a chosen route with its numbers; isolation has none. */
export const intentOf = (
  mitigation: Mitigation,
  { target, mode }: Route,
  numbers: Numbers | undefined,
  expiresAtMs: number,
  { allowedClients }: Pick<MitigationOptions, 'allowedClients'>,
): MitigationIntent => {
  const { spec } = mitigation;
  return {
    mitigation: mitigation.metadata.name,
    target,
    action: spec.action ?? 'rateLimit',
    mode,
    perClient: numbers?.perClient ?? false,
    requestsPerSecond: numbers?.requestsPerSecond ?? 1,
    burst: numbers?.burst ?? 0,
    ...(numbers?.connections === undefined ? {} : { connections: numbers.connections }),
    ...(spec.limit?.egressBitsPerSecond === undefined ? {} : { egressBitsPerSecond: spec.limit.egressBitsPerSecond }),
    rejectCode: 429,
    allowedClients: [...new Set([...allowedClients, ...(spec.limit?.allowedClients ?? [])])],
    expiresAtMs,
    reason: spec.reason,
    ...(spec.alert === undefined ? {} : { fingerprint: spec.alert.fingerprint }),
  };
};

/** The changes that an intent means; none for a dry run that the data plane cannot count by itself. */
export const planChanges = (
  { backEnd, ability }: Pick<Route, 'backEnd' | 'ability'>,
  intent: MitigationIntent,
  view: ClusterView,
): Chosen<{ readonly changes: readonly Change[]; readonly notes: readonly string[] }> => {
  const outcome = backEnd.plan(intent, view);
  if (outcome.state === 'refused') return refuse('conflict', outcome.reason);
  if (intent.mode === 'dryRun' && !ability.nativeDryRun)
    return {
      ok: true,
      value: {
        changes: [],
        notes: [...outcome.notes, 'this data plane cannot count without turning away: nothing is written in a dry run'],
      },
    };
  return { ok: true, value: { changes: outcome.changes, notes: outcome.notes } };
};
