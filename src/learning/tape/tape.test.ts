import { checkGradient } from '../../testing/gradient-check.ts';
import { convolve, maxPool, meanPool } from './convolution.ts';
import {
  add,
  divide,
  exponential,
  logarithm,
  mean,
  multiply,
  relu,
  sigmoid,
  square,
  squareRoot,
  subtract,
  sum,
  tanh,
} from './elementwise.ts';
import { affine, matmul } from './linear.ts';
import { batchContrastiveLoss, contrastiveLoss, meanSquaredError, softmaxCrossEntropy, tripletLoss } from './losses.ts';
import { layerNorm, logSoftmax, softmax, unitLength } from './normalisation.ts';
import { attention, lstm } from './sequence.ts';
import type { Shape } from './shape.ts';
import { concat, reshape, slice, split, swapLast, transpose } from './shaping.ts';
import { createTape, type Tape, type Value } from './tape.ts';

/** Central differences in single precision: a wrong rule is off by a tenth and more. */
const TOLERANCE = 4e-3;
/** Values apart from the kinks of relu and of the largest: a step of 0.01 crosses none. */
const APART = Array.from({ length: 64 }, (_, i) => (((i * 37) % 64) - 31.5) / 20);
const POSITIVE = Array.from({ length: 12 }, (_, i) => 0.5 + ((i * 5) % 12) / 8);

type Case = readonly [
  name: string,
  shapes: readonly Shape[],
  define: (tape: Tape, ...inputs: Value[]) => Value,
  values?: readonly number[],
];

const one = (define: (tape: Tape, x: Value) => Value) => (tape: Tape, x?: Value) => define(tape, x!);
const two = (define: (tape: Tape, a: Value, b: Value) => Value) => (tape: Tape, a?: Value, b?: Value) => define(tape, a!, b!);
const three = (define: (tape: Tape, a: Value, b: Value, c: Value) => Value) => (tape: Tape, a?: Value, b?: Value, c?: Value) =>
  define(tape, a!, b!, c!);

const CASES: readonly Case[] = [
  [
    'add',
    [
      [2, 3],
      [2, 3],
    ],
    two(add),
  ],
  [
    'add, stretched',
    [
      [2, 3, 2],
      [3, 1],
    ],
    two(add),
  ],
  ['add of a value to itself', [[3]], one((tape, x) => add(tape, x, x))],
  [
    'subtract, stretched',
    [
      [1, 3],
      [2, 1],
    ],
    two(subtract),
  ],
  ['multiply, stretched', [[2, 3], [3]], two(multiply)],
  [
    'divide, stretched',
    [
      [2, 3],
      [2, 1],
    ],
    two(divide),
    [...APART.slice(0, 6), 1.2, -0.8],
  ],
  ['relu', [[4, 4]], one(relu), APART],
  ['sigmoid', [[2, 3]], one(sigmoid)],
  ['tanh', [[2, 3]], one(tanh)],
  ['exponential', [[2, 3]], one(exponential)],
  ['logarithm', [[2, 3]], one(logarithm), POSITIVE],
  ['squareRoot', [[2, 3]], one(squareRoot), POSITIVE],
  ['square', [[2, 3]], one(square)],
  ['sum over two axes', [[2, 3, 2]], one((tape, x) => sum(tape, x, [0, -1]))],
  ['mean', [[2, 3]], one((tape, x) => mean(tape, x, [1]))],
  ['reshape', [[2, 6]], one((tape, x) => reshape(tape, x, [3, 4]))],
  ['transpose', [[2, 3, 2]], one((tape, x) => transpose(tape, x, [2, 0, 1]))],
  ['swapLast', [[2, 3, 2]], one(swapLast)],
  ['slice', [[2, 5]], one((tape, x) => slice(tape, x, -1, 1, 4))],
  [
    'concat',
    [
      [2, 1],
      [2, 3],
    ],
    two((tape, a, b) => concat(tape, [a, b], 1)),
  ],
  [
    'split, one part unused',
    [[2, 6]],
    one((tape, x) => {
      const [a, , c] = split(tape, x, 1, 3);
      return multiply(tape, a!, c!);
    }),
  ],
  [
    'matrix product',
    [
      [3, 4],
      [4, 2],
    ],
    two(matmul),
  ],
  ['affine', [[3, 4], [4, 2], [2]], three(affine)],
  ['affine over rows of rank 3', [[2, 3, 4], [4, 2], [2]], three(affine)],
  [
    'product of stacks of matrices',
    [
      [2, 3, 2],
      [2, 2, 3],
    ],
    two(matmul),
  ],
  ['convolution of images', [[2, 2, 5, 5], [3, 2, 3, 3], [3]], three((tape, x, w, b) => convolve(tape, x, w, b, { padding: 1 }))],
  [
    'convolution of images, stride 2',
    [[2, 2, 6, 5], [3, 2, 3, 3], [3]],
    three((tape, x, w, b) => convolve(tape, x, w, b, { padding: 1, stride: 2 })),
  ],
  ['convolution of series', [[2, 2, 7], [3, 2, 3], [3]], three((tape, x, w, b) => convolve(tape, x, w, b))],
  [
    'convolution of series, stride 2',
    [[2, 2, 8], [3, 2, 5], [3]],
    three((tape, x, w, b) => convolve(tape, x, w, b, { padding: 2, stride: 2 })),
  ],
  ['maxPool of images', [[1, 2, 4, 4]], one((tape, x) => maxPool(tape, x, 2)), APART],
  ['maxPool of series', [[2, 2, 6]], one((tape, x) => maxPool(tape, x, 3)), APART],
  ['meanPool of images', [[1, 2, 4, 4]], one((tape, x) => meanPool(tape, x, 2))],
  ['layerNorm', [[3, 4], [4], [4]], three(layerNorm)],
  ['softmax', [[2, 4]], one(softmax)],
  ['logSoftmax', [[2, 4]], one(logSoftmax)],
  ['unitLength', [[3, 4]], one(unitLength)],
  ['lstm', [[2, 3, 2], [2, 12], [3, 12], [12]], (tape, x, i, s, b) => lstm(tape, x!, { ofInput: i!, ofState: s!, bias: b! })],
  [
    'attention',
    [
      [2, 3, 4],
      [2, 3, 4],
      [2, 3, 4],
    ],
    three((tape, q, k, v) => attention(tape, q, k, v, 2)),
  ],
  [
    'meanSquaredError',
    [
      [3, 4],
      [3, 4],
    ],
    two(meanSquaredError),
  ],
  [
    'softmaxCrossEntropy',
    [[3, 4]],
    one((tape, x) => softmaxCrossEntropy(tape, x, tape.constant([3, 4], [1, 0, 0, 0, 0, 0, 1, 0, 0, 0.5, 0.5, 0]))),
  ],
  [
    'contrastiveLoss',
    [
      [3, 4],
      [3, 4],
    ],
    two((tape, a, b) => contrastiveLoss(tape, a, b, tape.constant([3, 1], [1, 0, 0]), 3)),
  ],
  [
    'tripletLoss',
    [
      [3, 4],
      [3, 4],
      [3, 4],
    ],
    three((tape, a, s, o) => tripletLoss(tape, a, s, o, 5)),
  ],
  [
    'batchContrastiveLoss',
    [
      [3, 4],
      [3, 4],
    ],
    two((tape, a, b) => batchContrastiveLoss(tape, unitLength(tape, a), unitLength(tape, b), 0.5)),
  ],
];

describe('gradients', () => {
  // As objects: an array shorter than the parameters would get a callback to call.
  it.each(CASES.map(([name, shapes, define, values]) => ({ name, shapes, define, values })))(
    '$name agrees with central differences',
    async ({ shapes, define, values }) => {
      const { error, gradient } = await checkGradient(shapes, define, values);
      expect(error).toBeLessThan(TOLERANCE);
      expect(gradient.some((each) => each !== 0)).toBe(true);
    },
  );

  it('are zeros where a parameter has no part, and need a single number', async () => {
    const { gradient } = await checkGradient([[2], [3]], (_, a) => a!);
    expect([...gradient].slice(2)).toEqual([0, 0, 0]);
    const tape = createTape('t');
    const x = tape.parameter('x', [2], () => new Float32Array(2));
    expect(() => tape.gradients(x, [x])).toThrow('single number');
  });
});

describe('createTape', () => {
  it('refuses shapes that do not fit, with both in the message', () => {
    const tape = createTape('t');
    const a = tape.constant([2, 3], [1, 2, 3, 4, 5, 6]);
    const b = tape.constant([2, 2], [1, 2, 3, 4]);
    expect(() => add(tape, a, b)).toThrow('[2,3] and [2,2] do not fit');
    expect(() => matmul(tape, a, a)).toThrow('is no matrix product');
    expect(() => maxPool(tape, tape.constant([1, 1, 3], [1, 2, 3]), 2)).toThrow('no whole blocks of 2');
    expect(() => split(tape, a, 1, 2)).toThrow('no 2 equal parts');
    expect(() => sum(tape, a, [2])).toThrow('no axis 2');
  });
});
