import type { WorkloadKey } from './workload.ts';

/** The alert boundary of every score, inclusive: score >= 1 is an anomaly. */
export const ALERT_BOUNDARY = 1;

/** Why a workload has no score yet, or no longer. */
export type NotReadyReason = 'warming_up' | 'no_data' | 'stale_data' | 'backfill_running';

/** A metric's share in a score. */
export interface Contributor {
  /** Feature name of the catalogue, for example `pod_cpu_usage_cores`. */
  readonly metric: string;
  /** Share of the score in 0..1; the shares of one score sum to at most 1. */
  readonly contribution: number;
  readonly observed: number;
  readonly expected: number;
  /** The band inside which the value would not have been surprising, in the metric's unit. */
  readonly lower: number;
  readonly upper: number;
  readonly unit: string;
  /** Which detector found it: `level`, `change`, `plateau`, `cpu_limit`, `peer`, `lifecycle`, ... */
  readonly detector: string;
  /** A pod's name when one replica stands out from its siblings. */
  readonly pod?: string;
}

/** What verdicts of people changed in a score. */
export interface TaughtScore {
  /** The score without them. */
  readonly rawValue: number;
  /** Factor on the bar: above 1 the score was eased, below 1 it was raised. */
  readonly bar: number;
  /** Ids of the verdicts that had a say. */
  readonly verdicts: readonly string[];
}

/** A flood from outside, CPU or traffic that an intruder takes, or more demand and less supply than usual. */
export type OverloadKind = 'dos' | 'attack' | 'natural';

/** Which kind of overload an anomaly is, where something is overloaded. */
export interface OverloadVerdict {
  /** The most probable one. */
  readonly kind: OverloadKind;
  /** They sum to 1. */
  readonly probabilities: Readonly<Record<OverloadKind, number>>;
  /** What speaks for it most, as factors against the usual, strongest first, at most 3. */
  readonly reasons: readonly { readonly reason: string; readonly factor: number }[];
}

/** One workload's score at one instant. */
export interface Score {
  readonly key: WorkloadKey;
  /** Unix milliseconds of the newest sample used. */
  readonly timeMs: number;
  /** >= 0; 1 = alert boundary. NaN when not ready. */
  readonly value: number;
  readonly ready: boolean;
  readonly reason?: NotReadyReason;
  /** Surprise over the bar (V of the recipe) before the rank part orders what lies below 1; NaN when not ready. */
  readonly margin: number;
  /** Largest first, at most 5. Empty below `CONTRIBUTOR_FLOOR`. */
  readonly contributors: readonly Contributor[];
  /** Detector that set the value. */
  readonly detector: string;
  /** True while a rollout, scale-out or drain damps level and difference parts. */
  readonly damped: boolean;
  /** Set from the alert boundary on, where something is overloaded. */
  readonly overload?: OverloadVerdict;
  /** Set where verdicts had a say. */
  readonly taught?: TaughtScore;
  /** Value and margin with other sets of verdicts, where a scorer was asked for them. */
  readonly alternatives?: readonly { readonly value: number; readonly margin: number }[];
  readonly modelVersion: string;
}

/** Contributors are worked out for scores above this: below it nobody asks, and it keeps the cost of a quiet cluster low. */
export const CONTRIBUTOR_FLOOR = 0.5;
