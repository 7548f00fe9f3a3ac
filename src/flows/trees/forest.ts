/** Decision trees, one after the other. */
export interface Forest {
  readonly classes: number;
  /** First node of each tree. */
  readonly roots: Int32Array;
  /** Per node: the column it asks about, -1 in a leaf. */
  readonly columns: Int32Array;
  /** Per node: rows at most this go left. */
  readonly thresholds: Float32Array;
  /** Per node: the left child, the right one behind it; in a leaf, the place of its class shares. */
  readonly children: Int32Array;
  /** `classes` numbers per leaf. */
  readonly shares: Float32Array;
}

/** Mean class shares of a row over all trees, written into `out`. */
export const classShares = (forest: Forest, data: Float32Array | Float64Array, offset: number, out: Float64Array): void => {
  const { classes, roots, columns, thresholds, children, shares } = forest;
  out.fill(0);
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree]!;
    for (let column = columns[node]!; column >= 0; column = columns[node]!)
      node = children[node]! + (data[offset + column]! <= thresholds[node]! ? 0 : 1);
    const leaf = children[node]! * classes;
    for (let k = 0; k < classes; k++) out[k]! += shares[leaf + k]!;
  }
  for (let k = 0; k < classes; k++) out[k]! /= roots.length;
};
