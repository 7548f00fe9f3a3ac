import {
  buildClassifierTraining,
  type ClassifierFacts,
  createTrainer,
  initialWeights,
  inputWidth,
  type ModelSession,
  startState,
  type TrainingGraph,
  transformRows,
} from '../../learning/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { PART } from './block-split.ts';
import type { LabelledRows } from './labelled-rows.ts';
import { principalComponents } from './principal.ts';
import { DEFAULT_SETTINGS, type SupervisedSettings } from './settings.ts';
import { cutDown, drawBalanced, fitTransforms } from './transforms.ts';

const BATCH_ROWS = 64;
const LEARNING_RATE = 3e-3;
const CURVE_STEPS = 50;

export interface ClassifierCurvePoint {
  readonly step: number;
  readonly loss: number;
}

export const classifierTraining = (facts: ClassifierFacts): TrainingGraph =>
  buildClassifierTraining(BATCH_ROWS, inputWidth(facts), facts.classes.length);

export const rowsOfPart = ({ part }: LabelledRows, wanted: number): number[] => [...part.keys()].filter((row) => part[row] === wanted);

/** Transforms and classes, fitted on the learned rows. */
export const factsOf = (rows: LabelledRows, settings: SupervisedSettings = DEFAULT_SETTINGS): ClassifierFacts => {
  const learned = rowsOfPart(rows, PART.learned);
  const width = rows.columns.length;
  const scaled: ClassifierFacts = {
    metrics: [...rows.metrics],
    columns: [...rows.columns],
    classes: [...rows.classes],
    encoding: settings.encoding,
    ...fitTransforms(rows.values, width, learned, settings.encoding),
  };
  if (settings.components === 0) return scaled;
  const given = new Float64Array(learned.length * width);
  for (const [i, row] of learned.entries()) given.set(rows.values.subarray(row * width, (row + 1) * width), i * width);
  return { ...scaled, components: principalComponents(transformRows(scaled, given), width, settings.components) };
};

/** Trains on the learned rows, classes drawn as the settings say; the same rows, steps and seed give the same weights. */
export const fitClassifier = async (
  session: Pick<ModelSession, 'run'>,
  graph: TrainingGraph,
  rows: LabelledRows,
  facts: ClassifierFacts,
  options: {
    readonly steps: number;
    readonly seed: number;
    readonly sampling?: SupervisedSettings['sampling'];
    readonly signal?: AbortSignal | undefined;
  },
): Promise<{ readonly weights: Float32Array; readonly curve: readonly ClassifierCurvePoint[] }> => {
  const random = seededRandom(options.seed);
  const width = inputWidth(facts);
  const scaled = transformRows(facts, rows.values);
  const learned = rowsOfPart(rows, PART.learned);
  const byClass = cutDown(
    rows.classes.map((_, label) => learned.filter((row) => rows.labels[row] === label)),
    options.sampling ?? DEFAULT_SETTINGS.sampling,
    seededRandom(options.seed + 1),
  );
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
