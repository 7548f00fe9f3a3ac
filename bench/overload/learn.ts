// Multinomial logistic regression by gradient descent: a few hundred rows of eight numbers.
import { OVERLOAD_FEATURES, OVERLOAD_KINDS, type OverloadWeights, overloadProbabilities } from '../../src/scoring/index.ts';
import type { LabelledOverload } from './collect.ts';

const ITERATIONS = 3000;
const RATE = 0.3;
/** Keeps weights small where few rows speak. */
const RIDGE = 0.01;

export const learnWeights = (rows: readonly LabelledOverload[]): OverloadWeights => {
  const weights = OVERLOAD_KINDS.map(() => new Array<number>(OVERLOAD_FEATURES.length + 1).fill(0));
  // Each kind weighs the same, however often it was drawn.
  const share = OVERLOAD_KINDS.map((kind) => 1 / (OVERLOAD_KINDS.length * Math.max(1, rows.filter((row) => row.kind === kind).length)));
  for (let turn = 0; turn < ITERATIONS; turn++) {
    const gradient = weights.map((row) => row.map((weight, k) => (k === 0 ? 0 : RIDGE * weight)));
    for (const { kind, features } of rows) {
      const truth = OVERLOAD_KINDS.indexOf(kind);
      const probabilities = overloadProbabilities(features, weights);
      for (const [i, p] of probabilities.entries()) {
        const error = share[truth]! * (p - (i === truth ? 1 : 0));
        gradient[i]![0]! += error;
        for (const [k, x] of features.entries()) gradient[i]![k + 1]! += error * x;
      }
    }
    for (const [i, row] of weights.entries()) for (const k of row.keys()) row[k]! -= RATE * gradient[i]![k]!;
  }
  return weights;
};
