import type { MitigationMode } from './intent.ts';
import type { ClientRates } from './measures.ts';

/** What the engine is told by configuration. Durations are milliseconds. */
export interface MitigationOptions {
  /** Back-ends that are switched on, the preferred first, and how far each may go. */
  readonly backEnds: readonly { readonly name: string; readonly mode: MitigationMode }[];
  readonly budget: {
    readonly global: number;
    readonly perNamespace: number;
    /** Share of the routes of a data plane that may be limited at once; one is always allowed. */
    readonly routeShare: number;
    readonly cooldownMs: number;
    /** Ends of mitigations of one target within the window; from this many on only people may begin another. */
    readonly flapCycles: number;
    readonly flapWindowMs: number;
  };
  readonly numbers: {
    /** Limit = usual rate of a client x this. */
    readonly factor: number;
    /** No client is limited below this. */
    readonly floorRequestsPerSecond: number;
    /** Burst = rate x this. */
    readonly burstSeconds: number;
  };
  readonly approval: {
    readonly expiresMs: number;
    /** Least score at which an alert's limit may bite without a person; undefined: always asked. */
    readonly autoScore: number | undefined;
  };
  /** The data plane has to accept within this. */
  readonly acceptMs: number;
  /** Requests have to be turned away within this, or it is called ineffective. */
  readonly effectMs: number;
  readonly breaker: {
    /** Rise of the share of failures, in parts of 1, at which a limit is taken back. */
    readonly failureRise: number;
    /** How many times as long requests may take as when it was planned before a limit is taken back. */
    readonly latencyFactor: number;
    readonly openMs: number;
    readonly apiErrors: number;
    readonly alertsPerMinute: number;
  };
  /** A score older than this is no licence to act. */
  readonly staleMs: number;
  readonly protectedNamespaces: readonly string[];
  /** Where mitigations may act; everywhere where empty. */
  readonly namespaces: readonly string[];
  readonly allowedClients: readonly string[];
  /** A counter by client, where somebody has one. */
  readonly clientRates: ClientRates | undefined;
  /** Share of the largest client above which all are taken to come through one address. */
  readonly sharedClientShare: number;
  /** Ended mitigations are removed after this. */
  readonly keepMs: number;
}

const MINUTE = 60_000;

export const DEFAULT_MITIGATION_OPTIONS: MitigationOptions = {
  backEnds: [],
  budget: { global: 5, perNamespace: 2, routeShare: 0.2, cooldownMs: 10 * MINUTE, flapCycles: 3, flapWindowMs: 60 * MINUTE },
  numbers: { factor: 3, floorRequestsPerSecond: 5, burstSeconds: 5 },
  approval: { expiresMs: 10 * MINUTE, autoScore: undefined },
  acceptMs: 30_000,
  effectMs: 2 * MINUTE,
  breaker: { failureRise: 0.05, latencyFactor: 2, openMs: 30 * MINUTE, apiErrors: 5, alertsPerMinute: 30 },
  staleMs: 2 * MINUTE,
  protectedNamespaces: [],
  namespaces: [],
  allowedClients: [],
  clientRates: undefined,
  sharedClientShare: 0.8,
  keepMs: 7 * 24 * 60 * MINUTE,
};
