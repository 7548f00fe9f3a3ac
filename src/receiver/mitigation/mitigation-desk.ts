import { MITIGATION_KIND } from '../../conventions/index.ts';
import {
  type BackEnd,
  createEngine,
  type Engine,
  firingExpr,
  GUARDS,
  isActive,
  type Mitigation,
  type ProposalOutcome,
  phaseOf,
  type Round,
  type SignalSource,
  type SwitchState,
  timeOf,
} from '../../mitigation/index.ts';
import {
  BellwetherError,
  type Clock,
  type Database,
  formatTime,
  type GroupCommit,
  type KubernetesClient,
  type Logger,
  toBellwetherError,
} from '../../platform/index.ts';
import type { Identity } from '../auth/identity.ts';
import type { ReceiverConfig } from '../config/schema.ts';
import type { ReceiverInstruments } from '../receiver-instruments.ts';
import { appendAudit } from '../store/audit-store.ts';
import { createTransitionKeeper } from './keep-transition.ts';
import { mitigationOptionsOf } from './mitigation-options.ts';
import { createMitigationSwitch } from './switch.ts';

/** What mitigations need beside the receiver: made where a cluster is at hand. */
export interface MitigationCluster {
  readonly client: KubernetesClient;
  readonly signals: SignalSource | undefined;
  readonly backEnds: readonly BackEnd[];
  readonly namespace: string;
  /** The environment says off. */
  readonly forcedOff: boolean;
}

export interface MitigationDeskDeps extends MitigationCluster {
  readonly config: () => ReceiverConfig;
  readonly parts: { readonly commit: GroupCommit; readonly database: Database };
  readonly instruments: ReceiverInstruments;
  readonly clock: Clock;
  readonly log: Logger;
  readonly isLeader: () => boolean;
}

/** Everything that people and alerts do with mitigations. */
export interface MitigationDesk {
  readonly switchState: SwitchState;
  readonly switchReason: string | undefined;
  list(): Promise<readonly Mitigation[]>;
  find(namespace: string, name: string): Promise<Mitigation | undefined>;
  preview(mitigation: Mitigation): Promise<ProposalOutcome>;
  /** False where it is there already. Rejects with `invalid_input` where the API server does not take it. */
  create(mitigation: Mitigation): Promise<boolean>;
  /** `uid`: only the very one that was meant, and not another that came under its name. Rejects with `conflict` where it does not wait. */
  approve(namespace: string, name: string, by: string, options?: { readonly uid?: string; readonly reason?: string }): Promise<Mitigation>;
  /** Takes back one that waits; one that is in force stays. */
  decline(namespace: string, name: string, by: string, options: { readonly uid?: string; readonly reason: string }): Promise<Mitigation>;
  revoke(namespace: string, name: string, by: string, reason: string): Promise<Mitigation>;
  setSwitch(state: SwitchState, by: Identity): Promise<void>;
  /** One look at everything. */
  round(): Promise<Round>;
}

const MINUTE_MS = 60_000;
const OPT_IN_VALUE = 'enforce';
/** Past its end for longer than this, somebody has to look. */
const OVERDUE_MS = 60_000;

export const createMitigationDesk = (deps: MitigationDeskDeps): MitigationDesk => {
  const { client, signals, backEnds, namespace: ownNamespace, forcedOff, config, parts, instruments: m, clock, log, isLeader } = deps;
  // A counter that begins at 1 has no increase: each guard is there from the start.
  for (const guard of GUARDS) m.mitigationsBlocked.inc({ guard }, 0);
  const theSwitch = createMitigationSwitch(client, { name: config().mitigation.switchName, namespace: ownNamespace, forcedOff });

  const forbidding = async (): Promise<readonly string[]> => {
    const names = config().mitigation.forbidWhileFiring;
    if (names.length === 0) return [];
    try {
      return signals ? (await signals.query(firingExpr(names))).map(({ labels }) => labels.alertname ?? '') : [];
    } catch {
      // Whether one of them fires is not known, so it may.
      return ['an alert that cannot be asked for'];
    }
  };
  const drift = async (): Promise<string | undefined> => {
    const [row] = await parts.database.all('SELECT COUNT(*) AS count FROM alerts WHERE received_ms >= ?', [clock.nowMs() - MINUTE_MS]);
    const { alertsPerMinute } = config().mitigation;
    const count = Number(row?.count ?? 0);
    return count > alertsPerMinute ? `${count} new alerts within a minute, more than ${alertsPerMinute}` : undefined;
  };

  const engine: Engine = createEngine({
    client,
    clock,
    log,
    options: () => mitigationOptionsOf(config()),
    backEnds,
    signals,
    isLeader,
    facts: async () => ({
      switchedOff: theSwitch.reason,
      forbidding: await forbidding(),
      breaker: await drift(),
      ownNamespace,
    }),
    isOptedIn: (found) => found?.metadata.labels?.['bellwether.dev/mitigation'] === OPT_IN_VALUE,
    revertAll: () => theSwitch.state === 'revert',
    onTransition: createTransitionKeeper({ client, commit: parts.commit, instruments: m, clock, log }),
  });

  const isWithin = (namespace: string): boolean => {
    const { namespaces } = config().mitigation;
    return namespaces.length === 0 || namespaces.includes(namespace);
  };
  const find = async (namespace: string, name: string): Promise<Mitigation | undefined> =>
    isWithin(namespace) ? await client.find<Mitigation>({ ...MITIGATION_KIND, namespace, name }) : undefined;
  const get = async (namespace: string, name: string): Promise<Mitigation> => {
    const found = await find(namespace, name);
    if (!found) throw new BellwetherError('not_found', `there is no mitigation ${name} in ${namespace}`);
    return found;
  };
  /** One that waits for a word. */
  const waiting = async (namespace: string, name: string, uid: string | undefined): Promise<void> => {
    const found = await get(namespace, name);
    if (uid !== undefined && found.metadata.uid !== uid)
      throw new BellwetherError('not_found', `the mitigation ${name} that was meant is gone`);
    if (phaseOf(found) !== 'AwaitingApproval')
      throw new BellwetherError(
        'conflict',
        `${name} does not wait for an approval: ${found.status?.message ?? 'it has not been planned yet'}`,
      );
    const { approval, revoked } = found.spec;
    if (approval) throw new BellwetherError('conflict', `${name} was approved by ${approval.by} already`);
    if (revoked) throw new BellwetherError('conflict', `${name} was taken back by ${revoked.by} already`);
  };
  const say = (namespace: string, name: string, spec: Partial<Mitigation['spec']>): Promise<Mitigation> =>
    client.patch<Mitigation>({ ...MITIGATION_KIND, namespace, name }, { spec });

  const show = ({ mitigations, failed, orphans, breaker }: Round): void => {
    const nowMs = clock.nowMs();
    const active = mitigations.filter(isActive);
    m.mitigationEnabled.set(theSwitch.reason === undefined ? 1 : 0);
    for (const mode of ['dryRun', 'enforce'])
      m.mitigationsActive.set({ mode }, active.filter(({ status }) => status?.mode === mode).length);
    m.mitigationsAwaiting.set(mitigations.filter((one) => phaseOf(one) === 'AwaitingApproval').length);
    m.mitigationsIneffective.set(
      active.filter(({ status }) => status?.conditions?.some((one) => one.type === 'Effective' && one.status === 'False')).length,
    );
    m.mitigationsOverdue.set(active.filter(({ status }) => (timeOf(status?.expiresAt) ?? nowMs) + OVERDUE_MS < nowMs).length);
    m.mitigationBreaker.set(breaker === undefined ? 0 : 1);
    m.mitigationOrphans.inc(orphans.length);
    for (const { phase } of failed) m.mitigationStepFailures.inc({ phase });
    m.mitigatedWorkload.reset();
    for (const { metadata, spec, status } of active)
      if (status?.mode === 'enforce' && spec.alert?.workload)
        m.mitigatedWorkload.set(
          { target_namespace: metadata.namespace ?? '', workload: spec.alert.workload.name, workload_kind: spec.alert.workload.kind },
          1,
        );
  };

  return {
    get switchState() {
      return theSwitch.state;
    },
    get switchReason() {
      return theSwitch.reason;
    },
    list: async () => (await client.list<Mitigation>(MITIGATION_KIND)).items,
    find,
    preview: engine.preview,
    create: async (mitigation) => {
      try {
        await client.create(mitigation);
        return true;
      } catch (thrown) {
        if (toBellwetherError(thrown).code === 'conflict') return false;
        throw thrown;
      }
    },
    approve: async (namespace, name, by, { uid, reason } = {}) => {
      await waiting(namespace, name, uid);
      return await say(namespace, name, { approval: { by, at: formatTime(clock.nowMs()), ...(reason === undefined ? {} : { reason }) } });
    },
    decline: async (namespace, name, by, { uid, reason }) => {
      await waiting(namespace, name, uid);
      return await say(namespace, name, { revoked: { by, at: formatTime(clock.nowMs()), reason } });
    },
    revoke: async (namespace, name, by, reason) => {
      const found = await get(namespace, name);
      if (phaseOf(found) === 'Ended') throw new BellwetherError('conflict', `${name} has ended: ${found.status?.message ?? ''}`);
      // Said twice is said once.
      if (found.spec.revoked) return found;
      return await say(namespace, name, { revoked: { by, at: formatTime(clock.nowMs()), reason } });
    },
    setSwitch: async (state, { name, role }) => {
      await theSwitch.write(state, name);
      await parts.commit.write((tx) =>
        appendAudit(tx, { atMs: clock.nowMs(), who: name, role, action: `mitigation.switch.${state}`, subject: 'mitigation', details: {} }),
      );
    },
    round: async () => {
      await theSwitch.read();
      const result = await engine.round();
      show(result);
      return result;
    },
  };
};
