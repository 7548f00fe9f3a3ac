import { add, divide, multiply, square, squareRoot, subtract } from '../tape/elementwise.ts';
import type { Tape, Value } from '../tape/tape.ts';

/** Decay of the mean of the gradient and of its square, and what keeps the division sane; the values of the paper. */
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

export interface AdamValues {
  readonly weights: Value;
  readonly gradient: Value;
  readonly moments: Value;
  readonly squares: Value;
  /** From `adamScales`. */
  readonly stepSize: Value;
  readonly squareScale: Value;
}

/** The two numbers of step t = 1, 2, ... that are the same for all weights: the learning rate and the correction of the squares for their start at zero. */
export const adamScales = (step: number, learningRate: number): { readonly stepSize: number; readonly squareScale: number } => ({
  stepSize: learningRate / (1 - BETA_1 ** step),
  squareScale: 1 / (1 - BETA_2 ** step),
});

/**
 * Adam (Kingma and Ba, 2015) over all weights as one flat vector, a dozen operators in all. Before it the gradient is cut to a Euclidean
 * length of at most `maxLength` (Pascanu, Mikolov, Bengio, 2013), so that one odd batch cannot throw the weights away.
 */
export const adam = (tape: Tape, values: AdamValues, maxLength: number): Pick<AdamValues, 'weights' | 'moments' | 'squares'> => {
  const { weights, moments, squares, stepSize, squareScale } = values;
  const length = tape.emit('ReduceL2', [values.gradient, tape.integers([0])], [1], { keepdims: 1 });
  const limit = tape.scalar(maxLength);
  const gradient = multiply(tape, values.gradient, divide(tape, limit, tape.emit('Max', [length, limit], [1])));
  const mix = (old: Value, fresh: Value, beta: number): Value =>
    add(tape, multiply(tape, old, tape.scalar(beta)), multiply(tape, fresh, tape.scalar(1 - beta)));
  const nextMoments = mix(moments, gradient, BETA_1);
  const nextSquares = mix(squares, square(tape, gradient), BETA_2);
  const spread = add(tape, squareRoot(tape, multiply(tape, nextSquares, squareScale)), tape.scalar(EPSILON));
  return {
    weights: subtract(tape, weights, divide(tape, multiply(tape, nextMoments, stepSize), spread)),
    moments: nextMoments,
    squares: nextSquares,
  };
};
