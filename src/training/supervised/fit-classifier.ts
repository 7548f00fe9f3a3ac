import {
  buildClassifierTraining,
  type ClassifierFacts,
  createTrainer,
  initialWeights,
  type ModelSession,
  startState,
  type TrainingGraph,
  transformRows,
} from '../../learning/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { PART } from './block-split.ts';
import type { LabelledRows } from './labelled-rows.ts';
import { drawBalanced, fitTransforms } from './transforms.ts';

const BATCH_ROWS = 64;
const LEARNING_RATE = 3e-3;
const CURVE_STEPS = 50;

export interface ClassifierCurvePoint {
  readonly step: number;
  readonly loss: number;
}

export const classifierTraining = ({ columns, classes }: LabelledRows): TrainingGraph =>
  buildClassifierTraining(BATCH_ROWS, columns.length, classes.length);

export const rowsOfPart = ({ part }: LabelledRows, wanted: number): number[] => [...part.keys()].filter((row) => part[row] === wanted);

/** Transforms and classes, fitted on the learned rows. */
export const factsOf = (rows: LabelledRows): ClassifierFacts => ({
  metrics: [...rows.metrics],
  columns: [...rows.columns],
  classes: [...rows.classes],
  ...fitTransforms(rows.values, rows.columns.length, rowsOfPart(rows, PART.learned)),
});

/** Trains on the learned rows, classes drawn equally often; the same rows, steps and seed give the same weights. */
export const fitClassifier = async (
  session: Pick<ModelSession, 'run'>,
  graph: TrainingGraph,
  rows: LabelledRows,
  facts: ClassifierFacts,
  options: { readonly steps: number; readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly weights: Float32Array; readonly curve: readonly ClassifierCurvePoint[] }> => {
  const random = seededRandom(options.seed);
  const width = rows.columns.length;
  const scaled = transformRows(facts, rows.values);
  const learned = rowsOfPart(rows, PART.learned);
  const byClass = rows.classes.map((_, label) => learned.filter((row) => rows.labels[row] === label));
  const trainer = createTrainer(session, graph, startState(initialWeights(graph.parameters, random)));
  const curve: ClassifierCurvePoint[] = [];
  let sum = 0;
  for (let step = 1; step <= options.steps; step++) {
    options.signal?.throwIfAborted();
    const drawn = drawBalanced(byClass, BATCH_ROWS, random);
    const x = new Float32Array(BATCH_ROWS * width);
    const target = new Float32Array(BATCH_ROWS * rows.classes.length);
    for (const [i, row] of drawn.entries()) {
      x.set(scaled.subarray(row * width, (row + 1) * width), i * width);
      target[i * rows.classes.length + rows.labels[row]!] = 1;
    }
    sum += await trainer.step([x, target], (LEARNING_RATE * (1 + Math.cos((Math.PI * step) / options.steps))) / 2);
    if (step % CURVE_STEPS !== 0 && step !== options.steps) continue;
    curve.push({ step, loss: sum / (((step - 1) % CURVE_STEPS) + 1) });
    sum = 0;
  }
  return { weights: trainer.state.weights, curve };
};
