import type { Random } from '../../platform/index.ts';
import { type Attribute, createGraph, type GraphBuilder, type TensorName } from '../graph-builder.ts';
import { BATCH, type Shape, sizeOf } from './shape.ts';

/** A tensor of a graph that is being written. */
export interface Value {
  readonly tensor: TensorName;
  readonly shape: Shape;
}

/** First numbers of a parameter. */
export type Initialiser = (shape: Shape, random: Random) => Float32Array;

/** Where a parameter lies in the flat vector of all of them. */
export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
  readonly initialise: Initialiser;
}

/** What is known of one input's gradient once those of the outputs are; undefined for an input that has none. */
export type BackwardRule = ((outputGradients: readonly Value[]) => Value) | undefined;

/**
 * Writes an ONNX graph and remembers how each operator was reached, so that the gradient can be written behind it: reverse-mode
 * differentiation (Griewank and Walther, Evaluating Derivatives, 2008) whose product is a graph and not numbers.
 */
export interface Tape {
  readonly graph: GraphBuilder;
  /** A tensor that each run is given. */
  input(name: string, shape: Shape): Value;
  /** Numbers that training changes. */
  parameter(name: string, shape: Shape, initialise: Initialiser): Value;
  constant(shape: Shape, data: Float32Array | readonly number[]): Value;
  /** A constant without axes; the same number is one tensor. */
  scalar(value: number): Value;
  /** Whole numbers as operators want them for axes and shapes; the same list is one tensor. */
  integers(values: readonly number[]): TensorName;
  /** One operator, without a rule. */
  emit(op: string, inputs: readonly (Value | TensorName)[], shape: Shape, attributes?: Readonly<Record<string, Attribute>>): Value;
  /** Gives an operator its rules, one per input. */
  record(outputs: readonly Value[], inputs: readonly Value[], rules: readonly BackwardRule[]): void;
  /** Writes the gradients of a single number. Zeros where a value has no part in it. */
  gradients(loss: Value, values: readonly Value[]): Value[];
  readonly parameters: readonly Parameter[];
}

interface Step {
  readonly outputs: readonly Value[];
  readonly inputs: readonly Value[];
  readonly rules: readonly BackwardRule[];
}

/** The name of the input that holds all parameters, one after the other. */
export const WEIGHTS = 'weights';

const nameOf = (value: Value | TensorName): TensorName => (typeof value === 'string' ? value : value.tensor);

/**
 * @param weights all parameters one after the other, which makes them constants of the graph and leaves gradients out; without it they are the
 * input `weights`.
 */
export const createTape = (name: string, weights?: Float32Array): Tape => {
  const graph = createGraph(name);
  const parameters: Parameter[] = [];
  const steps: Step[] = [];
  const integers = new Map<string, TensorName>();
  const scalars = new Map<number, Value>();
  /** Tensors that depend on a parameter. */
  const varying = new Set<TensorName>();
  let constants = 0;
  let size = 0;
  let isRecording = weights === undefined;
  if (isRecording) graph.input(WEIGHTS, ['parameters']);

  const emit: Tape['emit'] = (op, inputs, shape, attributes = {}) => ({ tensor: graph.node(op, inputs.map(nameOf), attributes), shape });
  const integersOf = (values: readonly number[]): TensorName => {
    const key = values.join();
    const known = integers.get(key) ?? graph.integers(`integers_${integers.size}`, values);
    integers.set(key, known);
    return known;
  };
  const constant: Tape['constant'] = (shape, data) => ({ tensor: graph.constant(`constant_${constants++}`, shape, data), shape });

  const parameter: Tape['parameter'] = (parameterName, shape, initialise) => {
    const length = sizeOf(shape);
    const offset = size;
    size += length;
    parameters.push({ name: parameterName, shape, offset, initialise });
    if (weights) return { tensor: graph.constant(parameterName, shape, weights.subarray(offset, offset + length)), shape };
    const flat = graph.node('Slice', [WEIGHTS, integersOf([offset]), integersOf([offset + length]), integersOf([0])]);
    const value = { tensor: graph.node('Reshape', [flat, integersOf(shape)], {}, parameterName), shape };
    varying.add(value.tensor);
    return value;
  };

  const zeros = (shape: Shape): Value => emit('Expand', [scalar(0), integersOf(shape)], shape);
  const scalar = (value: number): Value => {
    const known = scalars.get(value) ?? constant([], [value]);
    scalars.set(value, known);
    return known;
  };

  const gradients: Tape['gradients'] = (loss, values) => {
    if (sizeOf(loss.shape) !== 1) throw new Error(`a gradient needs a single number, not [${loss.shape}]`);
    isRecording = false;
    const found = new Map<TensorName, Value>([[loss.tensor, emit('Expand', [scalar(1), integersOf(loss.shape)], loss.shape)]]);
    for (const { outputs, inputs, rules } of steps.toReversed()) {
      if (!outputs.some(({ tensor }) => found.has(tensor))) continue;
      const given = outputs.map((output) => found.get(output.tensor) ?? zeros(output.shape));
      inputs.forEach((input, i) => {
        if (!varying.has(input.tensor)) return;
        const part = rules[i]?.(given);
        if (!part) return;
        const before = found.get(input.tensor);
        found.set(input.tensor, before ? emit('Add', [before, part], input.shape) : part);
      });
    }
    isRecording = true;
    return values.map((value) => found.get(value.tensor) ?? zeros(value.shape));
  };

  return {
    graph,
    input: (inputName, shape) => ({
      tensor: graph.input(
        inputName,
        shape.map((axis) => (axis === BATCH ? 'batch' : axis)),
      ),
      shape,
    }),
    parameter,
    constant,
    scalar,
    integers: integersOf,
    emit,
    record: (outputs, inputs, rules) => {
      if (!isRecording || !inputs.some(({ tensor }) => varying.has(tensor))) return;
      for (const { tensor } of outputs) varying.add(tensor);
      steps.push({ outputs, inputs, rules });
    },
    gradients,
    parameters,
  };
};
