import type { Random } from '../../platform/index.ts';
import { type Shape, sizeOf } from '../tape/shape.ts';
import type { Initialiser, Parameter } from '../tape/tape.ts';

/** A number from the standard normal distribution (Box and Muller, 1958). */
export const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Inputs that reach one output: all axes but the outputs'. A matrix is [inputs, outputs], a kernel [outputs, inputs, ...]. */
const fanIn = (shape: Shape): number => (shape.length === 2 ? shape[0]! : sizeOf(shape) / shape[0]!);

/** For layers before a relu: normal with variance 2 / inputs (He et al., 2015). */
export const heNormal: Initialiser = (shape, random) => {
  const deviation = Math.sqrt(2 / fanIn(shape));
  return Float32Array.from({ length: sizeOf(shape) }, () => deviation * normal(random));
};

/** For layers before tanh, sigmoid or nothing: normal with variance 1 / inputs (LeCun et al., 1998). */
export const lecunNormal: Initialiser = (shape, random) => {
  const deviation = Math.sqrt(1 / fanIn(shape));
  return Float32Array.from({ length: sizeOf(shape) }, () => deviation * normal(random));
};

export const filledWith =
  (value: number): Initialiser =>
  (shape) =>
    new Float32Array(sizeOf(shape)).fill(value);

/** The first weights of a network: the same seed gives the same ones. */
export const initialWeights = (parameters: readonly Parameter[], random: Random): Float32Array => {
  const last = parameters.at(-1);
  const weights = new Float32Array(last ? last.offset + sizeOf(last.shape) : 0);
  for (const { shape, offset, initialise } of parameters) weights.set(initialise(shape, random), offset);
  return weights;
};
