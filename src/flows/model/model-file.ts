import { createHash } from 'node:crypto';
import { BellwetherError, readFile, writeFileAtomic } from '../../platform/index.ts';
import { FLOW_CATALOG_VERSION } from '../features/catalogue.ts';
import type { FlowModel, StoredFlowModel } from './flow-model.ts';

/** In the folder of a model. */
export const FLOW_MODEL_FILE = 'flow-model.json';
/** Raised when the meaning of a number in the file changes. */
const FORMAT = 1;
/** 20,000 prototypes and a forest of 400 deep trees stay below. */
const MAX_BYTES = 256 * 2 ** 20;

const ARRAYS = { f64: Float64Array, f32: Float32Array, i32: Int32Array } as const;
type ArrayTag = keyof typeof ARRAYS;
type PackedArray = Float64Array | Float32Array | Int32Array;

const tagOf = (value: unknown): ArrayTag | undefined => {
  if (value instanceof Float64Array) return 'f64';
  if (value instanceof Float32Array) return 'f32';
  return value instanceof Int32Array ? 'i32' : undefined;
};

/** Arrays of numbers as little-endian bytes in base64: exact, and a third of the size of decimal text. */
const pack = (_: string, value: unknown): unknown => {
  const tag = tagOf(value);
  if (tag === undefined) return value;
  const { buffer, byteOffset, byteLength } = value as PackedArray;
  return { [tag]: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
};
const unpack = (_: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  const tag = keys[0] as ArrayTag;
  const text = (value as Record<string, unknown>)[tag];
  if (keys.length !== 1 || !Object.hasOwn(ARRAYS, tag) || typeof text !== 'string') return value;
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  const make = ARRAYS[tag];
  return new make(bytes.buffer, 0, bytes.length / make.BYTES_PER_ELEMENT);
};

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A model as the text of its file; the same model gives the same text. */
export const formatFlowModel = ({ version, training, model }: StoredFlowModel): string => {
  const body = JSON.stringify({ version, training, model }, pack);
  return `{"format":${FORMAT},"catalogVersion":"${FLOW_CATALOG_VERSION}","sha256":"${hashOf(body)}","body":${body}}\n`;
};

const KINDS: ReadonlySet<string> = new Set<FlowModel['kind']>(['benign', 'novelty', 'autoencoder', 'supervised', 'sequence', 'few-shot']);

/** Reads what `formatFlowModel` wrote. Throws `invalid_input` for another file, `conflict` for a damaged one or one for another catalogue of features. */
export const parseFlowModel = (text: string, path: string): StoredFlowModel => {
  let outer: { format?: unknown; catalogVersion?: unknown; sha256?: unknown };
  try {
    outer = JSON.parse(text) as typeof outer;
  } catch (error) {
    throw new BellwetherError('invalid_input', `${path} is no model: it is not JSON, or was cut off`, error);
  }
  if (typeof outer !== 'object' || outer === null || typeof outer.format !== 'number')
    throw new BellwetherError('invalid_input', `${path} is no flow model`);
  if (outer.format > FORMAT)
    throw new BellwetherError(
      'conflict',
      `${path} is from a newer version: its format is ${outer.format}, this program reads up to ${FORMAT}`,
    );
  if (outer.catalogVersion !== FLOW_CATALOG_VERSION)
    throw new BellwetherError(
      'conflict',
      `${path} was made for the feature catalogue ${String(outer.catalogVersion)}, this is ${FLOW_CATALOG_VERSION}: train it again`,
    );
  const start = text.indexOf('"body":') + '"body":'.length;
  const body = text.slice(start, text.lastIndexOf('}'));
  if (hashOf(body) !== outer.sha256) throw new BellwetherError('conflict', `${path} is damaged: its hash is not the one it says`);
  const stored = JSON.parse(body, unpack) as StoredFlowModel;
  if (!KINDS.has(stored.model.kind))
    throw new BellwetherError('conflict', `${path} holds a model of kind ${stored.model.kind}, which this version does not know`);
  return stored;
};

/** Writes a model into a folder, whole or not at all. */
export const saveFlowModel = (dir: string, model: StoredFlowModel): Promise<void> =>
  writeFileAtomic(`${dir}/${FLOW_MODEL_FILE}`, [new TextEncoder().encode(formatFlowModel(model))]);

/** The model of a folder. Rejects with `not_found`, `invalid_input`, `conflict`. */
export const loadFlowModel = async (dir: string): Promise<StoredFlowModel> => {
  const path = `${dir}/${FLOW_MODEL_FILE}`;
  return parseFlowModel(new TextDecoder().decode(await readFile(path, { maxBytes: MAX_BYTES })), path);
};

/** What tells two models apart: made of the hash of their data, kind and seed, so that the same training gives the same version. */
export const flowModelVersion = (training: StoredFlowModel['training'], model: FlowModel): string =>
  `${model.kind}-${hashOf(JSON.stringify({ training, model }, pack)).slice(0, 12)}`;
