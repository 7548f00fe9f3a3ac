import { BellwetherError } from '../../platform/index.ts';
import { type BuiltModel, describeModel, type ModelManifest } from '../model-manifest.ts';
import type { ModelSession } from '../model-session.ts';
import { relu } from '../tape/elementwise.ts';
import { affine } from '../tape/linear.ts';
import { softmaxCrossEntropy } from '../tape/losses.ts';
import { BATCH } from '../tape/shape.ts';
import type { Tape, Value } from '../tape/tape.ts';
import { filledWith, heNormal, lecunNormal } from '../train/initialisers.ts';
import { buildServingGraph, buildTrainingGraph, type TrainingGraph } from '../train/training-graph.ts';

/** Names the kind of model that was trained with labels. */
export const KIND_CLASSIFIER = 'kind-classifier';
const HIDDEN = 24;

/** What a classifier was made for; transforms were fitted on the rows it learned from. */
export type ClassifierFacts = NonNullable<ModelManifest['classifier']>;

const network = (tape: Tape, x: Value, classes: number): Value => {
  const [, columns] = x.shape;
  const first = tape.parameter('first_weights', [columns!, HIDDEN], heNormal);
  const hidden = relu(tape, affine(tape, x, first, tape.parameter('first_bias', [HIDDEN], filledWith(0))));
  return affine(
    tape,
    hidden,
    tape.parameter('second_weights', [HIDDEN, classes], lecunNormal),
    tape.parameter('second_bias', [classes], filledWith(0)),
  );
};

/** One step over `rows` rows: the inputs are `x` [rows, columns] and `target` [rows, classes], one-hot. */
export const buildClassifierTraining = (rows: number, columns: number, classes: number): TrainingGraph =>
  buildTrainingGraph(
    KIND_CLASSIFIER,
    [
      { name: 'x', shape: [rows, columns] },
      { name: 'target', shape: [rows, classes] },
    ],
    (tape, [x, target]) => ({ loss: softmaxCrossEntropy(tape, network(tape, x!, classes), target!) }),
  );

/** The trained classifier as a model file. */
export const buildClassifier = (
  weights: Float32Array,
  version: string,
  facts: ClassifierFacts,
  training: NonNullable<ModelManifest['training']>,
): BuiltModel => {
  const { classes } = facts;
  const width = inputWidth(facts);
  const model = buildServingGraph(
    KIND_CLASSIFIER,
    [{ name: 'x', shape: [BATCH, width] }],
    (tape, [x]) => ({ logits: network(tape, x!, classes.length) }),
    weights,
  );
  const manifest = describeModel(model, {
    id: KIND_CLASSIFIER,
    version,
    catalogVersion: 'any',
    inputs: [{ name: 'x', shape: ['batch', width], unit: 'capped, in deviations of the learned rows, or components of these' }],
    outputs: [{ name: 'logits', shape: ['batch', classes.length], unit: 'log odds' }],
    training,
    classifier: facts,
  });
  return { model, manifest };
};

/** Tells kinds apart. */
export interface KindClassifier {
  readonly facts: ClassifierFacts;
  readonly version: string;
  /** `rows` rows of raw columns, back to back; gives rows x classes probabilities. NaN = no value. */
  classify(rows: number, values: Float64Array): Promise<Float64Array>;
}

/** A raw value on the scale that caps and deviations are of. */
export const encodeValue = (value: number, encoding: ClassifierFacts['encoding']): number =>
  encoding === 'signed-log' ? Math.sign(value) * Math.log1p(Math.abs(value)) : value;

/** Numbers that the network gets of each row. */
export const inputWidth = ({ columns, components }: ClassifierFacts): number =>
  components === undefined ? columns.length : components.length / columns.length;

/** Columns encoded, capped, in deviations; what is missing is usual. */
const scaleRows = ({ columns, low, high, mean, scale, encoding }: ClassifierFacts, values: Float64Array): Float32Array =>
  Float32Array.from(values, (value, i) => {
    const k = i % columns.length;
    return Number.isFinite(value) ? (Math.min(high[k]!, Math.max(low[k]!, encodeValue(value, encoding))) - mean[k]!) / scale[k]! : 0;
  });

/** Raw columns as the network gets them. */
export const transformRows = (facts: ClassifierFacts, values: Float64Array): Float32Array => {
  const scaled = scaleRows(facts, values);
  const { components } = facts;
  if (components === undefined) return scaled;
  const from = facts.columns.length;
  const to = inputWidth(facts);
  return Float32Array.from({ length: (values.length / from) * to }, (_, i) => {
    const row = Math.floor(i / to) * from;
    const component = (i % to) * from;
    let sum = 0;
    for (let k = 0; k < from; k++) sum += scaled[row + k]! * components[component + k]!;
    return sum;
  });
};

const softmax = (logits: Float32Array, from: number, count: number, out: Float64Array): void => {
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) most = Math.max(most, logits[from + k]!);
  let sum = 0;
  for (let k = 0; k < count; k++) sum += out[from + k] = Math.exp(logits[from + k]! - most);
  for (let k = 0; k < count; k++) out[from + k]! /= sum;
};

/** Throws `invalid_input` for a model of another kind, or whose facts do not fit each other. */
export const createKindClassifier = (manifest: ModelManifest, session: Pick<ModelSession, 'run'>): KindClassifier => {
  const { classifier: facts } = manifest;
  if (manifest.id !== KIND_CLASSIFIER || !facts)
    throw new BellwetherError('invalid_input', `model ${manifest.id} does not tell kinds apart`);
  const width = facts.columns.length;
  if (
    [facts.low, facts.high, facts.mean, facts.scale].some((list) => list.length !== width) ||
    facts.scale.some((x) => !(x > 0)) ||
    !Number.isInteger(inputWidth(facts))
  )
    throw new BellwetherError('invalid_input', `model ${manifest.version}: its transforms do not fit its ${width} columns`);
  return {
    facts,
    version: manifest.version,
    classify: async (rows, values) => {
      const { logits } = await session.run({ x: { dims: [rows, inputWidth(facts)], data: transformRows(facts, values) } });
      const out = new Float64Array(rows * facts.classes.length);
      for (let row = 0; row < rows; row++) softmax(logits!.data, row * facts.classes.length, facts.classes.length, out);
      return out;
    },
  };
};
