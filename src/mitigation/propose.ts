import type { Clock } from '../platform/index.ts';
import type { BackEnd, Change, ClusterView } from './back-end.ts';
import { type Facts, type Guard, mayBegin } from './budget.ts';
import type { MitigationIntent } from './intent.ts';
import { queriesOf, sourceNotes } from './measures.ts';
import { type Mitigation, type Numbers, namespaceOf, type Trigger, timeOf, ttlMsOf } from './mitigation.ts';
import { deriveNumbers, endOf } from './numbers.ts';
import type { MitigationOptions } from './options.ts';
import { chooseRoute, intentOf, planChanges, type Route } from './plan.ts';
import { numberOf, type SignalSource, scoreExprs, usualExpr } from './signals.ts';

/** What would be done, with everything that led to it. */
export interface Proposal {
  readonly route: Route;
  readonly intent: MitigationIntent;
  readonly numbers: Numbers | undefined;
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
  readonly trigger: Trigger;
  /** `given` by a person, `auto` by configuration, `none` needed, or still to `ask`. */
  readonly approval: 'given' | 'auto' | 'none' | 'ask';
  /** Why a person has to be asked. */
  readonly askReason: string;
}

export type ProposalOutcome =
  | { readonly ok: true; readonly proposal: Proposal }
  | { readonly ok: false; readonly guard: Guard; readonly reason: string };

export interface ProposeDeps {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly signals: SignalSource | undefined;
  readonly options: MitigationOptions;
  readonly backEnds: readonly BackEnd[];
  readonly view: ClusterView;
  readonly optedIn: (namespace: string) => boolean;
  /** Everything else that is known, without what belongs to one workload. */
  readonly facts: Omit<Facts, 'nowMs' | 'signalAgeMs' | 'routes' | 'routeKind'>;
  readonly all: readonly Mitigation[];
}

/** A number that Prometheus does not give is unknown, not zero. */
const measured = (source: SignalSource | undefined, expr: string | undefined): Promise<number | undefined> =>
  numberOf(source, expr).catch(() => undefined);

const approvalOf = (
  { spec }: Mitigation,
  { mode, backEnd }: Route,
  score: number | undefined,
  isClientKnown: boolean,
  { approval }: Pick<MitigationOptions, 'approval'>,
  nowMs: number,
): Pick<Proposal, 'approval' | 'askReason'> => {
  if (mode === 'dryRun') return { approval: 'none', askReason: '' };
  const givenMs = timeOf(spec.approval?.at);
  if (spec.approval && givenMs !== undefined && nowMs - givenMs <= approval.expiresMs) return { approval: 'given', askReason: '' };
  const ask = (askReason: string) => ({ approval: 'ask', askReason }) as const;
  if (spec.approval) return ask('the approval is too old');
  if (spec.alert === undefined) return ask('it was asked for without an approval');
  if (approval.autoScore === undefined) return ask('nothing bites without a person');
  if (spec.action === 'isolate') return ask('isolation is always asked for');
  if (backEnd.declaration.attach === 'field') return ask(`${backEnd.declaration.name} changes objects of users`);
  if (score === undefined || score < approval.autoScore)
    return ask(`the score is ${score === undefined ? 'not known' : score}, below ${approval.autoScore}`);
  if (!isClientKnown) return ask('nobody measures whether all clients come through one address');
  return { approval: 'auto', askReason: '' };
};

/** Works out what a mitigation would do now, and whether it may. Reads Prometheus, writes nothing. */
export const propose = async (mitigation: Mitigation, deps: ProposeDeps): Promise<ProposalOutcome> => {
  const { clock, signals, options, backEnds, view, facts, all } = deps;
  const { spec } = mitigation;
  const namespace = namespaceOf(mitigation);
  const workload = spec.alert?.workload;
  const asked = workload && scoreExprs(namespace, workload);
  const [score, ageSeconds] = await Promise.all([measured(signals, asked?.score), measured(signals, asked?.ageSeconds)]);

  const chosen = chooseRoute(mitigation, { backEnds, view, optedIn: deps.optedIn(namespace) }, options);
  const permission = mayBegin(
    mitigation,
    all,
    {
      ...facts,
      nowMs: clock.nowMs(),
      signalAgeMs: ageSeconds === undefined ? undefined : ageSeconds * 1000,
      routes: chosen.ok ? chosen.value.routes : Number.POSITIVE_INFINITY,
      ...(chosen.ok ? { routeKind: chosen.value.target.kind } : {}),
    },
    options,
  );
  // A protected target is told before anything about its routes is.
  if (!permission.ok) return permission;
  if (!chosen.ok) return chosen;
  const route = chosen.value;

  const nowMs = clock.nowMs();
  const { expiresAtMs } = endOf(nowMs, ttlMsOf(spec));
  const queries = queriesOf(route.backEnd, intentOf(mitigation, route, undefined, expiresAtMs, options), options.clientRates);
  const perClient = spec.limit?.perClient ?? true;
  const isPerClient = perClient && queries.clientRequestsPerSecond !== undefined;
  const rate = isPerClient ? queries.clientRequestsPerSecond : queries.requestsPerSecond;
  const past = (quantile: number) => measured(signals, rate === undefined ? undefined : usualExpr(quantile, rate));
  const [p99, p95, requests, failures, largest, latency] = await Promise.all([
    past(0.99),
    past(0.95),
    measured(signals, queries.requestsPerSecond),
    measured(signals, queries.failureRatio),
    measured(signals, queries.largestClientShare),
    measured(signals, queries.latencySeconds),
  ]);
  const limited = (spec.action ?? 'rateLimit') === 'rateLimit';
  if (limited && perClient && largest !== undefined && largest > options.sharedClientShare)
    return {
      ok: false,
      guard: 'shared_client',
      reason: `${Math.round(largest * 100)} % of the requests come from one address: a load balancer hides the clients, and a limit by client would hit all of them`,
    };
  // A total says nothing against a limit by client below it.
  const comparable = isPerClient || !perClient ? p95 : undefined;
  const derived = limited
    ? deriveNumbers(
        spec,
        { ...(p99 === undefined ? {} : { p99 }), ...(comparable === undefined ? {} : { p95: comparable }), isPerClient },
        options,
      )
    : undefined;
  if (derived && !derived.ok) return { ok: false, guard: 'numbers', reason: derived.reason };
  const numbers = derived?.ok ? derived.numbers : undefined;
  const intent = intentOf(mitigation, route, numbers, expiresAtMs, options);
  const planned = planChanges(route, intent, view);
  if (!planned.ok) return planned;
  const trigger: Trigger = {
    ...(score === undefined ? {} : { score }),
    ...(requests === undefined ? {} : { requestsPerSecond: requests }),
    ...(failures === undefined ? {} : { failureRatio: failures }),
    ...(latency === undefined ? {} : { latencySeconds: latency }),
  };
  const isClientKnown = !limited || !perClient || largest !== undefined;
  return {
    ok: true,
    proposal: {
      route,
      intent,
      numbers,
      changes: planned.value.changes,
      notes: [...route.notes, ...planned.value.notes, ...(limited && perClient ? sourceNotes(queries) : [])],
      trigger,
      ...approvalOf(mitigation, route, score, isClientKnown, options, nowMs),
    },
  };
};
