import { createHash } from 'node:crypto';
import { BellwetherError, type FromSchema, validate } from '../platform/index.ts';
import { ONNX_IR_VERSION, ONNX_OPSET } from './graph-builder.ts';

const TENSORS = {
  type: 'array',
  minItems: 1,
  maxItems: 100,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'shape', 'unit'],
    properties: {
      name: { type: 'string', minLength: 1, maxLength: 200 },
      shape: { type: 'array', maxItems: 8, items: { type: ['integer', 'string'] } },
      unit: { type: 'string', maxLength: 200 },
    },
  },
} as const;

/** What a trained model was made of; a model whose numbers follow from its sizes has none. */
const TRAINING = {
  type: 'object',
  additionalProperties: false,
  required: ['dataSha256', 'licence', 'windows', 'seed', 'steps', 'metrics'],
  properties: {
    dataSha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    licence: { type: 'string', minLength: 1, maxLength: 500 },
    windows: { type: 'integer', minimum: 0 },
    seed: { type: 'integer', minimum: 0 },
    steps: { type: 'integer', minimum: 0 },
    metrics: { type: 'object', additionalProperties: { type: 'number' }, maxProperties: 100 },
  },
} as const;

const NUMBERS = { type: 'array', maxItems: 10_000, items: { type: 'number' } } as const;
const NAMES = { type: 'array', minItems: 1, maxItems: 10_000, items: { type: 'string', maxLength: 300 } } as const;

/** Columns and classes of a model that was trained with labels, and how columns are scaled. */
const CLASSIFIER = {
  type: 'object',
  additionalProperties: false,
  required: ['metrics', 'columns', 'classes', 'low', 'high', 'mean', 'scale'],
  properties: {
    metrics: NAMES,
    columns: NAMES,
    classes: NAMES,
    low: NUMBERS,
    high: NUMBERS,
    mean: NUMBERS,
    scale: NUMBERS,
    encoding: { enum: ['plain', 'signed-log'] },
    /** Rows of principal components, back to back; absent = the columns themselves. */
    components: { type: 'array', maxItems: 100_000, items: { type: 'number' } },
  },
} as const;

/** Fields of a flow that go in, in their order, and families of attacks that come out. */
const FLOW = {
  type: 'object',
  additionalProperties: false,
  required: ['columns', 'families'],
  properties: { columns: NAMES, families: NAMES },
} as const;

/** Manifests of this form, and none of a later one, can be read. */
const FORMAT = 1;

const MANIFEST = {
  type: 'object',
  additionalProperties: false,
  required: ['format', 'id', 'version', 'sha256', 'opset', 'irVersion', 'catalogVersion', 'inputs', 'outputs'],
  properties: {
    format: { const: FORMAT },
    id: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' },
    version: { type: 'string', minLength: 1, maxLength: 100 },
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    opset: { type: 'integer', minimum: 1 },
    irVersion: { type: 'integer', minimum: 1 },
    catalogVersion: { type: 'string', minLength: 1, maxLength: 200 },
    inputs: TENSORS,
    outputs: TENSORS,
    bytes: { type: 'integer', minimum: 1 },
    training: TRAINING,
    classifier: CLASSIFIER,
    flow: FLOW,
  },
} as const;

/**
 * What stands beside a model file: which bytes it describes, what goes in and comes out (float tensors; a name in a shape is a size
 * that each run chooses) with units, and the version of the feature catalogue whose columns it was made for; `any` where it needs none.
 * `training` says of a trained model which data (SHA-256, licence, windows), seed and steps made it, and how well it did on later time.
 */
export type ModelManifest = FromSchema<typeof MANIFEST>;

export interface BuiltModel {
  /** Bytes of the `.onnx` file. */
  readonly model: Uint8Array;
  readonly manifest: ModelManifest;
}

export const hashModel = (model: Uint8Array): string => createHash('sha256').update(model).digest('hex');

/** The manifest of a model that was just built. */
export const describeModel = (
  model: Uint8Array,
  parts: Omit<ModelManifest, 'format' | 'sha256' | 'bytes' | 'opset' | 'irVersion'>,
): ModelManifest => ({
  format: FORMAT,
  ...parts,
  sha256: hashModel(model),
  bytes: model.length,
  opset: ONNX_OPSET,
  irVersion: ONNX_IR_VERSION,
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** A version beyond what this program writes: its fields may mean something else, so that a list of wrong keys would mislead. */
const newerThanThis = (value: unknown): string | undefined => {
  if (!isObject(value)) return undefined;
  const limits = [
    ['format', FORMAT],
    ['opset', ONNX_OPSET],
    ['irVersion', ONNX_IR_VERSION],
  ] as const;
  const [key, limit] = limits.find(([name, known]) => typeof value[name] === 'number' && value[name] > known) ?? [];
  return key && `the model is from a newer version: its ${key} is ${String(value[key])}, this program reads up to ${limit}`;
};

/** Checks a manifest from outside. Throws `invalid_input` with every problem, `conflict` where it is from a newer version. */
export const parseManifest = (text: string): ModelManifest => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BellwetherError('invalid_input', 'the model manifest is not JSON', error);
  }
  const newer = newerThanThis(value);
  if (newer) throw new BellwetherError('conflict', newer);
  const checked = validate(MANIFEST, value);
  if (checked.ok) return checked.value;
  throw new BellwetherError('invalid_input', `the model manifest is wrong: ${checked.problems.map(({ message }) => message).join('; ')}`);
};

/** Throws `conflict` where the bytes are not the ones the manifest describes, or the catalogue is another one. */
export const checkModel = ({ model, manifest }: BuiltModel, catalogVersion: string): void => {
  if (manifest.bytes !== undefined && model.length !== manifest.bytes)
    throw new BellwetherError(
      'conflict',
      `model ${manifest.id} ${manifest.version} has ${model.length} bytes, its manifest says ${manifest.bytes}: it was cut off or replaced`,
    );
  const actual = hashModel(model);
  if (actual !== manifest.sha256)
    throw new BellwetherError(
      'conflict',
      `model ${manifest.id} ${manifest.version} has hash ${actual}, its manifest says ${manifest.sha256}`,
    );
  if (manifest.catalogVersion !== 'any' && manifest.catalogVersion !== catalogVersion)
    throw new BellwetherError(
      'conflict',
      `model ${manifest.id} ${manifest.version} was made for catalogue ${manifest.catalogVersion}, this is ${catalogVersion}`,
    );
};
