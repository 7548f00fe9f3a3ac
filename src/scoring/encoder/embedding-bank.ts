import { ENCODER } from '../../learning/index.ts';

const NEIGHBOURS = 3;
const WIDTH = ENCODER.width;
const LARGEST_BYTE = 127;
const best = new Float64Array(NEIGHBOURS);

/** Floats that a bank of `rows` embeddings takes: one scale a row, then the rows, a byte a number. */
export const bankFloats = (rows: number): number => rows + (rows * WIDTH) / Float32Array.BYTES_PER_ELEMENT;

/** The bytes of a bank that begins at `bank` in `floats`. */
const bytesOf = (floats: Float32Array, bank: number, rows: number): Int8Array =>
  new Int8Array(floats.buffer, floats.byteOffset + (bank + rows) * Float32Array.BYTES_PER_ELEMENT, rows * WIDTH);

/** Keeps an embedding in a row of a bank, in 127 steps of its largest number: a quarter of the memory, and distances that differ in the third digit. */
export const keepEmbedding = (
  floats: Float32Array,
  bank: number,
  rows: number,
  row: number,
  embeddings: Float32Array,
  offset: number,
): void => {
  let largest = 0;
  for (let k = 0; k < WIDTH; k++) largest = Math.max(largest, Math.abs(embeddings[offset + k]!));
  const scale = largest / LARGEST_BYTE;
  const bytes = bytesOf(floats, bank, rows);
  floats[bank + row] = scale;
  for (let k = 0; k < WIDTH; k++) bytes[row * WIDTH + k] = scale > 0 ? Math.round(embeddings[offset + k]! / scale) : 0;
};

/** Mean distance of an embedding to its nearest ones among the first `kept` of a bank of `rows` rows that begins at `bank` in `floats`. At least three kept. */
export const bankDistance = (
  floats: Float32Array,
  bank: number,
  rows: number,
  kept: number,
  embeddings: Float32Array,
  offset: number,
): number => {
  const bytes = bytesOf(floats, bank, rows);
  best.fill(Infinity);
  for (let row = 0; row < kept; row++) {
    const at = row * WIDTH;
    const scale = floats[bank + row]!;
    const limit = best[NEIGHBOURS - 1]!;
    let sum = 0;
    for (let k = 0; k < WIDTH && sum < limit; k++) sum += (scale * bytes[at + k]! - embeddings[offset + k]!) ** 2;
    if (!(sum < limit)) continue;
    let place = NEIGHBOURS - 1;
    for (; place > 0 && best[place - 1]! > sum; place--) best[place] = best[place - 1]!;
    best[place] = sum;
  }
  return best.reduce((sum, squared) => sum + Math.sqrt(squared), 0) / NEIGHBOURS;
};

/** A number in [0, 1) that follows from a counter: mulberry32 (Tommy Ettinger), so that a restored workload goes on as it would have. */
const randomOf = (counter: number): number => {
  const seed = Math.imul(counter, 0x6d2b79f5);
  let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

/** The row in which to keep embedding number `offered` (from 0), or -1: every one offered has the same chance to be kept (Vitter, 1985, algorithm R). */
export const rowToKeep = (offered: number, rows: number, salt: number): number => {
  if (offered < rows) return offered;
  const row = Math.floor(randomOf(offered * 31 + salt) * (offered + 1));
  return row < rows ? row : -1;
};
