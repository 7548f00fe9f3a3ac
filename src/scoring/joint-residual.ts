import { RESIDUAL_LAGS, SLOT } from './metric-slots.ts';
import { triangle } from './state-shape.ts';
import { ENTITY, metricSlot, type WorkloadState } from './workload-state.ts';

/** First fit after this many samples, then at twice as many each time until a day has passed, then daily. */
const FIRST_FIT = 60;
const DAY = 86_400;
const MEMORY_DAYS = 14;
const SHRINK = 0.1;
const SPREAD_FLOOR = 0.1;
const ADMIT_BELOW = 0.8;
const LAGS = 4;

const MAX_WIDTH = 512;
const vector = new Float64Array(MAX_WIDTH);
const standardised = new Float64Array(MAX_WIDTH);

/** Level residuals of all metrics at lags 0 to 3 (0 to 11 where there is one metric); the newest ones come from `z0`. */
const fillVector = (state: WorkloadState, z0: Float64Array): void => {
  const lags = state.metrics.length === 1 ? RESIDUAL_LAGS : LAGS;
  for (let m = 0; m < state.metrics.length; m++) {
    const older = metricSlot(state, m) + SLOT.residualLags;
    vector[m * lags] = z0[m]!;
    for (let lag = 1; lag < lags; lag++) vector[m * lags + lag] = state.doubles[older + lag - 1]!;
  }
};

/**
 * Mahalanobis distance over sqrt(width) of the residuals against their own decayed moments; NaN before the first fit.
 * Sees metrics that leave their usual company while each stays in its own range.
 */
export const jointDistance = (state: WorkloadState, z0: Float64Array): number => {
  const { momentWidth: width, fit } = state.shape;
  if (width === 0 || width > MAX_WIDTH) return Number.NaN;
  fillVector(state, z0);
  if (state.doubles[ENTITY.fitted] !== 1) return Number.NaN;
  const f = state.floats;
  const inverse = fit + 2 * width;
  // The stored triangle is the inverse Cholesky factor: the distance is the length of (L^-1 w).
  let sum = 0;
  let at = inverse;
  for (let i = 0; i < width; i++) {
    standardised[i] = (vector[i]! - f[fit + i]!) / f[fit + width + i]!;
    let dot = 0;
    for (let j = 0; j <= i; j++) dot += f[at + j]! * standardised[j]!;
    at += i + 1;
    sum += dot * dot;
  }
  return Math.sqrt(sum / width);
};

/** Takes the vector of the last `jointDistance` into the moments and fits anew when it is time. */
export const learnJoint = (state: WorkloadState, seconds: number, margin: number): void => {
  const { momentWidth: width, moments } = state.shape;
  if (width === 0 || width > MAX_WIDTH || margin >= ADMIT_BELOW) return;
  const d = state.doubles;
  d[moments]! += 1;
  let product = moments + 1 + width;
  for (let i = 0; i < width; i++) {
    const v = vector[i]!;
    d[moments + 1 + i]! += v;
    if (v === 0) product += i + 1;
    else for (let j = 0; j <= i; j++) d[product++]! += v * vector[j]!;
  }
  d[ENTITY.momentSamples]! += 1;
  const samples = d[ENTITY.momentSamples]!;
  const next = d[ENTITY.nextFit] || FIRST_FIT;
  const daily = samples * state.stepSeconds >= DAY;
  if (daily ? seconds - d[ENTITY.fitSeconds]! >= DAY : samples >= next) {
    fitMoments(state, seconds);
    d[ENTITY.nextFit] = next * 2;
  }
};

const cholesky = new Float64Array(triangle(MAX_WIDTH));
const inverseScratch = new Float64Array(triangle(MAX_WIDTH));

/** Shrunk correlation, its Cholesky factor and that factor's inverse. */
const fitMoments = (state: WorkloadState, seconds: number): void => {
  const { momentWidth: width, moments, fit } = state.shape;
  const d = state.doubles;
  const f = state.floats;
  const total = d[moments]!;
  const products = moments + 1 + width;
  for (let i = 0; i < width; i++) {
    const mean = d[moments + 1 + i]! / total;
    const variance = d[products + triangle(i) + i]! / total - mean * mean;
    f[fit + i] = mean;
    f[fit + width + i] = Math.sqrt(Math.max(0, variance)) + SPREAD_FLOOR;
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      const covariance = d[products + triangle(i) + j]! / total - f[fit + i]! * f[fit + j]!;
      const correlation = covariance / (f[fit + width + i]! * f[fit + width + j]!);
      let sum = (1 - SHRINK) * correlation + (i === j ? SHRINK : 0);
      for (let k = 0; k < j; k++) sum -= cholesky[triangle(i) + k]! * cholesky[triangle(j) + k]!;
      // A positive floor keeps the factor real where rounding would not.
      cholesky[triangle(i) + j] = i === j ? Math.sqrt(Math.max(sum, 1e-6)) : sum / cholesky[triangle(j) + j]!;
    }
  }
  for (let j = 0; j < width; j++) {
    for (let i = j; i < width; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= cholesky[triangle(i) + k]! * inverseScratch[triangle(k) + j]!;
      inverseScratch[triangle(i) + j] = sum / cholesky[triangle(i) + i]!;
    }
  }
  for (let i = 0; i < triangle(width); i++) f[fit + 2 * width + i] = inverseScratch[i]!;
  const fade = d[ENTITY.fitted] === 1 ? Math.exp(-Math.max(0, seconds - d[ENTITY.fitSeconds]!) / (MEMORY_DAYS * DAY)) : 1;
  for (let i = moments; i < products + triangle(width); i++) d[i]! *= fade;
  d[ENTITY.fitSeconds] = seconds;
  d[ENTITY.fitted] = 1;
};
