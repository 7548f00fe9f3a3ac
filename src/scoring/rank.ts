import { ENTITY, type WorkloadState } from './workload-state.ts';

/** Inputs of the rank part with their weights: level residuals, surprise, window bank, joint residual. */
const WEIGHTS = [1, 1, 1, 0.25] as const;
const MEMORY = 20_000;
/** What is held of a rank from sample to sample, and for how long at most: a coarse step must not hold it for days. */
const FAST = { hold: 0.9, seconds: 3600 } as const;
const SLOW = { hold: 0.985, seconds: 6 * 3600 } as const;
/** Share of the slow hold in the rank. */
export const SLOW_SHARE = 0.6;

/** Both holds at a step. */
export const holdsAt = (stepSeconds: number): { readonly fast: number; readonly slow: number } => ({
  fast: Math.min(FAST.hold, Math.exp(-stepSeconds / FAST.seconds)),
  slow: Math.min(SLOW.hold, Math.exp(-stepSeconds / SLOW.seconds)),
});

/** An input over the workload's own usual size of it. */
const normalise = (d: Float64Array, input: number, x: number): number => {
  const scale = d[ENTITY.rankScale + input]!;
  const count = d[ENTITY.rankCount + input]!;
  const norm = count < 10 ? x / (Math.max(scale, x) + 0.05) : x / (scale + 0.05);
  const clipped = count === 0 ? x : Math.min(x, 4 * scale + 0.1);
  d[ENTITY.rankScale + input] = scale + Math.max(1 / (count + 1), 1 / MEMORY) * (clipped - scale);
  d[ENTITY.rankCount + input] = count + 1;
  return norm;
};

/**
 * Orders samples below the boundary: the weighted mean of the inputs that are there (NaN = not there), smoothed over 3 samples, then held twice
 * so that the moments after an alarm, and a plateau that was said already, still rank high. Returns a number >= 0.
 */
export const advanceRank = (state: WorkloadState, inputs: readonly number[]): number => {
  const d = state.doubles;
  let sum = 0;
  let weight = 0;
  for (const [input, w] of WEIGHTS.entries()) {
    const x = inputs[input]!;
    if (!(x >= 0)) continue;
    sum += w * normalise(d, input, x);
    weight += w;
  }
  const recent = ENTITY.rankRecent;
  d[recent + 2] = d[recent + 1]!;
  d[recent + 1] = d[recent]!;
  d[recent] = weight > 0 ? sum / weight : 0;
  const filled = Math.min(3, d[ENTITY.rankFilled]! + 1);
  d[ENTITY.rankFilled] = filled;
  let mean = 0;
  for (let i = 0; i < filled; i++) mean += d[recent + i]! / filled;
  const { fast, slow } = holdsAt(state.stepSeconds);
  d[ENTITY.holdFast] = Math.max(mean, fast * d[ENTITY.holdFast]!);
  d[ENTITY.holdSlow] = Math.max(mean, slow * d[ENTITY.holdSlow]!);
  return d[ENTITY.holdFast]! + SLOW_SHARE * d[ENTITY.holdSlow]!;
};

/** A rank as a score below the boundary. */
export const rankScore = (rank: number): number => (0.999 * rank) / (rank + 5);
