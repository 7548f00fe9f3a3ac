import { add, multiply, sigmoid, tanh } from './elementwise.ts';
import { affine, matmul } from './linear.ts';
import { softmax } from './normalisation.ts';
import { concat, reshape, split, swapLast, transpose } from './shaping.ts';
import type { Tape, Value } from './tape.ts';

export interface LstmWeights {
  /** [I, 4H]: gates in the order input, forget, cell, output. */
  readonly ofInput: Value;
  /** [H, 4H] */
  readonly ofState: Value;
  /** [4H] */
  readonly bias: Value;
}

/**
 * A long short-term memory (Hochreiter and Schmidhuber, 1997, with the forget gate of Gers, 2000) over x [B, T, I], from a state of zeros, every
 * step written out: the state after each step, [B, T, H]. T is part of the graph.
 */
export const lstm = (tape: Tape, x: Value, weights: LstmWeights): Value => {
  const [batch, steps] = x.shape as [number, number, number];
  const hidden = weights.ofState.shape[0]!;
  const inputs = split(tape, affine(tape, x, weights.ofInput, weights.bias), 1, steps);
  const states: Value[] = [];
  let state: Value | undefined;
  let cell: Value | undefined;
  for (const each of inputs) {
    const own = reshape(tape, each, [batch, 4 * hidden]);
    const gates = state ? add(tape, own, matmul(tape, state, weights.ofState)) : own;
    const [input, forget, content, output] = split(tape, gates, 1, 4) as [Value, Value, Value, Value];
    const fresh = multiply(tape, sigmoid(tape, input), tanh(tape, content));
    cell = cell ? add(tape, multiply(tape, sigmoid(tape, forget), cell), fresh) : fresh;
    state = multiply(tape, sigmoid(tape, output), tanh(tape, cell));
    states.push(reshape(tape, state, [batch, 1, hidden]));
  }
  return concat(tape, states, 1);
};

/** Scaled dot-product attention with several heads (Vaswani et al., 2017): queries, keys and values [B, T, D], D a multiple of `heads`. */
export const attention = (tape: Tape, queries: Value, keys: Value, values: Value, heads: number): Value => {
  const [batch, steps, width] = queries.shape as [number, number, number];
  const size = width / heads;
  const apart = (x: Value): Value => transpose(tape, reshape(tape, x, [batch, x.shape[1]!, heads, size]), [0, 2, 1, 3]);
  const products = matmul(tape, apart(queries), swapLast(tape, apart(keys)));
  const shares = softmax(tape, multiply(tape, products, tape.scalar(1 / Math.sqrt(size))));
  return reshape(tape, transpose(tape, matmul(tape, shares, apart(values)), [0, 2, 1, 3]), [batch, steps, width]);
};
