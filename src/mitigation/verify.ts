import type { Acceptance, SignalQueries } from './back-end.ts';
import { type Condition, conditionOf, type Effect, type EndCause, type Mitigation, timeOf, withCondition } from './mitigation.ts';
import type { MitigationOptions } from './options.ts';
import { numberOf, type SignalSource } from './signals.ts';

/** What was measured since the last look; undefined: nobody measures it, or nobody answered. */
export interface Measured {
  readonly rejectedPerSecond: number | undefined;
  readonly failureRatio: number | undefined;
  /** Whether there is a series for it at all. */
  readonly isCounted: boolean;
}

export const measure = async (source: SignalSource | undefined, queries: SignalQueries): Promise<Measured> => {
  const read = (expr: string | undefined) => numberOf(source, expr).catch(() => undefined);
  const [rejectedPerSecond, failureRatio] = await Promise.all([read(queries.rejectedPerSecond), read(queries.failureRatio)]);
  return { rejectedPerSecond, failureRatio, isCounted: source !== undefined && queries.rejectedPerSecond !== undefined };
};

export interface Judgement {
  readonly conditions: readonly Condition[];
  readonly effect: Effect;
  readonly message: string;
  /** Why it has to be taken back now. */
  readonly end: { readonly cause: EndCause; readonly message: string } | undefined;
}

/** Judges one in force: is it accepted, does it bite, does it harm. Pure. */
export const judge = (
  mitigation: Mitigation,
  acceptance: Acceptance,
  { rejectedPerSecond, failureRatio, isCounted }: Measured,
  { acceptMs, effectMs, breaker }: Pick<MitigationOptions, 'acceptMs' | 'effectMs' | 'breaker'>,
  nowMs: number,
): Judgement => {
  const ageMs = nowMs - (timeOf(mitigation.status?.appliedAt) ?? nowMs);
  const before = mitigation.status;
  const effect: Effect = {
    ...before?.effect,
    ...(rejectedPerSecond === undefined
      ? {}
      : { rejectedPerSecond, peakRejectedPerSecond: Math.max(rejectedPerSecond, before?.effect?.peakRejectedPerSecond ?? 0) }),
    ...(failureRatio === undefined ? {} : { failureRatio }),
  };
  const accepted: Omit<Condition, 'lastTransitionTime'> =
    acceptance.state === 'accepted'
      ? { type: 'Accepted', status: 'True', reason: 'Accepted' }
      : {
          type: 'Accepted',
          status: acceptance.state === 'refused' ? 'False' : 'Unknown',
          reason: acceptance.state === 'refused' ? 'Refused' : 'Pending',
          message: acceptance.reason,
        };
  const bites = (effect.peakRejectedPerSecond ?? 0) > 0;
  const bitten: Omit<Condition, 'lastTransitionTime'> = bites
    ? { type: 'Effective', status: 'True', reason: mitigation.status?.mode === 'dryRun' ? 'WouldReject' : 'Rejecting' }
    : ageMs < effectMs
      ? { type: 'Effective', status: 'Unknown', reason: 'Waiting' }
      : isCounted
        ? { type: 'Effective', status: 'False', reason: 'NothingRejected', message: 'no request was turned away' }
        : { type: 'Effective', status: 'Unknown', reason: 'NotMeasured', message: 'nobody counts what this data plane turns away' };
  const conditions = withCondition(withCondition(before?.conditions, accepted, nowMs), bitten, nowMs);
  const wasAccepted = conditionOf(mitigation, 'Accepted')?.status === 'True';
  const usualFailures = before?.trigger?.failureRatio;
  const harm =
    usualFailures !== undefined &&
    failureRatio !== undefined &&
    failureRatio > usualFailures + breaker.failureRise &&
    before?.mode === 'enforce'
      ? `of the requests that were let through ${Math.round(failureRatio * 100)} % failed, before it were ${Math.round(usualFailures * 100)} %`
      : undefined;
  const refusedMessage =
    acceptance.state === 'refused'
      ? `the data plane did not accept it: ${acceptance.reason}`
      : acceptance.state === 'pending' && !wasAccepted && ageMs > acceptMs
        ? `the data plane did not accept it within ${Math.round(acceptMs / 1000)} s: ${acceptance.reason}`
        : undefined;
  const end =
    refusedMessage !== undefined
      ? { cause: 'not_accepted' as const, message: refusedMessage }
      : harm !== undefined
        ? { cause: 'harm' as const, message: harm }
        : undefined;
  const message =
    acceptance.state !== 'accepted'
      ? acceptance.reason
      : bites
        ? `turns away ${Math.round((effect.rejectedPerSecond ?? 0) * 10) / 10} requests per second${before?.mode === 'dryRun' ? ' (would, dry run)' : ''}`
        : 'accepted';
  return { conditions, effect, message, end };
};
