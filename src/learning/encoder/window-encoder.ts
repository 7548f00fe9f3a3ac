import { BellwetherError } from '../../platform/index.ts';
import { type BuiltModel, describeModel, type ModelManifest } from '../model-manifest.ts';
import type { ModelSession } from '../model-session.ts';
import { convolve } from '../tape/convolution.ts';
import { relu } from '../tape/elementwise.ts';
import { affine } from '../tape/linear.ts';
import { tripletLoss } from '../tape/losses.ts';
import { BATCH } from '../tape/shape.ts';
import { concat, reshape, split } from '../tape/shaping.ts';
import type { Tape, Value } from '../tape/tape.ts';
import { filledWith, heNormal, lecunNormal } from '../train/initialisers.ts';
import { buildServingGraph, buildTrainingGraph, type TrainingGraph } from '../train/training-graph.ts';

/** Sizes of the encoder: what a window holds and what comes out. */
export const ENCODER = {
  id: 'window-encoder',
  /** Samples of a window. */
  windowLength: 32,
  /** Values and their differences. */
  channels: 2,
  /** Numbers of an embedding. */
  width: 16,
} as const;

const FIRST = 12;
const SECOND = 24;
/** How much further than the usual neighbour a changed window must lie, in squared distance. */
const MARGIN = 1;

const network = (tape: Tape, x: Value): Value => {
  const layer = (name: string, from: Value, channels: number, kernel: number): Value =>
    relu(
      tape,
      convolve(
        tape,
        from,
        tape.parameter(`${name}_weights`, [channels, from.shape[1]!, kernel], heNormal),
        tape.parameter(`${name}_bias`, [channels], filledWith(0)),
        { stride: 2, padding: (kernel - 1) / 2 },
      ),
    );
  const second = layer('second', layer('first', x, FIRST, 5), SECOND, 3);
  const size = SECOND * second.shape[2]!;
  const flat = reshape(tape, second, [x.shape[0]!, size]);
  const weights = tape.parameter('embedding_weights', [size, ENCODER.width], lecunNormal);
  return affine(tape, flat, weights, tape.parameter('embedding_bias', [ENCODER.width], filledWith(0)));
};

/** One step over `rows` triplets of windows: the inputs `anchor`, `same` and `changed`, each [rows, channels, windowLength]; also gives all embeddings. */
export const buildEncoderTraining = (rows: number): TrainingGraph => {
  const shape = [rows, ENCODER.channels, ENCODER.windowLength];
  const inputs = ['anchor', 'same', 'changed'].map((name) => ({ name, shape }));
  return buildTrainingGraph(ENCODER.id, inputs, (tape, windows) => {
    const embedding = network(tape, concat(tape, windows, 0));
    const [anchor, same, changed] = split(tape, embedding, 0, 3) as [Value, Value, Value];
    return { loss: tripletLoss(tape, anchor, same, changed, MARGIN), outputs: { embedding } };
  });
};

/** The trained encoder as a model file. */
export const buildEncoder = (weights: Float32Array, version: string, training: NonNullable<ModelManifest['training']>): BuiltModel => {
  const shape = [BATCH, ENCODER.channels, ENCODER.windowLength];
  const model = buildServingGraph(
    ENCODER.id,
    [{ name: 'window', shape }],
    (tape, [window]) => ({ embedding: network(tape, window!) }),
    weights,
  );
  const manifest = describeModel(model, {
    id: ENCODER.id,
    version,
    catalogVersion: 'any',
    inputs: [
      {
        name: 'window',
        shape: ['batch', ENCODER.channels, ENCODER.windowLength],
        unit: 'asinh of deviations from the own past, and of differences; oldest first',
      },
    ],
    outputs: [{ name: 'embedding', shape: ['batch', ENCODER.width], unit: 'none' }],
    training,
  });
  return { model, manifest };
};

/** Turns windows into embeddings. */
export interface WindowEncoder {
  readonly version: string;
  /** How often another model took its place, or was refused; absent where none can. */
  readonly changes?: { readonly accepted: number; readonly refused: number };
  /** `rows` windows back to back, each channels x windowLength; gives rows x width numbers. Takes the array over. Rejects as `ModelSession.run` does. */
  embed(rows: number, windows: Float32Array): Promise<Float32Array>;
}

/** A model with the inputs and outputs of the encoder. Throws `invalid_input` where the manifest has others. */
export const createWindowEncoder = (manifest: ModelManifest, session: Pick<ModelSession, 'run'>): WindowEncoder => {
  const [window] = manifest.inputs;
  const [embedding] = manifest.outputs;
  const expected = ['batch', ENCODER.channels, ENCODER.windowLength].join();
  if (manifest.id !== ENCODER.id || window?.shape.join() !== expected || embedding?.shape.join() !== ['batch', ENCODER.width].join())
    throw new BellwetherError('invalid_input', `model ${manifest.id} does not turn windows of [${expected}] into ${ENCODER.width} numbers`);
  return {
    version: manifest.version,
    embed: async (rows, windows) => {
      const { embedding: out } = await session.run({
        window: { dims: [rows, ENCODER.channels, ENCODER.windowLength], data: windows },
      });
      return out!.data;
    },
  };
};
