import { mean } from './elementwise.ts';
import type { Shape } from './shape.ts';
import { reshape, transpose } from './shaping.ts';
import type { Tape, Value } from './tape.ts';

export interface ConvolutionOptions {
  /** Along every spatial axis; 1 or 2 is what the rules are tested for. */
  readonly stride?: number;
  /** Zeros on both ends of every spatial axis. */
  readonly padding?: number;
}

const times = (value: number, count: number): number[] => Array.from({ length: count }, () => value);

/** The first two axes exchanged. */
const turned = (tape: Tape, x: Value): Value =>
  transpose(
    tape,
    x,
    x.shape.map((_, i) => (i === 0 ? 1 : i === 1 ? 0 : i)),
  );

/**
 * Cross-correlation of x [N, C, ...S] with weights [O, C, ...K], plus a bias [O], over one or two spatial axes.
 *
 * - gradient of x: the transposed convolution of dy with the same weights;
 * - gradient of the weights: x and dy with channels and batch exchanged are correlated, the stride becoming a dilation; where the
 *   stride left samples over at the end, the result has places beyond the kernel, which are cut off.
 */
export const convolve = (tape: Tape, x: Value, weights: Value, bias: Value, options: ConvolutionOptions = {}): Value => {
  const { stride = 1, padding = 0 } = options;
  const kernel = weights.shape.slice(2);
  const axes = kernel.length;
  const inner = x.shape.slice(2);
  const outer = inner.map((size, i) => Math.floor((size + 2 * padding - kernel[i]!) / stride) + 1);
  const pads = times(padding, 2 * axes);
  const strides = times(stride, axes);
  const y = tape.emit('Conv', [x, weights, bias], [x.shape[0]!, weights.shape[0]!, ...outer], { kernel_shape: kernel, pads, strides });

  const ofInput = (dy: Value): Value => {
    const covered = outer.map((size, i) => (size - 1) * stride - 2 * padding + kernel[i]!);
    const rest = inner.map((size, i) => size - covered[i]!);
    return tape.emit('ConvTranspose', [dy, weights], x.shape, { kernel_shape: kernel, pads, strides, output_padding: rest });
  };
  const ofWeights = (dy: Value): Value => {
    const reached = inner.map((size, i) => size + 2 * padding - (outer[i]! - 1) * stride);
    const shape: Shape = [x.shape[1]!, weights.shape[0]!, ...reached];
    const all = tape.emit('Conv', [turned(tape, x), turned(tape, dy)], shape, { kernel_shape: outer, pads, dilations: strides });
    const isExact = reached.every((size, i) => size === kernel[i]);
    if (isExact) return turned(tape, all);
    const places = tape.integers(kernel.map((_, i) => i + 2));
    const cut = tape.emit('Slice', [all, tape.integers(times(0, axes)), tape.integers(kernel), places], [...shape.slice(0, 2), ...kernel]);
    return turned(tape, cut);
  };
  const sumAxes = [0, ...kernel.map((_, i) => i + 2)];
  tape.record(
    [y],
    [x, weights, bias],
    [
      ([dy]) => ofInput(dy!),
      ([dy]) => ofWeights(dy!),
      ([dy]) => tape.emit('ReduceSum', [dy!, tape.integers(sumAxes)], bias.shape, { keepdims: 0 }),
    ],
  );
  return y;
};

/** [N, C, ...S] as [N, C, S/k, k, ...]. */
const blocks = (shape: Shape, size: number): Shape => {
  const inner = shape.slice(2);
  if (inner.some((length) => length % size !== 0)) throw new Error(`[${shape}] has no whole blocks of ${size}`);
  return [...shape.slice(0, 2), ...inner.flatMap((length) => [length / size, size])];
};

/** The largest of each block of `size` along every spatial axis, which must be whole blocks. Of equal largest ones the first gets the gradient. */
export const maxPool = (tape: Tape, x: Value, size: number): Value => {
  blocks(x.shape, size);
  const axes = x.shape.length - 2;
  const shape = [...x.shape.slice(0, 2), ...x.shape.slice(2).map((length) => length / size)];
  const attributes = { kernel_shape: times(size, axes), strides: times(size, axes) };
  const y = tape.emit('MaxPool', [x], shape, attributes);
  const ofInput = (dy: Value): Value => {
    // Pooled again for the places of the largest: cheaper than comparing x with its stretched maximum, and serving graphs need no places.
    const places = tape.graph.nodes('MaxPool', [x.tensor], 2, attributes)[1]!;
    return tape.emit('MaxUnpool', [dy, places, tape.integers(x.shape)], x.shape, attributes);
  };
  tape.record([y], [x], [([dy]) => ofInput(dy!)]);
  return y;
};

/** The mean of each block of `size` along every spatial axis. */
export const meanPool = (tape: Tape, x: Value, size: number): Value => {
  const full = blocks(x.shape, size);
  const inner = full.flatMap((_, i) => (i >= 3 && (i - 3) % 2 === 0 ? [i] : []));
  const pooled = mean(tape, reshape(tape, x, full), inner);
  return reshape(tape, pooled, [...x.shape.slice(0, 2), ...x.shape.slice(2).map((length) => length / size)]);
};
