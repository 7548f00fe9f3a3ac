import { formatTime } from '../platform/index.ts';
import { describeChange } from './data-plane.ts';
import { type EndCause, type Mitigation, type MitigationStatus, withCondition } from './mitigation.ts';
import type { Proposal } from './propose.ts';

const MOST = 50;
const clip = (text: string): string => text.slice(0, 1000);
const base = ({ metadata, status }: Mitigation, nowMs: number): MitigationStatus => ({
  ...status,
  requestedAt: status?.requestedAt ?? formatTime(nowMs),
  ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
});

const plannedStatus = (mitigation: Mitigation, proposal: Proposal, nowMs: number): MitigationStatus => {
  const { route, numbers, changes, notes, trigger } = proposal;
  return {
    ...base(mitigation, nowMs),
    backEnd: route.backEnd.declaration.name,
    mode: route.mode,
    targets: [`${route.target.kind}/${route.target.name}`],
    ...(numbers === undefined ? {} : { numbers }),
    changes: changes.map((change) => clip(describeChange(change))).slice(0, MOST),
    notes: [...new Set(notes)].map(clip).slice(0, MOST),
    trigger,
    conditions: withCondition(mitigation.status?.conditions, { type: 'Planned', status: 'True', reason: 'Planned' }, nowMs),
  };
};

/** It waits for a person. */
export const awaiting = (mitigation: Mitigation, proposal: Proposal, nowMs: number): MitigationStatus => ({
  ...plannedStatus(mitigation, proposal, nowMs),
  phase: 'AwaitingApproval',
  message: `waits for an approval: ${proposal.askReason}`,
});

/** The writes may begin: from here on somebody has to see to its end. */
export const applying = (mitigation: Mitigation, proposal: Proposal, nowMs: number): MitigationStatus => ({
  ...plannedStatus(mitigation, proposal, nowMs),
  phase: 'Applying',
  message: 'being applied',
  appliedAt: formatTime(nowMs),
  expiresAt: formatTime(proposal.intent.expiresAtMs),
});

export const applied = (mitigation: Mitigation, wrote: boolean, nowMs: number): MitigationStatus => ({
  ...base(mitigation, nowMs),
  phase: 'Applied',
  message: wrote ? 'written; waits for the data plane' : 'dry run: nothing was written',
  conditions: withCondition(
    mitigation.status?.conditions,
    { type: 'Applied', status: wrote ? 'True' : 'False', reason: wrote ? 'Written' : 'DryRun' },
    nowMs,
  ),
});

const CAUSE_REASON: Readonly<Record<EndCause, string>> = {
  expired: 'Expired',
  revoked: 'Revoked',
  revert_all: 'RevertAll',
  harm: 'Harm',
  not_accepted: 'NotAccepted',
  failed: 'Failed',
  refused: 'Refused',
  approval_expired: 'ApprovalExpired',
};
const FAILURES: readonly EndCause[] = ['harm', 'not_accepted', 'failed', 'refused', 'approval_expired'];

const failure = (status: MitigationStatus, cause: EndCause, message: string, nowMs: number): MitigationStatus =>
  FAILURES.includes(cause)
    ? {
        ...status,
        conditions: withCondition(status.conditions, { type: 'Failed', status: 'True', reason: CAUSE_REASON[cause], message }, nowMs),
      }
    : status;

/** It is taken back; the cause is kept before the first object is touched. */
export const reverting = (mitigation: Mitigation, cause: EndCause, message: string, nowMs: number): MitigationStatus =>
  failure({ ...base(mitigation, nowMs), phase: 'Reverting', endCause: cause, message }, cause, message, nowMs);

/** Nothing of it is left, or nothing ever was. */
export const ended = (mitigation: Mitigation, cause: EndCause, message: string, nowMs: number): MitigationStatus => {
  const before = base(mitigation, nowMs);
  const wasApplied = before.appliedAt !== undefined;
  const withEnd = failure({ ...before, phase: 'Ended', endCause: cause, endedAt: formatTime(nowMs), message }, cause, message, nowMs);
  if (!wasApplied) return withEnd;
  const expired = withCondition(
    withEnd.conditions,
    { type: 'Expired', status: cause === 'expired' ? 'True' : 'False', reason: CAUSE_REASON[cause] },
    nowMs,
  );
  const notApplied = withCondition(expired, { type: 'Applied', status: 'False', reason: CAUSE_REASON[cause] }, nowMs);
  return { ...withEnd, conditions: withCondition(notApplied, { type: 'Reverted', status: 'True', reason: CAUSE_REASON[cause] }, nowMs) };
};
