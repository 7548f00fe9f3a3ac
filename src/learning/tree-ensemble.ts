import type { GraphBuilder, TensorName } from './graph-builder.ts';

/** Decision trees, the nodes of each behind its root. */
export interface TreeEnsemble {
  /** First node of each tree, rising. */
  readonly roots: Int32Array;
  /** Per node: the column it asks about, -1 in a leaf. */
  readonly columns: Int32Array;
  /** Per node: rows at most this go left. */
  readonly thresholds: Float32Array;
  /** Per node: the left child, the right one behind it; in a leaf, its number. */
  readonly children: Int32Array;
}

/** Of `onnx.TensorProto.DataType`. */
const DOUBLE = 11;

/**
 * Adds trees whose leaves have one number per target; the output is the mean over the trees, `[batch, targets]`. Rows and sums are doubles inside, so that every row
 * goes the same way as outside and the mean is exact but for its last rounding (TreeEnsembleRegressor, ai.onnx.ml version 3).
 */
export const addTreeEnsemble = (
  graph: GraphBuilder,
  rows: TensorName,
  { roots, columns, thresholds, children }: TreeEnsemble,
  targets: number,
  leafValue: (leaf: number, target: number) => number,
  output: string,
): TensorName => {
  const count = columns.length;
  const trees: number[] = [];
  const ids: number[] = [];
  const lefts: number[] = [];
  const rights: number[] = [];
  const modes: string[] = [];
  const values = new Float64Array(count);
  const [leafTrees, leafNodes, leafTargets, leafValues] = [[] as number[], [] as number[], [] as number[], [] as number[]];
  for (let tree = 0; tree < roots.length; tree++) {
    const root = roots[tree]!;
    for (let node = root; node < (roots[tree + 1] ?? count); node++) {
      const isLeaf = columns[node]! < 0;
      trees.push(tree);
      ids.push(node - root);
      modes.push(isLeaf ? 'LEAF' : 'BRANCH_LEQ');
      lefts.push(isLeaf ? 0 : children[node]! - root);
      rights.push(isLeaf ? 0 : children[node]! + 1 - root);
      values[node] = isLeaf ? 0 : thresholds[node]!;
      if (!isLeaf) continue;
      for (let target = 0; target < targets; target++) {
        leafTrees.push(tree);
        leafNodes.push(node - root);
        leafTargets.push(target);
        leafValues.push(leafValue(children[node]!, target));
      }
    }
  }
  const wide = graph.node('Cast', [rows], { to: DOUBLE }, `${output}_rows`);
  return graph.mlNode(
    'TreeEnsembleRegressor',
    [wide],
    {
      aggregate_function: 'AVERAGE',
      post_transform: 'NONE',
      n_targets: targets,
      nodes_treeids: trees,
      nodes_nodeids: ids,
      nodes_featureids: Array.from(columns, (column) => Math.max(0, column)),
      nodes_modes: { strings: modes },
      nodes_values_as_tensor: { doubles: values },
      nodes_truenodeids: lefts,
      nodes_falsenodeids: rights,
      target_treeids: leafTrees,
      target_nodeids: leafNodes,
      target_ids: leafTargets,
      target_weights_as_tensor: { doubles: Float64Array.from(leafValues) },
    },
    output,
  );
};
