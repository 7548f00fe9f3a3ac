import type { DenseNetwork } from '../model/flow-model.ts';

/** One row through the layers, tanh after each but the last. Small networks: a session of the runtime would cost more than the numbers. */
export const forward = ({ widths, weights }: DenseNetwork, input: Float64Array): Float64Array => {
  let values = input;
  let at = 0;
  for (let layer = 1; layer < widths.length; layer++) {
    const width = widths[layer]!;
    const bias = at + values.length * width;
    const next = new Float64Array(width);
    for (let j = 0; j < width; j++) next[j] = weights[bias + j]!;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value === 0) continue;
      const row = at + i * width;
      for (let j = 0; j < width; j++) next[j]! += value * weights[row + j]!;
    }
    if (layer < widths.length - 1) for (let j = 0; j < width; j++) next[j] = Math.tanh(next[j]!);
    values = next;
    at = bias + width;
  }
  return values;
};
