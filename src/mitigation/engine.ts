import { MITIGATION_KIND, MITIGATION_LABELS } from '../conventions/index.ts';
import { formatTime, type KubernetesObject, toBellwetherError } from '../platform/index.ts';
import type { BackEnd, ClusterView } from './back-end.ts';
import type { Guard } from './budget.ts';
import { readClusterView } from './cluster-view.ts';
import { findChanged, removeFrom, writeChanges } from './data-plane.ts';
import type { EngineDeps } from './engine-deps.ts';
import type { MitigationIntent } from './intent.ts';
import { queriesOf } from './measures.ts';
import {
  type EndCause,
  isActive,
  type Mitigation,
  type MitigationStatus,
  namespaceOf,
  type Phase,
  phaseOf,
  timeOf,
  ttlMsOf,
} from './mitigation.ts';
import { intentOf, planChanges, type Route } from './plan.ts';
import { type Proposal, propose } from './propose.ts';
import { applied, applying, awaiting, ended, reverting } from './status.ts';
import { judge, measure } from './verify.ts';

export interface Round {
  readonly mitigations: readonly Mitigation[];
  readonly failed: readonly { readonly name: string; readonly phase: Phase; readonly reason: string }[];
  readonly breaker: string | undefined;
  /** Objects without a mitigation that were taken back. */
  readonly orphans: readonly string[];
}

const SWEEP_MS = 15_000;
const API_ERRORS_MS = 300_000;
/** A write that cannot be done for this long is given up. */
const APPLY_GIVES_UP_MS = 60_000;
/** What nobody can write however often it is tried. */
const HOPELESS: ReadonlySet<string> = new Set(['forbidden', 'invalid_input', 'not_found', 'unauthorized']);

const nameOf = (mitigation: Mitigation): string => `${namespaceOf(mitigation)}/${mitigation.metadata.name}`;

/** Brings what is in the cluster to what mitigations say, one step of each per round. All it knows is in the cluster: any process can go on. */
export const createEngine = (deps: EngineDeps) => {
  const { client, clock, log, options, backEnds, signals, isLeader, onTransition } = deps;
  /** Ends by a clock that only rises: a wall clock that is set back must not lengthen a limit. */
  const deadlines = new Map<string, number>();
  let apiErrors: number[] = [];
  let sweptMs = Number.NEGATIVE_INFINITY;

  const backEndOf = ({ status }: Mitigation): BackEnd | undefined =>
    backEnds.find(({ declaration }) => declaration.name === status?.backEnd);
  const writtenKinds = backEnds.flatMap(({ declaration }) => declaration.writes);

  const save = async (mitigation: Mitigation, status: MitigationStatus, guard?: Guard): Promise<Mitigation> => {
    // The resource version goes along: of two processes that decide at once, the server refuses one.
    const saved = await client.replace<Mitigation>({ ...mitigation, status }, { subresource: 'status' });
    if (phaseOf(mitigation) !== status.phase)
      await onTransition({ mitigation: saved, from: phaseOf(mitigation), to: status, ...(guard === undefined ? {} : { guard }) });
    return saved;
  };

  /** Undefined also where it may not be read, because mitigations may not act there. */
  const namespaceObjectOf = async (mitigation: Mitigation): Promise<KubernetesObject | undefined> => {
    const name = namespaceOf(mitigation);
    const { namespaces } = options();
    return namespaces.length > 0 && !namespaces.includes(name)
      ? undefined
      : await client.find({ apiVersion: 'v1', kind: 'Namespace', name });
  };

  const breakerOf = (all: readonly Mitigation[]): string | undefined => {
    const { breaker } = options();
    const nowMs = clock.nowMs();
    const harmed = all.find(
      ({ status }) => status?.endCause === 'harm' && Math.abs(nowMs - (timeOf(status.endedAt) ?? nowMs)) < breaker.openMs,
    );
    if (harmed) return `${nameOf(harmed)} did harm`;
    apiErrors = apiErrors.filter((atMs) => clock.monotonicMs() - atMs < API_ERRORS_MS);
    return apiErrors.length >= breaker.apiErrors ? `${apiErrors.length} calls to the Kubernetes API failed within five minutes` : undefined;
  };

  /** The intent of one that was planned before, by its status alone. */
  const storedIntent = (
    mitigation: Mitigation,
    backEnd: BackEnd,
  ): { readonly route: Route; readonly intent: MitigationIntent } | undefined => {
    const { status, spec } = mitigation;
    const [kind, name] = (status?.targets?.[0] ?? '').split('/');
    const action = spec.action ?? 'rateLimit';
    const ability = backEnd.abilities.find(
      (one) =>
        one.action === action &&
        one.targetKinds.includes(kind ?? '') &&
        (action !== 'rateLimit' || one.perClient === (status?.numbers?.perClient ?? true)),
    );
    if (!kind || !name || !ability || !status?.mode) return undefined;
    const target = { kind, name, namespace: namespaceOf(mitigation) };
    const route: Route = { backEnd, ability, target, mode: status.mode, notes: [], routes: 0 };
    return { route, intent: intentOf(mitigation, route, status.numbers, timeOf(status.expiresAt) ?? clock.nowMs(), options()) };
  };

  const isOver = (mitigation: Mitigation): boolean => {
    const key = mitigation.metadata.uid ?? nameOf(mitigation);
    const leftMs = Math.min(ttlMsOf(mitigation.spec), (timeOf(mitigation.status?.expiresAt) ?? 0) - clock.nowMs());
    const deadline = Math.min(deadlines.get(key) ?? Number.POSITIVE_INFINITY, clock.monotonicMs() + leftMs);
    deadlines.set(key, deadline);
    return clock.monotonicMs() >= deadline;
  };

  /** Why one in force has to end now. */
  const endOf = (mitigation: Mitigation): { readonly cause: EndCause; readonly message: string } | undefined => {
    const { revoked } = mitigation.spec;
    if (revoked) return { cause: 'revoked', message: `taken back by ${revoked.by}${revoked.reason ? `: ${revoked.reason}` : ''}` };
    if (deps.revertAll()) return { cause: 'revert_all', message: 'everything was taken back' };
    return isOver(mitigation) ? { cause: 'expired', message: 'it has come to its end' } : undefined;
  };

  const takeBack = async (mitigation: Mitigation): Promise<void> => {
    const { name } = mitigation.metadata;
    const find = () => findChanged(deps, writtenKinds, { namespace: namespaceOf(mitigation), mitigation: name });
    for (const object of await find()) await removeFrom(deps, object);
    const left = await find();
    if (left.length > 0) throw new Error(`still there: ${left.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')}`);
    const { endCause = 'expired', message = '' } = mitigation.status ?? {};
    await deps.checkpoint?.('before-ended');
    await save(mitigation, ended(mitigation, endCause, message, clock.nowMs()));
    deadlines.delete(mitigation.metadata.uid ?? nameOf(mitigation));
  };

  const beginEnd = async (mitigation: Mitigation, cause: EndCause, message: string): Promise<void> => {
    const saved = await save(mitigation, reverting(mitigation, cause, message, clock.nowMs()));
    await deps.checkpoint?.('after-reverting');
    await takeBack(saved);
  };

  const write = async (mitigation: Mitigation, route: Route, intent: MitigationIntent, changes: Proposal['changes']): Promise<void> => {
    const { uid, name } = mitigation.metadata;
    await deps.checkpoint?.('after-applying');
    if (!isLeader()) return;
    try {
      const owner = uid === undefined ? undefined : { ...MITIGATION_KIND, name, uid };
      await writeChanges(deps, changes, intent, route.backEnd.declaration.name, owner);
    } catch (thrown) {
      const error = toBellwetherError(thrown);
      const ageMs = clock.nowMs() - (timeOf(mitigation.status?.appliedAt) ?? clock.nowMs());
      if (!HOPELESS.has(error.code) && ageMs < APPLY_GIVES_UP_MS) throw error;
      return await beginEnd(mitigation, 'failed', error.message);
    }
    await deps.checkpoint?.('before-applied');
    await save(mitigation, applied(mitigation, changes.length > 0, clock.nowMs()));
  };

  const resume = async (mitigation: Mitigation, view: () => Promise<ClusterView>): Promise<void> => {
    const over = endOf(mitigation);
    if (over) return await beginEnd(mitigation, over.cause, over.message);
    const backEnd = backEndOf(mitigation);
    const stored = backEnd && storedIntent(mitigation, backEnd);
    if (!stored) return await beginEnd(mitigation, 'failed', `the back-end ${mitigation.status?.backEnd ?? ''} is no longer switched on`);
    const planned = planChanges(stored.route, stored.intent, await view());
    if (!planned.ok) return await beginEnd(mitigation, 'failed', planned.reason);
    await write(mitigation, stored.route, stored.intent, planned.value.changes);
  };

  const watch = async (mitigation: Mitigation): Promise<void> => {
    const over = endOf(mitigation);
    if (over) return await beginEnd(mitigation, over.cause, over.message);
    const backEnd = backEndOf(mitigation);
    const stored = backEnd && storedIntent(mitigation, backEnd);
    if (!stored) return await beginEnd(mitigation, 'failed', `the back-end ${mitigation.status?.backEnd ?? ''} is no longer switched on`);
    const wrote = mitigation.status?.conditions?.some(({ type, status }) => type === 'Applied' && status === 'True') === true;
    if (!wrote) return;
    const objects = await findChanged(deps, stored.route.backEnd.declaration.writes, {
      namespace: namespaceOf(mitigation),
      mitigation: mitigation.metadata.name,
    });
    const acceptance =
      objects.length === 0
        ? ({ state: 'refused', reason: 'what was written is gone: somebody deleted it' } as const)
        : stored.route.backEnd.acceptance(objects);
    const measured = await measure(signals, queriesOf(stored.route.backEnd, stored.intent, options().clientRates));
    const { conditions, effect, message, end } = judge(mitigation, acceptance, measured, options(), clock.nowMs());
    const status: MitigationStatus = { ...mitigation.status, conditions, effect, message };
    if (end) return await beginEnd({ ...mitigation, status }, end.cause, end.message);
    if (JSON.stringify(status) !== JSON.stringify(mitigation.status)) await save(mitigation, status);
  };

  /** Objects whose mitigation is gone, or has ended: a process died in between, or somebody deleted the Mitigation. */
  const sweep = async (all: readonly Mitigation[]): Promise<readonly string[]> => {
    const known = new Set(all.filter(isActive).map(nameOf));
    const removed: string[] = [];
    for (const object of await findChanged(deps, writtenKinds)) {
      const { namespace = '', labels = {}, name } = object.metadata;
      if (known.has(`${namespace}/${labels[MITIGATION_LABELS.name] ?? ''}`)) continue;
      if (await removeFrom(deps, object)) removed.push(`${object.kind} ${namespace}/${name}`);
    }
    return removed;
  };

  const round = async (): Promise<Round> => {
    const failed: { name: string; phase: Phase; reason: string }[] = [];
    let { items: all } = await client.list<Mitigation>(MITIGATION_KIND);
    const byAge = [...all].sort((a, b) => {
      const [x, y] = [a, b].map(({ metadata }) => `${metadata.creationTimestamp ?? ''} ${metadata.namespace}/${metadata.name}`);
      return x! < y! ? -1 : 1;
    });
    let seen: Promise<ClusterView> | undefined;
    const view = () => (seen ??= readClusterView(client, backEnds));

    const begin = async (mitigation: Mitigation): Promise<void> => {
      const { spec } = mitigation;
      const nowMs = clock.nowMs();
      if (spec.revoked) return void (await save(mitigation, ended(mitigation, 'revoked', `taken back by ${spec.revoked.by}`, nowMs)));
      const waitedMs = nowMs - (timeOf(mitigation.status?.requestedAt) ?? nowMs);
      const isWaiting = phaseOf(mitigation) === 'AwaitingApproval';
      if (isWaiting && (waitedMs > options().approval.expiresMs || deps.revertAll()))
        return void (await save(mitigation, ended(mitigation, 'approval_expired', 'nobody approved it in time', nowMs), 'approval'));
      if (isWaiting && !spec.approval) return;
      const namespace = await namespaceObjectOf(mitigation);
      const facts = await deps.facts();
      const outcome = await propose(mitigation, {
        clock,
        signals,
        options: options(),
        backEnds,
        view: await view(),
        optedIn: () => deps.isOptedIn(namespace),
        facts: { ...facts, breaker: facts.breaker ?? breakerOf(all) },
        all,
      });
      if (!outcome.ok) return void (await save(mitigation, ended(mitigation, 'refused', outcome.reason, clock.nowMs()), outcome.guard));
      const { proposal } = outcome;
      if (proposal.approval === 'ask') {
        if (!isWaiting) await save(mitigation, awaiting(mitigation, proposal, clock.nowMs()));
        return;
      }
      await deps.checkpoint?.('before-applying');
      if (!isLeader()) return;
      const saved = await save(mitigation, applying(mitigation, proposal, clock.nowMs()));
      // The next decision of this round has to see this one.
      all = all.map((other) => (other.metadata.uid === saved.metadata.uid && nameOf(other) === nameOf(saved) ? saved : other));
      isOver(saved);
      await write(saved, proposal.route, proposal.intent, proposal.changes);
    };

    const step = async (mitigation: Mitigation): Promise<void> => {
      switch (phaseOf(mitigation)) {
        case 'Applying':
          return await resume(mitigation, view);
        case 'Applied':
          return await watch(mitigation);
        case 'Reverting':
          return await takeBack(mitigation);
        case 'Ended':
          if (clock.nowMs() - (timeOf(mitigation.status?.endedAt) ?? 0) > options().keepMs) {
            const { metadata, apiVersion, kind } = mitigation;
            await client.delete({ apiVersion, kind, name: metadata.name, namespace: namespaceOf(mitigation) });
          }
          return;
        default:
          return await begin(mitigation);
      }
    };

    const attempt = async (mitigation: Mitigation): Promise<void> => {
      if (!isLeader()) return;
      try {
        await step(mitigation);
      } catch (thrown) {
        const error = toBellwetherError(thrown);
        // Somebody else was faster: the next round reads anew.
        if (error.code === 'conflict') return;
        if (error.retryable) apiErrors.push(clock.monotonicMs());
        failed.push({ name: nameOf(mitigation), phase: phaseOf(mitigation), reason: error.message });
        log.warn(
          { err: error, mitigation: nameOf(mitigation), phase: phaseOf(mitigation) },
          'a step of a mitigation failed; it is tried again',
        );
      }
    };
    // What has to end comes first: it makes room, and safety does not wait for plans.
    for (const mitigation of byAge.filter(isActive)) await attempt(mitigation);
    const rest = byAge.filter((one) => !isActive(one));
    let orphans: readonly string[] = [];
    // Before anything begins: what a deleted Mitigation left behind still takes room.
    const isWanted = rest.some((one) => phaseOf(one) === 'Pending' || (phaseOf(one) === 'AwaitingApproval' && one.spec.approval));
    if (isLeader() && (isWanted || clock.monotonicMs() - sweptMs >= SWEEP_MS)) {
      // The first list may be older than what the steps above did.
      all = (await client.list<Mitigation>(MITIGATION_KIND)).items;
      orphans = await sweep(all);
      sweptMs = clock.monotonicMs();
      if (orphans.length > 0) log.info({ orphans }, 'objects without a mitigation were taken back');
    }
    for (const mitigation of rest) await attempt(mitigation);
    const { items: mitigations } = await client.list<Mitigation>(MITIGATION_KIND);
    return { mitigations, failed, orphans, breaker: breakerOf(mitigations) };
  };

  return {
    round,
    /** What a request would do, without doing it. */
    preview: async (mitigation: Mitigation) => {
      const { items: all } = await client.list<Mitigation>(MITIGATION_KIND);
      const namespace = await namespaceObjectOf(mitigation);
      const facts = await deps.facts();
      const nowText = formatTime(clock.nowMs());
      const outcome = await propose(
        { ...mitigation, metadata: { ...mitigation.metadata, creationTimestamp: nowText } },
        {
          clock,
          signals,
          options: options(),
          backEnds,
          view: await readClusterView(client, backEnds),
          optedIn: () => deps.isOptedIn(namespace),
          facts: { ...facts, breaker: facts.breaker ?? breakerOf(all) },
          all,
        },
      );
      return outcome;
    },
  };
};

export type Engine = ReturnType<typeof createEngine>;
