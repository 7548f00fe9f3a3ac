import { type Shape, sizeOf } from '../tape/shape.ts';
import { reshape } from '../tape/shaping.ts';
import { createTape, type Parameter, type Tape, type Value, WEIGHTS } from '../tape/tape.ts';
import { adam } from './adam.ts';

/** Longer gradients are cut to this: networks here are small and their inputs scaled, so that this is far above what a healthy step has. */
const MAX_GRADIENT_LENGTH = 5;

/** Names of a training graph's tensors beside the network's own inputs. */
export const STATE = { weights: WEIGHTS, moments: 'moments', squares: 'squares' } as const;
export const SCALES = { stepSize: 'step_size', squareScale: 'square_scale' } as const;
export const LOSS = 'loss';
export const nextOf = (name: string): string => `next_${name}`;

export interface NamedShape {
  readonly name: string;
  readonly shape: Shape;
}

/** One step of training as one graph: forward, backward and Adam. */
export interface TrainingGraph {
  readonly model: Uint8Array;
  readonly parameters: readonly Parameter[];
  /** Count of all weights. */
  readonly size: number;
  /** What each step is given. */
  readonly inputs: readonly NamedShape[];
}

/** What a network is trained by, and what else a run shall tell. */
export interface Objective {
  /** A single number. */
  readonly loss: Value;
  readonly outputs?: Readonly<Record<string, Value>>;
}

/**
 * Writes the step for an objective made of the inputs and of parameters. Weights, moments and squares are flat vectors that go
 * in and come out, so that the whole state of training is three arrays and the number of steps.
 */
export const buildTrainingGraph = (
  name: string,
  inputs: readonly NamedShape[],
  objective: (tape: Tape, inputs: readonly Value[]) => Objective,
): TrainingGraph => {
  const tape = createTape(name);
  const given = inputs.map((input) => tape.input(input.name, input.shape));
  const { loss, outputs = {} } = objective(tape, given);
  const parameters = tape.parameters;
  const size = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const flat: Shape = [size];
  const values = parameters.map((parameter): Value => ({ tensor: parameter.name, shape: parameter.shape }));
  const parts = tape.gradients(loss, values).map((gradient) => reshape(tape, gradient, [-1]));
  const next = adam(
    tape,
    {
      weights: { tensor: STATE.weights, shape: flat },
      gradient: tape.emit('Concat', parts, flat, { axis: 0 }),
      moments: tape.input(STATE.moments, flat),
      squares: tape.input(STATE.squares, flat),
      stepSize: tape.input(SCALES.stepSize, []),
      squareScale: tape.input(SCALES.squareScale, []),
    },
    MAX_GRADIENT_LENGTH,
  );
  const { graph } = tape;
  const output = (value: Value, outputName: string): void => {
    graph.output(graph.node('Identity', [value.tensor], {}, outputName), value.shape);
  };
  output(reshape(tape, loss, []), LOSS);
  for (const [outputName, value] of Object.entries(outputs)) output(value, outputName);
  for (const part of ['weights', 'moments', 'squares'] as const) output(next[part], nextOf(STATE[part]));
  return { model: graph.build('bellwether'), parameters, size, inputs };
};

/** Writes a trained network with its weights as constants. The first axis of its inputs and outputs may be `BATCH`. */
export const buildServingGraph = (
  name: string,
  inputs: readonly NamedShape[],
  network: (tape: Tape, inputs: readonly Value[]) => Readonly<Record<string, Value>>,
  weights: Float32Array,
): Uint8Array => {
  const tape = createTape(name, weights);
  const given = inputs.map((input) => tape.input(input.name, input.shape));
  for (const [outputName, value] of Object.entries(network(tape, given))) {
    const dims = value.shape.map((size) => (size < 0 ? 'batch' : size));
    tape.graph.output(tape.graph.node('Identity', [value.tensor], {}, outputName), dims);
  }
  const used = tape.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (used !== weights.length) throw new Error(`${name} has ${used} weights, ${weights.length} were given`);
  return tape.graph.build('bellwether');
};
