import {
  affine,
  buildTrainingGraph,
  createTrainer,
  filledWith,
  initialWeights,
  lecunNormal,
  type ModelSession,
  mean,
  meanSquaredError,
  square,
  squareRoot,
  startState,
  subtract,
  type Tape,
  type Trainer,
  type TrainingGraph,
  tanh,
  type Value,
} from '../../learning/index.ts';
import type { Random } from '../../platform/index.ts';
import type { ClassicDetector, Rows } from './rows.ts';

/** Rows of a batch. */
export const BATCH = 64;
const STEPS = 400;
/** From the first step to the last it falls to zero along a cosine (Loshchilov and Hutter, 2017). */
const LEARNING_RATE = 0.01;

export type OpenSession = (model: Uint8Array) => Promise<Pick<ModelSession, 'run' | 'close'>>;

export interface TrainedDetector extends ClassicDetector {
  /** Ends its sessions. */
  close(): Promise<void>;
}

const dense = (tape: Tape, name: string, x: Value, width: number): Value =>
  affine(tape, x, tape.parameter(`${name}_w`, [x.shape[1]!, width], lecunNormal), tape.parameter(`${name}_b`, [width], filledWith(0)));

/** width - 2 width - code - 2 width - width with tanh between; the code has a third of the row's numbers, at most 8. */
const buildGraph = (width: number): TrainingGraph => {
  const hidden = Math.min(64, Math.max(8, 2 * width));
  const code = Math.max(1, Math.min(8, Math.floor(width / 3)));
  return buildTrainingGraph('autoencoder', [{ name: 'x', shape: [BATCH, width] }], (tape, [x]) => {
    const inner = dense(tape, 'code', tanh(tape, dense(tape, 'encode', x!, hidden)), code);
    const back = dense(tape, 'row', tanh(tape, dense(tape, 'decode', inner, hidden)), width);
    const error = squareRoot(tape, mean(tape, square(tape, subtract(tape, back, x!)), [1]));
    return { loss: meanSquaredError(tape, back, x!), outputs: { error } };
  });
};

const train = async (trainer: Trainer, { count, width, data }: Rows, random: Random): Promise<void> => {
  for (let step = 0; step < STEPS; step++) {
    const batch = new Float32Array(BATCH * width);
    for (let i = 0; i < BATCH; i++) {
      const row = Math.floor(random() * count);
      batch.set(data.subarray(row * width, (row + 1) * width), i * width);
    }
    await trainer.step([batch], (LEARNING_RATE * (1 + Math.cos((Math.PI * step) / STEPS))) / 2);
  }
};

/** The distance between a row and what a small autoencoder (Hinton and Salakhutdinov, 2006) makes of it. */
export const createAutoencoder = (open: OpenSession): TrainedDetector => createTrainedDetector(open, { id: 'autoencoder', buildGraph });

export interface TrainedDetectorOptions {
  readonly id: string;
  readonly rows?: 'windows';
  /** One step over a batch of rows of that width, with an output `error` [batch]. */
  readonly buildGraph: (width: number) => TrainingGraph;
}

/** A network that is trained anew at each fit, and whose error on a row is its score. One session per width of rows. */
export const createTrainedDetector = (
  open: OpenSession,
  { id, rows: shape, buildGraph: build }: TrainedDetectorOptions,
): TrainedDetector => {
  const sessions = new Map<number, { readonly graph: TrainingGraph; readonly session: ReturnType<OpenSession> }>();
  const sessionOf = (width: number) => {
    const known = sessions.get(width);
    if (known) return known;
    const graph = build(width);
    const created = { graph, session: open(graph.model) };
    sessions.set(width, created);
    return created;
  };
  return {
    id,
    ...(shape ? { rows: shape } : {}),
    fit: async (rows, random) => {
      const { graph, session } = sessionOf(rows.width);
      const trainer = createTrainer(await session, graph, startState(initialWeights(graph.parameters, random)));
      await train(trainer, rows, random);
      return {
        score: async ({ count, width, data }) => {
          const scores = new Float64Array(count);
          for (let from = 0; from < count; from += BATCH) {
            const batch = new Float32Array(BATCH * width);
            batch.set(data.subarray(from * width, Math.min(count, from + BATCH) * width));
            const { outputs } = await trainer.evaluate([batch]);
            scores.set(outputs.error!.data.subarray(0, Math.min(BATCH, count - from)), from);
          }
          return scores;
        },
      };
    },
    close: async () => {
      for (const { session } of sessions.values()) await (await session).close();
      sessions.clear();
    },
  };
};
