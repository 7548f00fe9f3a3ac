import {
  buildEncoderTraining,
  createTrainer,
  ENCODER,
  initialWeights,
  type ModelSession,
  startState,
  type TrainerState,
  type TrainingGraph,
  type WindowEncoder,
} from '../learning/index.ts';
import { seededRandom } from '../platform/index.ts';
import type { TrainingSeries } from './training-series.ts';
import { tripletBatch } from './triplets.ts';

/** Triplets of a step. */
export const TRIPLETS = 128;
const LEARNING_RATE = 3e-3;
/** Batches of later windows by which a point of the curve is judged; their seed is not that of the training. */
const CURVE_BATCHES = 8;
const JUDGED_SEED = 77;
/** Steps between two points of the curve, which are also where a run can be taken up again. */
export const CURVE_STEPS = 100;

export interface CurvePoint {
  readonly step: number;
  /** Mean loss of the steps since the last point. */
  readonly loss: number;
  readonly laterLoss: number;
  /** Share of later triplets in which the changed window lies further from the anchor than the usual one does. */
  readonly laterSeparation: number;
}

export interface FitState {
  readonly trainer: TrainerState;
  readonly curve: readonly CurvePoint[];
}

export interface FitOptions {
  readonly steps: number;
  readonly seed: number;
  /** What an earlier run kept. */
  readonly from?: FitState | undefined;
  /** Called at each point of the curve. */
  readonly onPoint?: (state: FitState) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** The graph of a step, made once per process. */
export const encoderTraining = (): TrainingGraph => buildEncoderTraining(TRIPLETS);

const squared = (data: Float32Array, a: number, b: number): number => {
  let sum = 0;
  for (let k = 0; k < ENCODER.width; k++) sum += (data[a * ENCODER.width + k]! - data[b * ENCODER.width + k]!) ** 2;
  return sum;
};

/** Embeddings of a batch: all anchors, then all usual neighbours, then all changed windows. */
export type EmbedTriplets = (batch: readonly [Float32Array, Float32Array, Float32Array]) => Promise<Float32Array>;

export interface Judgement {
  /** Per triplet: 1 = the changed window lies further from the anchor than the usual one does. */
  readonly hits: Uint8Array;
  /** Share of hits. */
  readonly separation: number;
}

/** Judges an encoder on later windows, always on the same ones for the same series. */
export const judgeEncoder = async (embed: EmbedTriplets, series: readonly TrainingSeries[], batches: number): Promise<Judgement> => {
  const hits = new Uint8Array(batches * TRIPLETS);
  for (let i = 0; i < batches; i++) {
    const data = await embed(tripletBatch(series, 'later', TRIPLETS, JUDGED_SEED, i));
    for (let row = 0; row < TRIPLETS; row++)
      if (squared(data, row, row + 2 * TRIPLETS) > squared(data, row, row + TRIPLETS)) hits[i * TRIPLETS + row] = 1;
  }
  return { hits, separation: hits.reduce((sum, hit) => sum + hit, 0) / hits.length };
};

/** Embeds triplets with a finished encoder. */
export const embedWith =
  (encoder: WindowEncoder): EmbedTriplets =>
  (batch) => {
    const size = batch[0].length;
    const windows = new Float32Array(3 * size);
    for (const [i, part] of batch.entries()) windows.set(part, i * size);
    return encoder.embed(3 * TRIPLETS, windows);
  };

/** Trains the encoder; the same series, seed and number of steps give the same weights, also where the run was stopped and taken up again. */
export const fitEncoder = async (
  session: Pick<ModelSession, 'run'>,
  graph: TrainingGraph,
  series: readonly TrainingSeries[],
  options: FitOptions,
): Promise<FitState> => {
  const { steps, seed, from, signal } = options;
  const trainer = createTrainer(session, graph, from?.trainer ?? startState(initialWeights(graph.parameters, seededRandom(seed))));
  const curve = [...(from?.curve ?? [])];
  let sum = 0;
  let count = 0;
  while (trainer.state.step < steps) {
    signal?.throwIfAborted();
    const { step } = trainer.state;
    const rate = (LEARNING_RATE * (1 + Math.cos((Math.PI * step) / steps))) / 2;
    sum += await trainer.step(tripletBatch(series, 'learned', TRIPLETS, seed, step), rate);
    count++;
    const done = trainer.state.step;
    if (done % CURVE_STEPS !== 0 && done !== steps) continue;
    const losses: number[] = [];
    const embed: EmbedTriplets = async (batch) => {
      const { loss, outputs } = await trainer.evaluate(batch);
      losses.push(loss);
      return outputs.embedding!.data;
    };
    const { separation } = await judgeEncoder(embed, series, CURVE_BATCHES);
    const laterLoss = losses.reduce((a, b) => a + b) / losses.length;
    curve.push({ step: done, loss: sum / count, laterLoss, laterSeparation: separation });
    sum = 0;
    count = 0;
    await options.onPoint?.({ trainer: trainer.state, curve: [...curve] });
  }
  return { trainer: trainer.state, curve };
};
