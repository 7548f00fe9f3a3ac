import type { WorkloadKey } from '../conventions/index.ts';
import { type Verdict, workloadOf } from './verdict.ts';

const DAY = 86_400;
/** After this long a verdict counts half: what was normal a month ago need not be so today. */
export const HALF_LIFE_SECONDS = 14 * DAY;
/** Below this weight nothing is left to notice: two months for a full word. */
export const FORGOTTEN_BELOW = 0.05;
/** How long `expected` mutes where nobody said otherwise: a planned load test, not a season. */
export const EXPECTED_SECONDS = 7 * DAY;

/**
 * What a verdict does to the scores of its workload, in windows that look like its own.
 * `widen`: the bar rises, and half of that is left after 14 days. `mute`: the same in full, until it expires. `protect`: never eased, kept out of the bank.
 * `lower`: the bar falls. `recentre`: the level moves to where the metrics are now, and the bar rises as for `widen`.
 */
export type AdjustmentKind = 'widen' | 'mute' | 'protect' | 'lower' | 'recentre';

const KINDS: Readonly<Record<Verdict['word'], AdjustmentKind>> = {
  false_alarm: 'widen',
  expected: 'mute',
  confirmed: 'protect',
  missed: 'lower',
  new_trend: 'recentre',
};

/** A verdict in the terms of a scorer. */
export interface Adjustment {
  /** That of the verdict. */
  readonly id: string;
  readonly key: WorkloadKey;
  readonly kind: AdjustmentKind;
  /** The stretch it is about, unix seconds. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly givenSeconds: number;
  /** Infinity = it only fades. */
  readonly untilSeconds: number;
  readonly weight: number;
  /** Only these metrics; empty = all. */
  readonly metrics: readonly string[];
}

/** An alert comes a little after what caused it and a silence is about what came before it: this much around the stretch still belongs to it. */
const MARGIN_SECONDS = 300;

/** What a verdict does. */
export const adjustmentOf = (verdict: Verdict): Adjustment => ({
  id: verdict.id,
  key: workloadOf(verdict),
  kind: KINDS[verdict.word],
  fromSeconds: verdict.fromSeconds - MARGIN_SECONDS,
  toSeconds: verdict.toSeconds + MARGIN_SECONDS,
  givenSeconds: verdict.givenSeconds,
  untilSeconds:
    verdict.expiresSeconds ?? (verdict.word === 'expected' ? verdict.givenSeconds + EXPECTED_SECONDS : Number.POSITIVE_INFINITY),
  weight: verdict.weight,
  metrics: verdict.metrics ?? [],
});

/** How much an adjustment counts at `seconds`, 0 to 1. What protects does not fade: a confirmed event stays confirmed. */
export const strengthAt = ({ kind, givenSeconds, untilSeconds, weight }: Omit<Adjustment, 'key'>, seconds: number): number => {
  if (seconds >= untilSeconds) return 0;
  if (kind === 'mute' || kind === 'protect') return weight;
  const left = weight * 0.5 ** (Math.max(0, seconds - givenSeconds) / HALF_LIFE_SECONDS);
  return left < FORGOTTEN_BELOW ? 0 : left;
};
