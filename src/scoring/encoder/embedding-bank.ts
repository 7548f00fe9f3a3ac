import type { Random } from '../../platform/index.ts';

const NEIGHBOURS = 3;

export interface EmbeddingBank {
  /** Mean distance of an embedding to its nearest ones; NaN before there are `leastRows`. */
  distance(embeddings: Float32Array, offset: number): number;
  /** Offers an embedding: every one offered has the same chance to be kept (Vitter, 1985, algorithm R). */
  admit(embeddings: Float32Array, offset: number): void;
}

export interface EmbeddingBankOptions {
  readonly rows: number;
  readonly width: number;
  readonly leastRows: number;
  readonly random: Random;
}

/** What a metric's windows have looked like. */
export const createEmbeddingBank = ({ rows, width, leastRows, random }: EmbeddingBankOptions): EmbeddingBank => {
  const data = new Float32Array(rows * width);
  const best = new Float64Array(NEIGHBOURS);
  let offered = 0;
  return {
    distance: (embeddings, offset) => {
      const count = Math.min(offered, rows);
      if (count < leastRows) return Number.NaN;
      best.fill(Infinity);
      for (let row = 0; row < count; row++) {
        let sum = 0;
        for (let k = 0; k < width && sum < best[NEIGHBOURS - 1]!; k++) sum += (data[row * width + k]! - embeddings[offset + k]!) ** 2;
        if (!(sum < best[NEIGHBOURS - 1]!)) continue;
        let place = NEIGHBOURS - 1;
        for (; place > 0 && best[place - 1]! > sum; place--) best[place] = best[place - 1]!;
        best[place] = sum;
      }
      return best.reduce((sum, squared) => sum + Math.sqrt(squared), 0) / NEIGHBOURS;
    },
    admit: (embeddings, offset) => {
      const place = offered < rows ? offered : Math.floor(random() * (offered + 1));
      offered++;
      if (place < rows) data.set(embeddings.subarray(offset, offset + width), place * width);
    },
  };
};
