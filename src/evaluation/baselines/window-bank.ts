import type { Random } from '../../platform/index.ts';
import type { ValuesDetector } from './per-workload.ts';

// Size and neighbours of the reference this stands for; windows per bank bound time and memory.
const BANK = 1000;
const NEIGHBOURS = 3;
const LAGS = 3;
const WARM_UP = 30;
const NORM_SAMPLES = 20_000;
const USUAL_SAMPLES = 1000;
const DEVIATIONS = 3;
// A metric that was constant has no scale; without a bound its first change would be all that counts.
const CLIP = 10;

/**
 * Distance of the window [value, mean of the three before] per metric to its nearest neighbours among windows of the past, a uniform reservoir
 * (Vitter, 1985, algorithm R). Metrics are scaled by their running deviation. Anomalous windows are admitted like others: nothing is known of labels.
 */
export const createWindowBank = (width: number, random: Random): ValuesDetector => {
  const size = 2 * width;
  const bank = new Float32Array(BANK * size);
  const history = Array.from({ length: LAGS }, () => new Float64Array(width).fill(Number.NaN));
  const usual = createMoments(1, USUAL_SAMPLES);
  const norm = createMoments(width, NORM_SAMPLES);
  const point = new Float64Array(size);
  let frames = 0;
  let windows = 0;

  return (values) => {
    for (let i = 0; i < width; i++) {
      const before = history.reduce((sum, past) => sum + past[i]!, 0) / LAGS;
      point[i] = norm.scaled(i, values[i]!);
      point[width + i] = norm.scaled(i, before);
    }
    for (let i = 0; i < width; i++) norm.add(i, values[i]!);
    history[frames % LAGS]!.set(values);
    frames++;
    if (frames <= LAGS) return Number.NaN;
    const distance = windows >= WARM_UP ? nearest(bank, Math.min(windows, BANK), point) : Number.NaN;
    const place = windows < BANK ? windows : Math.floor(random() * (windows + 1));
    if (place < BANK) bank.set(point, place * size);
    windows++;
    if (Number.isNaN(distance)) return distance;
    const score = distance / (usual.mean(0) + DEVIATIONS * usual.deviation(0) + 1e-9);
    const ready = windows > 2 * WARM_UP;
    usual.add(0, distance);
    return ready ? score : Number.NaN;
  };
};

/** Mean distance to the nearest windows, over the root of the dimension. */
const nearest = (bank: Float32Array, count: number, point: Float64Array): number => {
  const size = point.length;
  const best = new Float64Array(NEIGHBOURS).fill(Infinity);
  for (let row = 0; row < count; row++) {
    const offset = row * size;
    const limit = best[NEIGHBOURS - 1]!;
    let sum = 0;
    for (let k = 0; k < size && sum < limit; k++) {
      const d = point[k]! - bank[offset + k]!;
      sum += d * d;
    }
    if (sum >= limit) continue;
    let place = NEIGHBOURS - 1;
    for (; place > 0 && best[place - 1]! > sum; place--) best[place] = best[place - 1]!;
    best[place] = sum;
  }
  return best.reduce((sum, d) => sum + Math.sqrt(d / size), 0) / NEIGHBOURS;
};

interface Moments {
  add(column: number, x: number): void;
  mean(column: number): number;
  deviation(column: number): number;
  /** Distance from the mean in deviations; 0 for a missing value. */
  scaled(column: number, x: number): number;
}

const createMoments = (width: number, samples: number): Moments => {
  const means = new Float64Array(width);
  const variances = new Float64Array(width);
  const seen = new Uint32Array(width);
  const deviation = (i: number): number => Math.sqrt(variances[i]!);
  return {
    add: (i, x) => {
      if (!Number.isFinite(x)) return;
      seen[i]! += 1;
      const rate = Math.max(1 / seen[i]!, 1 / samples);
      const difference = x - means[i]!;
      means[i]! += rate * difference;
      variances[i] = (1 - rate) * (variances[i]! + rate * difference * difference);
    },
    mean: (i) => means[i]!,
    deviation,
    scaled: (i, x) => {
      if (!Number.isFinite(x)) return 0;
      const scaled = (x - means[i]!) / (deviation(i) + 1e-6 * Math.abs(means[i]!) + 1e-12);
      return Math.max(-CLIP, Math.min(CLIP, scaled));
    },
  };
};
