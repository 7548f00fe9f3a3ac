import { BellwetherError } from '../../platform/index.ts';
import type { ModelSession } from '../model-session.ts';
import type { ModelTensor, ModelTensors } from '../session-protocol.ts';
import { sizeOf } from '../tape/shape.ts';
import { adamScales } from './adam.ts';
import { LOSS, nextOf, SCALES, STATE, type TrainingGraph } from './training-graph.ts';

/** All that training knows between two steps. */
export interface TrainerState {
  /** Steps done. */
  readonly step: number;
  readonly weights: Float32Array;
  readonly moments: Float32Array;
  readonly squares: Float32Array;
}

export interface Trainer {
  /**
   * One step: the loss before it. Data comes in the order of the graph's inputs, as many numbers as their shapes have. A step that fails, or
   * whose loss is no number (`invalid_input`), leaves the state as it was.
   */
  step(data: readonly Float32Array[], learningRate: number): Promise<number>;
  /** The loss and the other outputs for a batch, without learning from it. */
  evaluate(data: readonly Float32Array[]): Promise<{ readonly loss: number; readonly outputs: ModelTensors }>;
  readonly state: TrainerState;
}

/** The state before the first step. */
export const startState = (weights: Float32Array): TrainerState => ({
  step: 0,
  weights,
  moments: new Float32Array(weights.length),
  squares: new Float32Array(weights.length),
});

/** Trains a graph step by step in the thread of a session: between two steps it can be stopped, and its state kept and taken up again. */
export const createTrainer = (session: Pick<ModelSession, 'run'>, graph: TrainingGraph, from: TrainerState): Trainer => {
  let state = from;
  if (from.weights.length !== graph.size)
    throw new BellwetherError('conflict', `the network has ${graph.size} weights, the state to go on from ${from.weights.length}`);

  const run = (data: readonly Float32Array[], scales: { readonly stepSize: number; readonly squareScale: number }) => {
    const feeds: Record<string, ModelTensor> = {};
    graph.inputs.forEach(({ name, shape }, i) => {
      if (data[i]?.length !== sizeOf(shape))
        throw new BellwetherError('invalid_input', `input ${name} has ${data[i]?.length ?? 0} numbers for [${shape}]`);
      feeds[name] = { dims: shape, data: data[i]! };
    });
    // Copies, because the session takes arrays over and a failed step must not take the state with it.
    for (const part of ['weights', 'moments', 'squares'] as const)
      feeds[STATE[part]] = { dims: [graph.size], data: Float32Array.from(state[part]) };
    feeds[SCALES.stepSize] = { dims: [], data: Float32Array.of(scales.stepSize) };
    feeds[SCALES.squareScale] = { dims: [], data: Float32Array.of(scales.squareScale) };
    return session.run(feeds);
  };

  return {
    step: async (data, learningRate) => {
      const outputs = await run(data, adamScales(state.step + 1, learningRate));
      const loss = outputs[LOSS]!.data[0]!;
      if (!Number.isFinite(loss)) throw new BellwetherError('invalid_input', `the loss of step ${state.step + 1} is ${loss}`);
      const next = (part: 'weights' | 'moments' | 'squares'): Float32Array => outputs[nextOf(STATE[part])]!.data;
      state = { step: state.step + 1, weights: next('weights'), moments: next('moments'), squares: next('squares') };
      return loss;
    },
    evaluate: async (data) => {
      const outputs = await run(data, { stepSize: 0, squareScale: 1 });
      return { loss: outputs[LOSS]!.data[0]!, outputs };
    },
    get state() {
      return state;
    },
  };
};
