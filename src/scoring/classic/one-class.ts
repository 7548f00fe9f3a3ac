import { normal } from '../../learning/index.ts';
import type { Random } from '../../platform/index.ts';
import { type ClassicDetector, type Rows, sampleIndices, scoreEach, squaredDistance } from './rows.ts';

const FEATURES = 128;
/** The share of the fitted rows that may lie outside. */
const OUTSIDE = 0.05;
const STEPS = 4000;
/** Rows whose median distance sets the width of the kernel. */
const WIDTH_SAMPLE = 100;

/** The median distance between rows, a usual choice for the width of a Gaussian kernel (Gretton et al., 2012). */
const kernelWidth = ({ data, count, width }: Rows, random: Random): number => {
  const sample = sampleIndices(count, WIDTH_SAMPLE, random);
  const distances: number[] = [];
  for (let i = 1; i < sample.length; i++)
    for (let j = 0; j < i; j++) distances.push(squaredDistance(data, sample[i]! * width, data, sample[j]! * width, width));
  const middle = distances.sort((a, b) => a - b)[distances.length >> 1] ?? 1;
  return Math.sqrt(middle) || 1;
};

/** cos(w x + b) sqrt(2 / D), whose products approximate a Gaussian kernel (Rahimi and Recht, 2007). */
const createFeatures = (rows: Rows, random: Random) => {
  const { width } = rows;
  const scale = 1 / kernelWidth(rows, random);
  const directions = Float64Array.from({ length: FEATURES * width }, () => scale * normal(random));
  const phases = Float64Array.from({ length: FEATURES }, () => 2 * Math.PI * random());
  const size = Math.sqrt(2 / FEATURES);
  return (data: Float32Array, offset: number, out: Float64Array): void => {
    for (let f = 0; f < FEATURES; f++) {
      let sum = phases[f]!;
      for (let k = 0; k < width; k++) sum += directions[f * width + k]! * data[offset + k]!;
      out[f] = size * Math.cos(sum);
    }
  };
};

/**
 * One-class support vector machine (Schoelkopf et al., 2001) in its primal form over random features, by stochastic gradient descent with steps
 * 1 / t (Pegasos; Shalev-Shwartz et al., 2007): minimises w^2 / 2 - r + mean max(0, r - w x) / OUTSIDE. The score is r - w x.
 */
export const oneClass: ClassicDetector = {
  id: 'one-class',
  fit: (rows, random) => {
    const featuresOf = createFeatures(rows, random);
    const weights = new Float64Array(FEATURES);
    const point = new Float64Array(FEATURES);
    const product = (): number => {
      let sum = 0;
      for (let f = 0; f < FEATURES; f++) sum += weights[f]! * point[f]!;
      return sum;
    };
    let offset = 0;
    for (let t = 1; t <= STEPS; t++) {
      featuresOf(rows.data, Math.floor(random() * rows.count) * rows.width, point);
      // The steps of the first ten are bounded: 1 / t of them would be larger than all that follow can mend.
      const rate = 1 / Math.max(t, 10);
      const isOutside = product() < offset;
      for (let f = 0; f < FEATURES; f++) weights[f]! += rate * ((isOutside ? point[f]! / OUTSIDE : 0) - weights[f]!);
      offset += rate * (1 - (isOutside ? 1 / OUTSIDE : 0));
    }
    return {
      score: scoreEach((data, at) => {
        featuresOf(data, at, point);
        return offset - product();
      }),
    };
  },
};
