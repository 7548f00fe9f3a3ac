import type { ValuesDetector } from './per-workload.ts';

const HOUR = 3600;
const DAY = 86_400;
// The constants of the rules: short window, smoothing, deviations, margin around the long mean, and the variation below which noise is not looked at.
const SHORT_SECONDS = HOUR;
const SMOOTH_SECONDS = 26 * HOUR;
const DEVIATIONS = 2;
const MARGIN = 0.5;
const MIN_VARIATION = 0.5;
// A window of fewer samples has no deviation to speak of.
const MIN_SHORT_SAMPLES = 4;

/**
 * Adaptive bands in the manner of grafana/promql-anomaly-detection, written anew: middle = mean of the last hour; half width = the larger of two
 * smoothed deviations (of hours that vary by more than half their mean) and half of the smoothed mean. A value inside the band of now, or of
 * this time yesterday, is inside. Windows are exponential ones of the same length. The score is the distance from the middle in half widths.
 */
export const createAdaptiveBands = (width: number, stepSeconds: number): ValuesDetector => {
  const shortSamples = Math.max(MIN_SHORT_SAMPLES, SHORT_SECONDS / stepSeconds);
  const smoothSamples = Math.max(shortSamples, SMOOTH_SECONDS / stepSeconds);
  const perDay = Math.max(1, Math.round(DAY / stepSeconds));
  const metrics = Array.from({ length: width }, () => createBand(shortSamples, smoothSamples, perDay));
  return (values) => {
    let score = Number.NaN;
    for (let i = 0; i < width; i++) {
      const distance = metrics[i]!(values[i]!);
      if (!(distance <= score) && Number.isFinite(distance)) score = distance;
    }
    return score;
  };
};

const createBand = (shortSamples: number, smoothSamples: number, perDay: number): ((x: number) => number) => {
  const middles = new Float64Array(perDay).fill(Number.NaN);
  const halves = new Float64Array(perDay);
  let seen = 0;
  let shortMean = 0;
  let shortVariance = 0;
  let smoothMean = 0;
  let smoothDeviation = 0;
  const update = (x: number): void => {
    seen++;
    const rate = Math.max(1 / seen, 1 / shortSamples);
    const difference = x - shortMean;
    shortMean += rate * difference;
    shortVariance = (1 - rate) * (shortVariance + rate * difference * difference);
    const slow = Math.max(1 / seen, 1 / smoothSamples);
    smoothMean += slow * (shortMean - smoothMean);
    const deviation = Math.sqrt(shortVariance);
    if (deviation > MIN_VARIATION * Math.abs(shortMean)) smoothDeviation += slow * (deviation - smoothDeviation);
  };
  return (x) => {
    if (!Number.isFinite(x)) return Number.NaN;
    let distance = Number.NaN;
    const slot = seen % perDay;
    if (seen >= shortSamples) {
      const half = Math.max(DEVIATIONS * smoothDeviation, MARGIN * Math.abs(smoothMean), 1e-12);
      distance = Math.abs(x - shortMean) / half;
      const yesterday = Math.abs(x - middles[slot]!) / halves[slot]!;
      if (yesterday < distance) distance = yesterday;
      middles[slot] = shortMean;
      halves[slot] = half;
    }
    update(x);
    return distance;
  };
};
