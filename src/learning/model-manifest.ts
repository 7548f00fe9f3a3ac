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

const MANIFEST = {
  type: 'object',
  additionalProperties: false,
  required: ['format', 'id', 'version', 'sha256', 'opset', 'irVersion', 'catalogVersion', 'inputs', 'outputs'],
  properties: {
    format: { const: 1 },
    id: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' },
    version: { type: 'string', minLength: 1, maxLength: 100 },
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    opset: { type: 'integer', minimum: 1 },
    irVersion: { type: 'integer', minimum: 1 },
    catalogVersion: { type: 'string', minLength: 1, maxLength: 200 },
    inputs: TENSORS,
    outputs: TENSORS,
  },
} as const;

/**
 * What stands beside a model file: which bytes it describes, what goes in and comes out (float tensors; a name in a shape is a size
 * that each run chooses) with units, and the version of the feature catalogue whose columns it was made for; `any` where it needs none.
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
  parts: Omit<ModelManifest, 'format' | 'sha256' | 'opset' | 'irVersion'>,
): ModelManifest => ({ format: 1, ...parts, sha256: hashModel(model), opset: ONNX_OPSET, irVersion: ONNX_IR_VERSION });

/** Checks a manifest from outside. Throws `invalid_input` with every problem. */
export const parseManifest = (text: string): ModelManifest => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BellwetherError('invalid_input', 'the model manifest is not JSON', error);
  }
  const checked = validate(MANIFEST, value);
  if (checked.ok) return checked.value;
  throw new BellwetherError('invalid_input', `the model manifest is wrong: ${checked.problems.map(({ message }) => message).join('; ')}`);
};

/** Throws `conflict` where the bytes are not the ones the manifest describes, or the catalogue is another one. */
export const checkModel = ({ model, manifest }: BuiltModel, catalogVersion: string): void => {
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
