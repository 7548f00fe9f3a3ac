import { LIMIT_MASK_PREFIX } from '../../feedback/index.ts';
import type { Mitigation, Transition } from '../../mitigation/index.ts';
import {
  type Clock,
  formatTime,
  type GroupCommit,
  type KubernetesClient,
  type Logger,
  parseTime,
  randomId,
  toBellwetherError,
} from '../../platform/index.ts';
import type { ReceiverInstruments } from '../receiver-instruments.ts';
import { appendAudit } from '../store/audit-store.ts';
import { writeMitigation } from '../store/mitigation-store.ts';
import { writeMask } from '../store/silence-store.ts';

export interface TransitionKeeperDeps {
  readonly client: Pick<KubernetesClient, 'create'>;
  readonly commit: GroupCommit;
  readonly instruments: ReceiverInstruments;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

const COMPONENT = 'bellwether-mitigation';
/** What a workload did right after a limit is still of its making. */
const AFTERMATH_MS = 300_000;

/** The workload that was limited: that of the alert, else the target itself. */
const workloadOf = ({ metadata, spec }: Mitigation) => ({
  namespace: metadata.namespace ?? '',
  workload: spec.alert?.workload?.name ?? spec.target.name,
  workloadKind: spec.alert?.workload?.kind ?? spec.target.kind,
});

const eventOf = (involvedObject: Readonly<Record<string, string>>, { mitigation, to, guard }: Transition, nowMs: number) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${mitigation.metadata.name}.${randomId().slice(0, 16)}`, namespace: mitigation.metadata.namespace ?? 'default' },
  involvedObject,
  type: guard === undefined && to.endCause !== 'harm' && to.endCause !== 'failed' ? 'Normal' : 'Warning',
  reason: `Mitigation${to.phase ?? 'Pending'}`,
  message: `${mitigation.metadata.name}: ${to.message ?? ''}`.slice(0, 1000),
  firstTimestamp: formatTime(nowMs).replace(/\.\d+Z$/, 'Z'),
  lastTimestamp: formatTime(nowMs).replace(/\.\d+Z$/, 'Z'),
  count: 1,
  source: { component: COMPONENT },
});

/** Writes down what happened: counters, the audit log, Kubernetes Events on both objects, the outcome with its alert, and the mask over what it limited. */
export const createTransitionKeeper = ({ client, commit, instruments: m, clock, log }: TransitionKeeperDeps) => {
  const count = ({ to, guard }: Transition): void => {
    if (guard !== undefined) m.mitigationsBlocked.inc({ guard });
    if (to.phase === 'Applied') m.mitigationsApplied.inc({ back_end: to.backEnd ?? '', mode: to.mode ?? '' });
    if (to.phase === 'Ended' && to.appliedAt !== undefined) m.mitigationsReverted.inc({ cause: to.endCause ?? '' });
  };

  const keep = async ({ mitigation, from, to, guard }: Transition): Promise<void> => {
    const nowMs = clock.nowMs();
    const name = `${mitigation.metadata.namespace}/${mitigation.metadata.name}`;
    const [fromMs, toMs] = [to.appliedAt, to.endedAt ?? to.expiresAt].map((text) => (text === undefined ? undefined : parseTime(text)));
    const { spec } = mitigation;
    await commit.write(async (tx) => {
      await writeMitigation(tx, mitigation, nowMs);
      await appendAudit(tx, {
        atMs: nowMs,
        who: (to.endCause === 'revoked' ? spec.revoked?.by : spec.approval?.by) ?? 'mitigation',
        role: 'mitigation',
        action: `mitigation.${(to.phase ?? 'Pending').toLowerCase()}`,
        subject: name,
        details: {
          from,
          message: to.message,
          ...(guard === undefined ? {} : { guard }),
          requestedBy: spec.requestedBy,
          reason: spec.reason,
          targets: to.targets,
          numbers: to.numbers,
          changes: to.changes,
          trigger: to.trigger,
          effect: to.effect,
        },
      });
      // Traffic under a limit must not be learned as usual: known from its start on, and until its end once that has come.
      if ((to.phase === 'Applying' || to.phase === 'Ended') && to.mode === 'enforce' && fromMs !== undefined && toMs !== undefined)
        await writeMask(tx, {
          id: `${LIMIT_MASK_PREFIX}${name}`,
          ...workloadOf(mitigation),
          fromMs,
          toMs: toMs + AFTERMATH_MS,
          reason: `limited by ${mitigation.metadata.name}`,
          author: COMPONENT,
        });
    });
  };

  const tell = async (transition: Transition): Promise<void> => {
    const { mitigation } = transition;
    const { name, namespace = '', uid = '' } = mitigation.metadata;
    const own = { apiVersion: mitigation.apiVersion, kind: mitigation.kind, name, namespace, uid };
    const target = { kind: mitigation.spec.target.kind, name: mitigation.spec.target.name, namespace };
    for (const involved of [own, target]) await client.create(eventOf(involved, transition, clock.nowMs()));
  };

  return async (transition: Transition): Promise<void> => {
    const { mitigation, to } = transition;
    count(transition);
    log.info(
      { mitigation: `${mitigation.metadata.namespace}/${mitigation.metadata.name}`, phase: to.phase, message: to.message },
      'a mitigation went on',
    );
    // The cluster is the truth; a store or an event that fails must not keep a limit from being taken back.
    await keep(transition).catch((thrown: unknown) =>
      log.warn({ err: toBellwetherError(thrown) }, 'a step of a mitigation could not be kept'),
    );
    await tell(transition).catch((thrown: unknown) =>
      log.warn({ err: toBellwetherError(thrown) }, 'a Kubernetes Event could not be written'),
    );
  };
};
