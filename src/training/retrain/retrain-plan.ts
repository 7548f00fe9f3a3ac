import type { Verdict } from '../../feedback/index.ts';

const DAY = 86_400;
/** New full verdicts that are worth a training: fewer are a mood. */
export const LEAST_NEW = 20;
/** A challenger runs beside the champion for this long before it is put to work. */
export const SHADOW_SECONDS = DAY;
/** Drift: the share of false alarms among verdicts of a week rises by this much over that of the four weeks before, with enough verdicts on both sides. */
const DRIFT = 0.2;
const LEAST_FOR_DRIFT = 10;
const RECENT_DAYS = 7;
const BEFORE_DAYS = 28;

/** What is remembered from one call to the next. */
export interface RetrainState {
  /** When a training last began, unix seconds. */
  readonly lastSeconds: number;
  /** Full verdicts that it knew, by id. */
  readonly known: readonly string[];
  /** The challenger that runs in shadow. */
  readonly shadow: { readonly version: string; readonly sinceSeconds: number; readonly reason: string } | undefined;
}

/** The next step, and why, for people. */
export interface RetrainStep {
  readonly do: 'nothing' | 'train' | 'judge_shadow';
  readonly reason: string;
}

/** Words that were meant and count in full; guesses and what was propagated do not ask for a training. */
export const isFull = ({ weight, parent, word }: Verdict): boolean => weight >= 1 && parent === undefined && word !== 'expected';

const falseShare = (verdicts: readonly Verdict[]): number =>
  verdicts.length < LEAST_FOR_DRIFT ? Number.NaN : verdicts.filter(({ word }) => word === 'false_alarm').length / verdicts.length;

/** By how much the share of false alarms has risen lately; NaN where there are too few verdicts to say. */
export const driftOf = (verdicts: readonly Verdict[], nowSeconds: number): number => {
  const age = ({ givenSeconds }: Verdict): number => (nowSeconds - givenSeconds) / DAY;
  const recent = verdicts.filter((verdict) => age(verdict) < RECENT_DAYS);
  const before = verdicts.filter((verdict) => age(verdict) >= RECENT_DAYS && age(verdict) < RECENT_DAYS + BEFORE_DAYS);
  return falseShare(recent) - falseShare(before);
};

const hours = (seconds: number): string => `${(seconds / 3600).toFixed(1)} h`;

/** What is due: nothing more often than once a day, and nothing new while a challenger is in shadow. */
export const planRetrain = (
  verdicts: readonly Verdict[],
  { lastSeconds, known, shadow }: RetrainState,
  nowSeconds: number,
): RetrainStep => {
  if (shadow) {
    const left = shadow.sinceSeconds + SHADOW_SECONDS - nowSeconds;
    return left > 0
      ? { do: 'nothing', reason: `${shadow.version} runs in shadow for another ${hours(left)}` }
      : { do: 'judge_shadow', reason: `${shadow.version} has run in shadow for ${hours(nowSeconds - shadow.sinceSeconds)}` };
  }
  const full = verdicts.filter(isFull);
  const seen = new Set(known);
  const fresh = full.filter(({ id }) => !seen.has(id)).length;
  const wait = lastSeconds + DAY - nowSeconds;
  if (wait > 0)
    return { do: 'nothing', reason: `the last training was less than a day ago; ${hours(wait)} to go, ${fresh} new full verdicts` };
  if (fresh >= LEAST_NEW) return { do: 'train', reason: `${fresh} new full verdicts` };
  const drift = driftOf(full, nowSeconds);
  if (drift >= DRIFT) return { do: 'train', reason: `drift: the share of false alarms has risen by ${(100 * drift).toFixed(0)} points` };
  return { do: 'nothing', reason: `${fresh} new full verdicts of ${LEAST_NEW}, and no drift` };
};
