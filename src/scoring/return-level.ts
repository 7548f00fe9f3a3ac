const HOUR = 3600;
const DAY = 86_400;
/** A month of hours is remembered. */
const MEMORY_HOURS = 720;
/** Hours that the prior weighs, and the spread of hourly maxima it assumes. */
const PRIOR_HOURS = 8;
const PRIOR_SPREAD = 0.35;
/** Hourly maxima further out than this many spreads count as that far: an incident is not the workload's own habit. */
const CLIP = 3;
const EULER = 0.5772;
/** Spread of a Gumbel distribution over its scale, pi / sqrt(6). */
const GUMBEL_SPREAD = 1.2825;

/** Doubles: hours seen (0 = not begun), mean and mean square of their maxima, the running hour, its maximum. */
const HOURS = 0;
const MEAN = 1;
const SQUARE = 2;
const BLOCK = 3;
const MAXIMUM = 4;
export const RETURN_LEVEL_SLOTS = 5;

/** A bar for a statistic, in whatever unit it has: what its hourly maxima reach once in `returnDays` days, never less than `floor`. */
export interface ReturnLevel {
  readonly doubles: Float64Array;
  readonly at: number;
  readonly floor: number;
  readonly returnDays: number;
}

const spreadOf = (d: Float64Array, at: number): number => Math.sqrt(Math.max(0, d[at + SQUARE]! - d[at + MEAN]! ** 2));

const close = (d: Float64Array, at: number): void => {
  const reach = d[at + MEAN]! + CLIP * Math.max(spreadOf(d, at), PRIOR_SPREAD / 2);
  const maximum = Math.min(d[at + MAXIMUM]!, reach);
  const rate = Math.max(1 / (d[at + HOURS]! + 1), 1 / MEMORY_HOURS);
  d[at + MEAN]! += rate * (maximum - d[at + MEAN]!);
  d[at + SQUARE]! += rate * (maximum * maximum - d[at + SQUARE]!);
  d[at + HOURS]! += 1;
};

/**
 * The bar for a sample at `seconds`, closing the hour that ended before it. Maxima of an hour follow a Gumbel distribution (Fisher and Tippett 1928)
 * whose return level lies a known number of spreads above their mean: it says what a day or two of past cannot have shown yet.
 */
export const advanceReturnLevel = ({ doubles: d, at, floor, returnDays }: ReturnLevel, seconds: number): number => {
  const block = Math.floor(seconds / HOUR);
  if (d[at + HOURS] === 0) {
    const mean = floor - PRIOR_SPREAD * spreadsAbove(returnDays);
    d[at + HOURS] = PRIOR_HOURS;
    d[at + MEAN] = mean;
    d[at + SQUARE] = mean * mean + PRIOR_SPREAD * PRIOR_SPREAD;
    d[at + BLOCK] = block;
  } else if (block !== d[at + BLOCK]) {
    // An hour without a sample has no maximum.
    if (d[at + MAXIMUM]! > 0) close(d, at);
    d[at + BLOCK] = block;
    d[at + MAXIMUM] = 0;
  }
  return Math.max(floor, d[at + MEAN]! + spreadsAbove(returnDays) * spreadOf(d, at));
};

const spreadsAbove = (returnDays: number): number => (Math.log((returnDays * DAY) / HOUR) - EULER) / GUMBEL_SPREAD;

/** Takes a sample's value into the running hour. */
export const bookMaximum = ({ doubles, at }: ReturnLevel, value: number): void => {
  if (value > doubles[at + MAXIMUM]!) doubles[at + MAXIMUM] = value;
};
