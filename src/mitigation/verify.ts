import type { Acceptance, SignalQueries } from './back-end.ts';
import {
  type Condition,
  conditionOf,
  type Effect,
  type EndCause,
  type Mitigation,
  type MitigationStatus,
  timeOf,
  withCondition,
} from './mitigation.ts';
import type { MitigationOptions } from './options.ts';
import { numberOf, type SignalSource } from './signals.ts';

/** What was measured since the last look; undefined: nobody measures it, or nobody answered. */
export interface Measured {
  readonly rejectedPerSecond: number | undefined;
  readonly failureRatio: number | undefined;
  readonly latencySeconds: number | undefined;
  readonly politeRejectedRatio: number | undefined;
  /** Whether there is a series for it at all. */
  readonly isCounted: boolean;
}

export const measure = async (source: SignalSource | undefined, queries: SignalQueries): Promise<Measured> => {
  const read = (expr: string | undefined) => numberOf(source, expr).catch(() => undefined);
  const [rejectedPerSecond, failureRatio, latencySeconds, politeRejectedRatio] = await Promise.all(
    [queries.rejectedPerSecond, queries.failureRatio, queries.latencySeconds, queries.politeRejectedRatio].map(read),
  );
  return {
    rejectedPerSecond,
    failureRatio,
    latencySeconds,
    politeRejectedRatio,
    isCounted: source !== undefined && queries.rejectedPerSecond !== undefined,
  };
};

export interface Judgement {
  readonly conditions: readonly Condition[];
  readonly effect: Effect;
  readonly message: string;
  /** Why it has to be taken back now. */
  readonly end: { readonly cause: EndCause; readonly message: string } | undefined;
}

/** A rise below this is nothing that a user would notice, however many times it is. */
const LEAST_LATENCY_RISE_SECONDS = 0.25;

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const seconds = (value: number): string => `${Math.round(value * 1000) / 1000} s`;

/** What got worse for those who were not meant; undefined where nothing did. */
const harmOf = (
  { trigger = {}, mode }: Pick<MitigationStatus, 'trigger' | 'mode'>,
  { failureRatio, latencySeconds, politeRejectedRatio }: Measured,
  { failureRise, latencyFactor }: MitigationOptions['breaker'],
): string | undefined => {
  if (mode !== 'enforce') return undefined;
  const { failureRatio: failed, latencySeconds: took } = trigger;
  if (failed !== undefined && failureRatio !== undefined && failureRatio > failed + failureRise)
    return `of the requests that were let through ${percent(failureRatio)} failed, before it were ${percent(failed)}`;
  if (
    took !== undefined &&
    latencySeconds !== undefined &&
    latencySeconds > took * latencyFactor &&
    latencySeconds - took > LEAST_LATENCY_RISE_SECONDS
  )
    return `requests that were let through took up to ${seconds(latencySeconds)}, before it were ${seconds(took)}`;
  if (politeRejectedRatio !== undefined && politeRejectedRatio > failureRise)
    return `${percent(politeRejectedRatio)} of the clients that stay below the rate were turned away`;
  return undefined;
};

/** Judges one in force: is it accepted, does it bite, does it harm. Pure. */
export const judge = (
  mitigation: Mitigation,
  acceptance: Acceptance,
  measured: Measured,
  { acceptMs, effectMs, breaker }: Pick<MitigationOptions, 'acceptMs' | 'effectMs' | 'breaker'>,
  nowMs: number,
): Judgement => {
  const { rejectedPerSecond, failureRatio, latencySeconds, politeRejectedRatio, isCounted } = measured;
  const ageMs = nowMs - (timeOf(mitigation.status?.appliedAt) ?? nowMs);
  const before = mitigation.status;
  const effect: Effect = {
    ...before?.effect,
    ...(rejectedPerSecond === undefined
      ? {}
      : { rejectedPerSecond, peakRejectedPerSecond: Math.max(rejectedPerSecond, before?.effect?.peakRejectedPerSecond ?? 0) }),
    ...(failureRatio === undefined ? {} : { failureRatio }),
    ...(latencySeconds === undefined ? {} : { latencySeconds }),
    ...(politeRejectedRatio === undefined ? {} : { politeRejectedRatio }),
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
  const harm = harmOf(before ?? {}, measured, breaker);
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
