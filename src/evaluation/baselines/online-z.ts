import type { ValuesDetector } from './per-workload.ts';

const DECAY = 0.996;
const TOP = 3;
// Three deviations: where people commonly draw the line.
const BOUNDARY = 3;
// Below this many samples a deviation says nothing.
const WARM_UP = 10;

/** Exponentially forgetting mean and variance per metric (D. Finch, Incremental calculation of weighted mean and variance, 2009, section 9). */
export const createOnlineZ = (width: number): ValuesDetector => {
  const mean = new Float64Array(width);
  const variance = new Float64Array(width);
  const seen = new Uint32Array(width);
  return (values) => {
    const zs: number[] = [];
    for (let i = 0; i < width; i++) {
      const x = values[i]!;
      if (!Number.isFinite(x)) continue;
      const difference = x - mean[i]!;
      if (seen[i]! >= WARM_UP) zs.push(Math.abs(difference) / Math.sqrt(variance[i]! + 1e-18 + (1e-6 * mean[i]!) ** 2));
      // Like a plain average at first, so that the first sample is not remembered for ever.
      const rate = Math.max(1 / (seen[i]! + 1), 1 - DECAY);
      mean[i]! += rate * difference;
      variance[i] = (1 - rate) * (variance[i]! + rate * difference * difference);
      seen[i]! += 1;
    }
    if (zs.length === 0) return Number.NaN;
    const top = zs.sort((a, b) => b - a).slice(0, TOP);
    return top.reduce((a, b) => a + b) / top.length / BOUNDARY;
  };
};
