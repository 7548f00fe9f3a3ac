import { ENCODER } from '../../learning/index.ts';

const NEIGHBOURS = 3;
const WIDTH = ENCODER.width;
const best = new Float64Array(NEIGHBOURS);

/** Mean distance of an embedding to its nearest ones among `rows` embeddings of a bank that begins at `bank` in `floats`. At least three rows. */
export const bankDistance = (floats: Float32Array, bank: number, rows: number, embeddings: Float32Array, offset: number): number => {
  best.fill(Infinity);
  for (let row = 0; row < rows; row++) {
    const at = bank + row * WIDTH;
    const limit = best[NEIGHBOURS - 1]!;
    let sum = 0;
    for (let k = 0; k < WIDTH && sum < limit; k++) sum += (floats[at + k]! - embeddings[offset + k]!) ** 2;
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
