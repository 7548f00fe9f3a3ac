import type { Clock } from '../clock.ts';
import { toBellwetherError } from '../error.ts';
import type { Logger } from '../logger.ts';
import { formatTime } from '../time-text.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

export interface LeaseElectionOptions {
  readonly name: string;
  readonly namespace: string;
  /** Who this is; another replica has another. */
  readonly identity: string;
  /** A leader that has not renewed for this long has lost the lead. */
  readonly leaseMs: number;
}

export interface LeaseElection {
  /** Whether this one leads right now. False as soon as its lease may have run out, even where nobody could be asked. */
  readonly isLeader: boolean;
  /** Takes part until the signal is aborted; then gives the lead up, so that another need not wait. */
  run(signal: AbortSignal): Promise<void>;
}

interface Lease extends KubernetesObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

const KIND = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' } as const;
/** A renewal every fifth of the lease leaves time for several that fail. */
const RENEWALS = 5;
/** The lead ends for us this much earlier than for others: writes that have begun still end in time. */
const MARGIN_SHARE = 0.2;

/**
 * One leader among replicas, by a Lease as the leader election of Kubernetes' own components uses it. Clocks of replicas are not compared: another's
 * lease counts as run out once it has not changed for its whole length by our own clock.
 */
export const createLeaseElection = (
  {
    client,
    clock,
    log,
    onChange,
  }: {
    readonly client: KubernetesClient;
    readonly clock: Clock;
    readonly log: Pick<Logger, 'info' | 'warn'>;
    readonly onChange: (leads: boolean) => void;
  },
  { name, namespace, identity, leaseMs }: LeaseElectionOptions,
): LeaseElection => {
  const where = { ...KIND, name, namespace };
  let renewedMs = Number.NEGATIVE_INFINITY;
  let leads = false;
  let seen = { version: '', atMs: 0 };

  const isLeader = (): boolean => leads && clock.monotonicMs() - renewedMs < leaseMs * (1 - MARGIN_SHARE);
  const change = (next: boolean): void => {
    if (next === leads) return;
    leads = next;
    log.info({ lease: `${namespace}/${name}`, identity }, next ? 'this replica leads now' : 'this replica no longer leads');
    onChange(next);
  };
  const microTime = (): string => {
    const text = formatTime(clock.nowMs());
    // MicroTime of the API needs six digits.
    return text.includes('.') ? text.replace('Z', '000Z') : text.replace('Z', '.000000Z');
  };

  const specOf = (lease: Lease | undefined, holder: string): NonNullable<Lease['spec']> => {
    const before = lease?.spec;
    const same = before?.holderIdentity === holder;
    const acquireTime = same && before.acquireTime !== undefined ? before.acquireTime : microTime();
    return {
      holderIdentity: holder,
      leaseDurationSeconds: Math.max(1, Math.round(leaseMs / 1000)),
      acquireTime,
      renewTime: microTime(),
      leaseTransitions: (before?.leaseTransitions ?? 0) + (same ? 0 : 1),
    };
  };

  /** Whether somebody else has it and may still be alive. */
  const isHeld = (lease: Lease): boolean => {
    const { holderIdentity = '', leaseDurationSeconds = leaseMs / 1000 } = lease.spec ?? {};
    if (holderIdentity === '' || holderIdentity === identity) return false;
    const version = lease.metadata?.resourceVersion ?? '';
    if (version !== seen.version) seen = { version, atMs: clock.monotonicMs() };
    return clock.monotonicMs() - seen.atMs < leaseDurationSeconds * 1000;
  };

  const attempt = async (signal: AbortSignal): Promise<void> => {
    const options = { signal, timeoutMs: leaseMs / RENEWALS };
    const startedMs = clock.monotonicMs();
    const lease = await client.find<Lease>(where, options);
    if (lease && isHeld(lease)) {
      change(false);
      return;
    }
    const metadata = lease?.metadata ?? { name, namespace };
    const next = { ...KIND, metadata, spec: specOf(lease, identity) };
    // The resource version goes along: of two that write at once, the server refuses one.
    if (lease) await client.replace(next, options);
    else await client.create(next, options);
    renewedMs = startedMs;
    change(true);
  };

  const giveUp = async (): Promise<void> => {
    if (!leads) return;
    change(false);
    const lease = await client.find<Lease>(where, { timeoutMs: 2_000 });
    if (lease?.spec?.holderIdentity === identity)
      await client.replace({ ...KIND, metadata: lease.metadata ?? {}, spec: { ...lease.spec, holderIdentity: '' } }, { timeoutMs: 2_000 });
  };

  return {
    get isLeader() {
      return isLeader();
    },
    run: async (signal) => {
      while (!signal.aborted) {
        try {
          await attempt(signal);
        } catch (thrown) {
          const error = toBellwetherError(thrown);
          if (!signal.aborted && error.code !== 'conflict')
            log.warn({ err: error, lease: `${namespace}/${name}` }, 'the lease could not be renewed');
          if (!isLeader()) change(false);
        }
        await clock.sleep(leaseMs / RENEWALS, signal);
      }
      await giveUp().catch((error: unknown) =>
        log.warn({ err: toBellwetherError(error) }, 'the lease could not be given up; it will run out'),
      );
    },
  };
};
