/** Consecutive parts of the same size, the first ones longer by one where it does not come out even. */
export const splitBlocks = (rows: Int32Array, count: number): Int32Array[] => {
  const size = Math.floor(rows.length / count);
  const longer = rows.length % count;
  return Array.from({ length: count }, (_, i) => {
    const from = i * size + Math.min(i, longer);
    return rows.subarray(from, from + size + (i < longer ? 1 : 0));
  });
};

/** All but one. */
export const without = (blocks: readonly Int32Array[], left: number): Int32Array =>
  Int32Array.from(blocks.flatMap((block, i) => (i === left ? [] : [...block])));

/** Blocks of benign time that judge each other. */
export const TIME_BLOCKS = 4;

/**
 * What a detector says of benign flows that it was not fitted on: rows in order of time are cut into blocks, and each is scored by a detector fitted
 * on the others. Neighbours in time are alike, so that scores of rows left out one by one would be far too low.
 */
export const scoreByBlocks = async (
  rows: Int32Array,
  train: (
    rows: Int32Array,
  ) => Promise<(rows: Int32Array) => Float64Array | Promise<Float64Array>> | ((rows: Int32Array) => Float64Array | Promise<Float64Array>),
  count = TIME_BLOCKS,
): Promise<Float64Array> => {
  const blocks = splitBlocks(rows, count);
  const scores = new Float64Array(rows.length);
  let at = 0;
  for (const [i, block] of blocks.entries()) {
    const score = await train(without(blocks, i));
    scores.set(await score(block), at);
    at += block.length;
  }
  return scores;
};
