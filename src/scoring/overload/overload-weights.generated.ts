// generated from bench/overload.ts; do not edit
import type { OverloadWeights } from './overload-features.ts';

export const OVERLOAD_WEIGHTS: OverloadWeights = [
  [-2.48, 1.352, 0.308, 0.409, -0.943, 1.821, 0.054, 0.758, 0.173],
  [1.507, -1.007, 0.393, -0.206, 0.634, -1.907, 0.217, -0.883, 0.261],
  [0.974, -0.344, -0.701, -0.202, 0.309, 0.086, -0.271, 0.126, -0.433],
];
