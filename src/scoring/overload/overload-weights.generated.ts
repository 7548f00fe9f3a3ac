// generated from bench/overload.ts; do not edit
import type { OverloadWeights } from './overload-features.ts';

export const OVERLOAD_WEIGHTS: OverloadWeights = [
  [0, 0, 0, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 0, 0, 0],
];
