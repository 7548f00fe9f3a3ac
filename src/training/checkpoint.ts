import { BellwetherError, type FromSchema, readFileIfPresent, validate, writeFileAtomic } from '../platform/index.ts';
import type { FitState } from './fit-encoder.ts';

/** Three vectors of a small network. */
const MAX_BYTES = 64 * 2 ** 20;
const FLOAT_BYTES = 4;

const HEADER = {
  type: 'object',
  additionalProperties: false,
  required: ['format', 'step', 'weights', 'curve'],
  properties: {
    format: { const: 1 },
    step: { type: 'integer', minimum: 0 },
    weights: { type: 'integer', minimum: 1 },
    curve: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['step', 'loss', 'laterLoss', 'laterSeparation'],
        properties: {
          step: { type: 'integer' },
          loss: { type: 'number' },
          laterLoss: { type: 'number' },
          laterSeparation: { type: 'number' },
        },
      },
    },
  },
} as const;

type Header = FromSchema<typeof HEADER>;

const bytesOf = (values: Float32Array): Uint8Array => {
  const view = new DataView(new ArrayBuffer(values.length * FLOAT_BYTES));
  values.forEach((value, i) => {
    view.setFloat32(i * FLOAT_BYTES, value, true);
  });
  return new Uint8Array(view.buffer);
};

const floatsOf = (bytes: Uint8Array, count: number): Float32Array => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: count }, (_, i) => view.getFloat32(i * FLOAT_BYTES, true));
};

/** One line of JSON, then weights, moments and squares as little-endian floats. */
export const encodeFitState = ({ trainer, curve }: FitState): Uint8Array[] => {
  const header: Header = { format: 1, step: trainer.step, weights: trainer.weights.length, curve: [...curve] };
  return [new TextEncoder().encode(`${JSON.stringify(header)}\n`), ...[trainer.weights, trainer.moments, trainer.squares].map(bytesOf)];
};

/** Undefined where the bytes are not such a state: the run then begins anew, which gives the same model. */
export const decodeFitState = (bytes: Uint8Array): FitState | undefined => {
  const end = bytes.indexOf(10);
  if (end < 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  } catch {
    return undefined;
  }
  const header = validate(HEADER, value);
  if (!header.ok) return undefined;
  const { step, weights: count, curve } = header.value;
  const body = bytes.subarray(end + 1);
  if (body.length !== 3 * count * FLOAT_BYTES) return undefined;
  const part = (i: number): Float32Array => floatsOf(body.subarray(i * count * FLOAT_BYTES, (i + 1) * count * FLOAT_BYTES), count);
  return { trainer: { step, weights: part(0), moments: part(1), squares: part(2) }, curve };
};

/** Keeps the state of a run; a crash leaves the old one or the new one. */
export const writeFitState = (path: string, state: FitState): Promise<void> => writeFileAtomic(path, encodeFitState(state));

/** What an earlier run kept; undefined where there is nothing, or nothing whole. */
export const readFitState = async (path: string): Promise<FitState | undefined> => {
  const bytes = await readFileIfPresent(path, { maxBytes: MAX_BYTES }).catch((error: unknown) => {
    if (error instanceof BellwetherError && error.code === 'too_large') return undefined;
    throw error;
  });
  return bytes && decodeFitState(bytes);
};
