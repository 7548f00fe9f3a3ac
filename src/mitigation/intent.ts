/** `rateLimit` turns requests away above a rate; `isolate` cuts a workload off; `limitEgress` bounds what each of its pods sends. */
export type MitigationAction = 'rateLimit' | 'isolate' | 'limitEgress';
/** `dryRun` counts what would be turned away and lets it pass, where a data plane can; elsewhere nothing is written. */
export type MitigationMode = 'dryRun' | 'enforce';

/** A route (`HTTPRoute`, `GRPCRoute`, `Ingress`, `IngressRoute`, `VirtualServer`, ...), a `Gateway`, or a workload. */
export interface MitigationTarget {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What shall be done, the same for all back-ends. It has been checked: numbers are positive, the target is not a protected one. */
export interface MitigationIntent {
  /** Name of the Mitigation; names, labels and annotations of objects come from it. */
  readonly mitigation: string;
  readonly target: MitigationTarget;
  readonly action: MitigationAction;
  readonly mode: MitigationMode;
  /** Limits are for each client address alone; else for all together. */
  readonly perClient: boolean;
  /** As one instance of the data plane counts it. At least 1. */
  readonly requestsPerSecond: number;
  /** Requests above the rate that may come at once; whole, 0 or more. */
  readonly burst: number;
  /** Open connections or requests in flight at once; absent: not limited. */
  readonly connections?: number;
  /** What each pod may send; only for `limitEgress`. At least 100,000. */
  readonly egressBitsPerSecond?: number;
  /** HTTP status of what is turned away. */
  readonly rejectCode: 429;
  /** Addresses and ranges (CIDR) that are never limited. */
  readonly allowedClients: readonly string[];
  /** Unix milliseconds. */
  readonly expiresAtMs: number;
  /** Why, for people: the alert or somebody's words. */
  readonly reason: string;
  /** Of the alert; absent for one made by hand. */
  readonly fingerprint?: string;
}
