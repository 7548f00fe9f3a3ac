import { add, divide, mean, multiply, square, squareRoot, subtract, sum } from './elementwise.ts';
import type { Tape, Value } from './tape.ts';

/** A variance below this is taken for a constant row; the value of the paper's authors. */
const LEAST_VARIANCE = 1e-5;
const LEAST_LENGTH = 1e-8;

/** Layer normalisation over the last axis (Ba, Kiros, Hinton, 2016) with gain and shift of that axis' size. */
export const layerNorm = (tape: Tape, x: Value, gain: Value, shift: Value): Value => {
  const centred = subtract(tape, x, mean(tape, x, [-1]));
  const variance = mean(tape, square(tape, centred), [-1]);
  const scaled = divide(tape, centred, squareRoot(tape, add(tape, variance, tape.scalar(LEAST_VARIANCE))));
  return add(tape, multiply(tape, scaled, gain), shift);
};

/** exp(x) / sum exp(x) over the last axis. */
export const softmax = (tape: Tape, x: Value): Value => {
  const y = tape.emit('Softmax', [x], x.shape, { axis: -1 });
  tape.record([y], [x], [([dy]) => multiply(tape, y, subtract(tape, dy!, sum(tape, multiply(tape, dy!, y), [-1])))]);
  return y;
};

/** log softmax over the last axis. */
export const logSoftmax = (tape: Tape, x: Value): Value => {
  const y = tape.emit('LogSoftmax', [x], x.shape, { axis: -1 });
  tape.record([y], [x], [([dy]) => subtract(tape, dy!, multiply(tape, tape.emit('Exp', [y], y.shape), sum(tape, dy!, [-1])))]);
  return y;
};

/** Rows divided by their Euclidean length. */
export const unitLength = (tape: Tape, x: Value): Value =>
  divide(tape, x, squareRoot(tape, add(tape, sum(tape, square(tape, x), [-1]), tape.scalar(LEAST_LENGTH))));
