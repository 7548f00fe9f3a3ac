import { holdsAt, SLOW_SHARE } from '../rank.ts';

/**
 * Sum of the two margins from which on they are an alarm together. With less, more events of public
 * recordings were found, but beyond the false alarms that the score alone may cost. Faster steps have more samples a day that
 * can coincide by chance, so they ask for more; at 30 s and below nearly all that coincides is a harmless change of a workload.
 */
const TOGETHER = { perMinute: 2.05, slow: 0.12, fast: 2 } as const;

const togetherAt = (stepSeconds: number): number => {
  const tens = Math.log10(stepSeconds / 60);
  return TOGETHER.perMinute - (tens < 0 ? TOGETHER.fast : TOGETHER.slow) * tens;
};
/** Weight of what the encoder said lately in the order below the boundary. */
const ORDER_WEIGHT = 1;
/** Scores below the boundary are .999 r / (r + 5), so that none reaches it. */
const CEILING = 0.999;
const HALF_WAY = 5;

/** Numbers that an agreement keeps, from zeros: the last two values and the two that fade. */
export const AGREEMENT_SLOTS = 4;

/**
 * Joins a workload's score with what the encoder says of it. An alarm of the score stays as it is. Where score and encoder are both
 * nearly at the boundary, they are an alarm together: they look at different things (sudden surprise, and the shape of a window), so
 * that chance seldom raises both. Below the boundary the encoder and the margin of the moment help to order.
 *
 * @param stepSeconds usual distance of two samples
 * @param margin the score's surprise over its bar
 * @param encoder 1 = its boundary; NaN while it knows too little
 */
export const agree = (d: Float64Array, at: number, stepSeconds: number, score: number, margin: number, encoder: number): number => {
  const value = Number.isFinite(encoder) ? encoder : 0;
  const smooth = (value + d[at]! + d[at + 1]!) / 3;
  d[at + 1] = d[at]!;
  d[at] = value;
  const { fast, slow } = holdsAt(stepSeconds);
  d[at + 2] = Math.max(smooth, fast * d[at + 2]!);
  d[at + 3] = Math.max(smooth, slow * d[at + 3]!);
  if (!(score < 1)) return score;
  const together = togetherAt(stepSeconds);
  if (margin + value >= together) return 1 + margin + value - together;
  const own = (HALF_WAY * score) / (CEILING - Math.min(score, CEILING - 1e-6));
  const order = own + ORDER_WEIGHT * (d[at + 2]! + SLOW_SHARE * d[at + 3]!) + (margin >= 0 ? margin : 0);
  return (CEILING * order) / (order + HALF_WAY);
};
