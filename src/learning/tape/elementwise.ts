import { axisOf, broadcast, type Shape, withSize } from './shape.ts';
import type { Tape, Value } from './tape.ts';

/** The sum of a gradient over the axes that broadcasting had stretched. */
const unbroadcast = (tape: Tape, gradient: Value, shape: Shape): Value => {
  const extra = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, i) => (i < extra || (shape[i - extra] === 1 && size !== 1) ? [i] : []));
  if (axes.length === 0) return gradient;
  const kept = gradient.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const sum = tape.emit('ReduceSum', [gradient, tape.integers(axes)], kept, { keepdims: 1 });
  return extra === 0 ? sum : tape.emit('Reshape', [sum, tape.integers(shape)], shape);
};

type BinaryRule = (gradient: Value, y: Value) => Value;

const binary = (tape: Tape, op: string, a: Value, b: Value, ofA: BinaryRule, ofB: BinaryRule): Value => {
  const y = tape.emit(op, [a, b], broadcast(a.shape, b.shape));
  tape.record([y], [a, b], [([dy]) => unbroadcast(tape, ofA(dy!, y), a.shape), ([dy]) => unbroadcast(tape, ofB(dy!, y), b.shape)]);
  return y;
};

export const add = (tape: Tape, a: Value, b: Value): Value =>
  binary(
    tape,
    'Add',
    a,
    b,
    (dy) => dy,
    (dy) => dy,
  );

export const subtract = (tape: Tape, a: Value, b: Value): Value =>
  binary(
    tape,
    'Sub',
    a,
    b,
    (dy) => dy,
    (dy) => tape.emit('Neg', [dy], dy.shape),
  );

export const multiply = (tape: Tape, a: Value, b: Value): Value =>
  binary(
    tape,
    'Mul',
    a,
    b,
    (dy) => multiply(tape, dy, b),
    (dy) => multiply(tape, dy, a),
  );

export const divide = (tape: Tape, a: Value, b: Value): Value =>
  binary(
    tape,
    'Div',
    a,
    b,
    (dy) => divide(tape, dy, b),
    (dy, y) => tape.emit('Neg', [divide(tape, multiply(tape, dy, y), b)], dy.shape),
  );

const unary = (tape: Tape, op: string, x: Value, rule: (gradient: Value, y: Value) => Value): Value => {
  const y = tape.emit(op, [x], x.shape);
  tape.record([y], [x], [([dy]) => rule(dy!, y)]);
  return y;
};

/** max(0, x); its gradient at 0 is 0. */
export const relu = (tape: Tape, x: Value): Value => unary(tape, 'Relu', x, (dy, y) => multiply(tape, dy, tape.emit('Sign', [y], y.shape)));

export const sigmoid = (tape: Tape, x: Value): Value =>
  unary(tape, 'Sigmoid', x, (dy, y) => multiply(tape, dy, multiply(tape, y, subtract(tape, tape.scalar(1), y))));

export const tanh = (tape: Tape, x: Value): Value =>
  unary(tape, 'Tanh', x, (dy, y) => multiply(tape, dy, subtract(tape, tape.scalar(1), multiply(tape, y, y))));

/** For x > 0. */
export const squareRoot = (tape: Tape, x: Value): Value =>
  unary(tape, 'Sqrt', x, (dy, y) => divide(tape, multiply(tape, dy, tape.scalar(0.5)), y));

export const exponential = (tape: Tape, x: Value): Value => unary(tape, 'Exp', x, (dy, y) => multiply(tape, dy, y));

/** For x > 0. */
export const logarithm = (tape: Tape, x: Value): Value => unary(tape, 'Log', x, (dy) => divide(tape, dy, x));

export const square = (tape: Tape, x: Value): Value => multiply(tape, x, x);

/** The sum over axes, which stay with size 1. */
export const sum = (tape: Tape, x: Value, axes: readonly number[]): Value => {
  const places = axes.map((axis) => axisOf(x.shape, axis));
  const shape = places.reduce((rest, axis) => withSize(rest, axis, 1), x.shape);
  const y = tape.emit('ReduceSum', [x, tape.integers(places)], shape, { keepdims: 1 });
  tape.record([y], [x], [([dy]) => tape.emit('Expand', [dy!, tape.integers(x.shape)], x.shape)]);
  return y;
};

/** The mean over axes, which stay with size 1. Their sizes must be known. */
export const mean = (tape: Tape, x: Value, axes: readonly number[]): Value => {
  const count = axes.reduce((product, axis) => product * x.shape[axisOf(x.shape, axis)]!, 1);
  return multiply(tape, sum(tape, x, axes), tape.scalar(1 / count));
};
