import { broadcast, type Shape } from './shape.ts';
import { reshape, swapLast } from './shaping.ts';
import type { Tape, Value } from './tape.ts';

const gemm = (tape: Tape, a: Value, b: Value, shape: Shape, attributes: Readonly<Record<string, number>> = {}): Value =>
  tape.emit('Gemm', [a, b], shape, attributes);

const matrixProduct = (tape: Tape, a: Value, b: Value, bias?: Value): Value => {
  const [m, k] = a.shape as [number, number];
  const [k2, n] = b.shape as [number, number];
  if (k !== k2) throw new Error(`[${a.shape}] times [${b.shape}] is no matrix product`);
  const y = tape.emit('Gemm', bias ? [a, b, bias] : [a, b], [m, n]);
  tape.record([y], bias ? [a, b, bias] : [a, b], [
    ([dy]) => gemm(tape, dy!, b, a.shape, { transB: 1 }),
    ([dy]) => gemm(tape, a, dy!, b.shape, { transA: 1 }),
    ([dy]) => tape.emit('ReduceSum', [dy!, tape.integers([0])], [n], { keepdims: 0 }),
  ]);
  return y;
};

/** Rows of any rank through a matrix: [..., k] times [k, n], plus a bias [n]. */
export const affine = (tape: Tape, x: Value, weights: Value, bias?: Value): Value => {
  const width = x.shape.at(-1)!;
  if (x.shape.length === 2) return matrixProduct(tape, x, weights, bias);
  const rows = x.shape.slice(0, -1).reduce((product, size) => (product < 0 || size < 0 ? -1 : product * size), 1);
  const flat = matrixProduct(tape, reshape(tape, x, [rows, width]), weights, bias);
  return reshape(tape, flat, [...x.shape.slice(0, -1), weights.shape[1]!]);
};

/** [..., m, k] times [..., k, n] with the same leading axes, or a plain matrix on the right. */
export const matmul = (tape: Tape, a: Value, b: Value): Value => {
  if (b.shape.length === 2) return affine(tape, a, b);
  const lead = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (lead.join() !== a.shape.slice(0, -2).join() || lead.join() !== b.shape.slice(0, -2).join())
    throw new Error(`leading axes of [${a.shape}] and [${b.shape}] differ`);
  const y = tape.emit('MatMul', [a, b], [...lead, a.shape.at(-2)!, b.shape.at(-1)!]);
  tape.record([y], [a, b], [([dy]) => matmul(tape, dy!, swapLast(tape, b)), ([dy]) => matmul(tape, swapLast(tape, a), dy!)]);
  return y;
};
