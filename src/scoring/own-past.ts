import { absoluteBar } from './alarm-bar.ts';
import { BINS, learnSurprise, surpriseOf } from './surprise.ts';

/** Memory of the mean and the spread, in samples. */
const MEMORY = 5000;
/** Below this many numbers nothing is said. */
const LEAST_HISTORY = 30;
/** How far one number may pull mean and spread, in spreads. */
const CLIP = 6;

/** Over the absolute bar by this much: one more test per workload. */
const BAR_MARGIN = 0.2;

/**
 * The bar follows the hourly maxima of the surprise, by the rule of the score's own bar (alarm-bar.ts): noise that is wild every hour
 * must not alarm every hour. Widths of .1 up to a surprise of 6, which a histogram of 20,000 samples can just tell.
 */
const BAR_BINS = 60;
const BIN_WIDTH = 0.1;
const HOUR = 3600;
const DAY = 86_400;
/** Hours of the own past allowed above the bar per day. */
const BUDGET_PER_DAY = 0.8;
const PRIOR_BLOCKS = 48;
const BLOCK_DECAY = 1 - 1 / 720;

/** Numbers kept, all from zeros. */
const SLOT = { seen: 0, mean: 1, spread: 2, mass: 3, block: 4, blockMax: 5, blocks: 6, bar: 7 } as const;
export const OWN_PAST_SLOTS = 8;
/** Floats kept, from zeros: the histogram of sizes and that of hourly maxima. */
export const OWN_PAST_FLOATS = BINS + BAR_BINS;

/** The smallest surprise that at most the budgeted share of hours reaches, own past and prior together; never below `floor`. */
const solveBar = (floats: Float32Array, from: number, blocks: number, blockSeconds: number, floor: number): number => {
  const share = (BUDGET_PER_DAY * blockSeconds) / DAY;
  let tail = 0;
  let bar = BAR_BINS * BIN_WIDTH;
  for (let bin = BAR_BINS - 1; bin >= 0; bin--) {
    tail += floats[from + bin]!;
    const prior = PRIOR_BLOCKS * Math.min(1, share * 10 ** (-0.5 * (bin * BIN_WIDTH - floor - 0.1)));
    if ((tail + prior) / (blocks + PRIOR_BLOCKS) > share) break;
    bar = bin * BIN_WIDTH;
    if (bar <= floor) return floor;
  }
  return bar;
};

export interface OwnPastPlace {
  readonly doubles: Float64Array;
  readonly doublesAt: number;
  readonly floats: Float32Array;
  readonly floatsAt: number;
}

/** Hours after which an own past counts half. */
const HALF_GROWN = 12;

/** How far a past of hours can be believed, 0..1: one that is young has not yet seen what is rare but usual. */
export const maturityOf = ({ doubles, doublesAt }: Pick<OwnPastPlace, 'doubles' | 'doublesAt'>): number => {
  const blocks = doubles[doublesAt + SLOT.blocks]!;
  return blocks / (blocks + HALF_GROWN);
};

/** Books the surprise for the hour it lies in; at the end of an hour the bar is worked out anew. */
const advanceBar = (place: OwnPastPlace, seconds: number, stepSeconds: number, surprise: number): number => {
  const { doubles: d, doublesAt: at, floats: f } = place;
  const floor = absoluteBar(stepSeconds) + BAR_MARGIN;
  const blockSeconds = Math.max(HOUR, stepSeconds);
  // From 1, because 0 is the state before the first number.
  const block = Math.floor(seconds / blockSeconds) + 1;
  if (d[at + SLOT.block] === 0) {
    d[at + SLOT.block] = block;
    d[at + SLOT.bar] = floor + 0.1;
  } else if (block !== d[at + SLOT.block]) {
    const maxima = place.floatsAt + BINS;
    for (let i = maxima; i < maxima + BAR_BINS; i++) f[i]! *= BLOCK_DECAY;
    f[maxima + Math.min(BAR_BINS - 1, Math.floor(d[at + SLOT.blockMax]! / BIN_WIDTH))]! += 1;
    d[at + SLOT.blocks] = d[at + SLOT.blocks]! * BLOCK_DECAY + 1;
    d[at + SLOT.block] = block;
    d[at + SLOT.blockMax] = 0;
    d[at + SLOT.bar] = solveBar(f, maxima, d[at + SLOT.blocks]!, blockSeconds, floor);
  }
  d[at + SLOT.blockMax] = Math.max(d[at + SLOT.blockMax]!, surprise);
  return d[at + SLOT.bar]!;
};

/**
 * How surprising a detector's number is in the workload's own past, whatever its scale: 1 is the alert boundary. Scores with what came before,
 * then learns. Only numbers above the usual count. NaN while it knows too little.
 */
export const observeOwnPast = (place: OwnPastPlace, seconds: number, stepSeconds: number, value: number): number => {
  if (!Number.isFinite(value)) return Number.NaN;
  const { doubles: d, doublesAt: at, floats, floatsAt } = place;
  const seen = d[at + SLOT.seen]!;
  const mean = d[at + SLOT.mean]!;
  const spread = d[at + SLOT.spread]!;
  const mass = d[at + SLOT.mass]!;
  const isYoung = seen < LEAST_HISTORY;
  const difference = value - mean;
  // 1.25 mean absolute deviations are a standard deviation of a Gaussian.
  const size = Math.max(0, difference) / (1.25 * spread + 1e-3 * Math.abs(mean) + 1e-9);
  const clipped = isYoung ? difference : Math.max(-CLIP * spread, Math.min(CLIP * spread, difference));
  const rate = Math.max(1 / (seen + 1), 1 / MEMORY);
  d[at + SLOT.seen] = seen + 1;
  d[at + SLOT.mean] = mean + rate * clipped;
  d[at + SLOT.spread] = spread + rate * (Math.abs(clipped) - spread);
  if (isYoung) return Number.NaN;
  const surprise = surpriseOf(floats, floatsAt, mass, size);
  const score = surprise / advanceBar(place, seconds, stepSeconds, surprise);
  d[at + SLOT.mass] = learnSurprise(floats, floatsAt, mass, seen, size, score >= 1 ? 0.5 : 1);
  return score;
};
