import { MITIGATION_TTL } from '../conventions/index.ts';
import { formatTime, type KubernetesObject, parseTime } from '../platform/index.ts';
import type { MitigationAction, MitigationMode } from './intent.ts';

export type Phase = 'Pending' | 'AwaitingApproval' | 'Applying' | 'Applied' | 'Reverting' | 'Ended';
export type ConditionType = 'Planned' | 'Applied' | 'Accepted' | 'Effective' | 'Expired' | 'Reverted' | 'Failed';

export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message?: string;
  readonly lastTransitionTime: string;
}

/** Somebody's word. */
export interface Word {
  readonly by: string;
  readonly at: string;
  readonly reason?: string;
}

export interface MitigationSpec {
  readonly target: { readonly kind: string; readonly name: string };
  readonly action?: MitigationAction;
  readonly mode?: MitigationMode;
  readonly backEnd?: string;
  readonly limit?: {
    readonly requestsPerSecond?: number;
    readonly burst?: number;
    readonly connections?: number;
    readonly egressBitsPerSecond?: number;
    readonly perClient?: boolean;
    readonly allowedClients?: readonly string[];
  };
  readonly ttlSeconds?: number;
  readonly reason: string;
  readonly requestedBy?: string;
  readonly alert?: {
    readonly id: string;
    readonly name: string;
    readonly fingerprint: string;
    readonly workload?: { readonly kind: string; readonly name: string };
  };
  readonly approval?: Word;
  readonly revoked?: Word;
}

/** Numbers of a limit, and where they come from. */
export interface Numbers {
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly connections?: number;
  readonly perClient: boolean;
  readonly from: string;
}

/** What was measured when it was planned. */
export interface Trigger {
  readonly score?: number;
  readonly modelVersion?: string;
  readonly requestsPerSecond?: number;
  readonly failureRatio?: number;
  readonly latencySeconds?: number;
}

export interface Effect {
  readonly rejectedPerSecond?: number;
  readonly failureRatio?: number;
  readonly latencySeconds?: number;
  readonly politeRejectedRatio?: number;
  readonly peakRejectedPerSecond?: number;
}

/** Why a mitigation ended. `harm`: usual traffic got worse; `not_accepted`: the data plane's controller refused it. */
export const END_CAUSES = ['expired', 'revoked', 'revert_all', 'harm', 'not_accepted', 'failed', 'refused', 'approval_expired'] as const;
export type EndCause = (typeof END_CAUSES)[number];

export interface MitigationStatus {
  readonly phase?: Phase;
  readonly message?: string;
  readonly observedGeneration?: number;
  readonly backEnd?: string;
  readonly mode?: MitigationMode;
  /** `Kind/name`, each in the namespace of the mitigation. */
  readonly targets?: readonly string[];
  readonly numbers?: Numbers;
  readonly changes?: readonly string[];
  readonly notes?: readonly string[];
  readonly requestedAt?: string;
  readonly appliedAt?: string;
  readonly expiresAt?: string;
  readonly endedAt?: string;
  readonly endCause?: EndCause;
  readonly trigger?: Trigger;
  readonly effect?: Effect;
  readonly conditions?: readonly Condition[];
}

/** The custom resource. */
export interface Mitigation extends KubernetesObject {
  readonly spec: MitigationSpec;
  readonly status?: MitigationStatus;
}

export const namespaceOf = ({ metadata }: Pick<Mitigation, 'metadata'>): string => metadata.namespace ?? '';
export const phaseOf = ({ status }: Pick<Mitigation, 'status'>): Phase => status?.phase ?? 'Pending';
/** Objects of it may be in the cluster. */
export const isActive = (mitigation: Pick<Mitigation, 'status'>): boolean =>
  ['Applying', 'Applied', 'Reverting'].includes(phaseOf(mitigation));
export const ttlMsOf = ({ ttlSeconds = MITIGATION_TTL.default }: MitigationSpec): number =>
  Math.min(MITIGATION_TTL.max, Math.max(1, ttlSeconds)) * 1000;

/** Unix milliseconds of a time in a status; undefined where there is none, or no time. */
export const timeOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseTime(text));

export const conditionOf = (mitigation: Pick<Mitigation, 'status'>, type: ConditionType): Condition | undefined =>
  mitigation.status?.conditions?.find((condition) => condition.type === type);

/** Conditions with one set; its time changes only with its status. */
export const withCondition = (
  conditions: readonly Condition[] | undefined,
  { type, status, reason, message = '' }: Omit<Condition, 'lastTransitionTime'>,
  nowMs: number,
): readonly Condition[] => {
  const before = conditions?.find((condition) => condition.type === type);
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : formatTime(nowMs);
  const next: Condition = { type, status, reason, lastTransitionTime, ...(message === '' ? {} : { message: message.slice(0, 1000) }) };
  return [...(conditions ?? []).filter((condition) => condition.type !== type), next];
};
