import { absoluteBar } from '../alarm-bar.ts';
import { BINS, learnSurprise, surpriseOf } from '../surprise.ts';

/** Memory of the mean and the spread, in samples. */
const MEMORY = 5000;
/** Below this many numbers nothing is said. */
const LEAST_HISTORY = 30;
/** One more test per workload: the bar is this much above the one of a single test. */
const BAR_MARGIN = 0.2;
/** How far one number may pull mean and spread, in spreads. */
const CLIP = 6;

/** Turns a detector's numbers, whatever their scale, into how surprising they are in the workload's own past: 1 is the alert boundary. NaN while it knows too little. */
export type OwnPast = (value: number) => number;

/** Scores with what came before, then learns: the same surprise over the same bar as the other detectors. Only numbers above the usual count. */
export const createOwnPast = (stepSeconds: number): OwnPast => {
  const histogram = new Float32Array(BINS);
  const bar = absoluteBar(stepSeconds) + BAR_MARGIN;
  let mass = 0;
  let mean = 0;
  let spread = 0;
  let seen = 0;
  return (value) => {
    if (!Number.isFinite(value)) return Number.NaN;
    const rate = Math.max(1 / (seen + 1), 1 / MEMORY);
    const difference = value - mean;
    // 1.25 mean absolute deviations are a standard deviation of a Gaussian.
    const size = Math.max(0, difference) / (1.25 * spread + 1e-3 * Math.abs(mean) + 1e-9);
    const score = seen < LEAST_HISTORY ? Number.NaN : surpriseOf(histogram, 0, mass, size) / bar;
    const clipped = seen < LEAST_HISTORY ? difference : Math.max(-CLIP * spread, Math.min(CLIP * spread, difference));
    mean += rate * clipped;
    spread += rate * (Math.abs(clipped) - spread);
    if (seen >= LEAST_HISTORY) mass = learnSurprise(histogram, 0, mass, size, score >= 1 ? 0.5 : 1);
    seen++;
    return score;
  };
};
