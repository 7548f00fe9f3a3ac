import type { Random } from '../../platform/index.ts';
import { STRICT_FEATURES } from '../features/catalogue.ts';
import type { FlowTable } from '../features/flow-table.ts';
import type { SupervisedModel } from '../model/flow-model.ts';
import { type ExtraTreesOptions, fitForest } from '../trees/extra-trees.ts';
import { classShares, type Forest } from '../trees/forest.ts';
import { BENIGN, type FlowDetector, type FlowReason } from './judgement.ts';
import { quantileOf } from './quantile.ts';
import { plainValue } from './reasons.ts';
import { scoreByBlocks } from './time-blocks.ts';

/** Each family weighs as much as all benign flows: of one with ten flows beside a scan with hundreds, trees would else learn nothing. */
export const EXTRA_TREES: ExtraTreesOptions = { trees: 500, leastLeaf: 2, isBootstrap: true };
/** Fewer for the threshold, which needs scores of benign flows alone, and for the names. */
const FEWER_TREES = 100;
/** Share of benign flows of other time that must lie below. */
const QUANTILE = 0.998;
/** A twentieth of the trees: where no benign flow ever got a vote, one stray vote must not be an alarm. */
const LEAST_THRESHOLD = 0.05;

export interface SupervisedOptions {
  /** Places in `STRICT_FEATURES`; absent = all. */
  readonly columns?: ArrayLike<number> | undefined;
  /** Bootstrapped trees with the best cut of each tried column (Breiman, 2001) instead of random ones. */
  readonly isRandomForest?: boolean | undefined;
  /** Share of the usual trees. */
  readonly effort?: number | undefined;
}

const attackShares = (forest: Forest, { matrix }: FlowTable, rows: Int32Array): Float64Array => {
  const shares = new Float64Array(forest.classes);
  return Float64Array.from(rows, (row) => {
    classShares(forest, matrix.data, row * matrix.width, shares);
    return 1 - shares[0]!;
  });
};

/** Extra trees on strict inputs; `benign` and `attacks` are rows in order of time. The threshold is of benign flows that the trees have not seen. */
export const fitSupervised = async (
  table: FlowTable,
  benign: Int32Array,
  attacks: Int32Array,
  random: Random,
  { columns, isRandomForest = false, effort = 1 }: SupervisedOptions = {},
): Promise<SupervisedModel> => {
  const { matrix } = table;
  const families = [...new Set(Array.from(attacks, (row) => table.families[row]!))].sort();
  // Class 0 is benign; families that the rows do not have, -1 + 1 = 0, are never looked at.
  const classOf = Int32Array.from(table.families, (family) => 1 + families.indexOf(family));
  const options = (trees: number): ExtraTreesOptions => ({
    ...EXTRA_TREES,
    isBestCut: isRandomForest,
    trees: Math.ceil(effort * trees),
    ...(columns ? { columns } : {}),
  });
  const grow = (fitted: Int32Array, trees: number): Forest =>
    fitForest(
      { matrix, rows: Int32Array.from([...fitted, ...attacks]), labels: classOf, classes: 1 + families.length },
      options(trees),
      random,
    );
  const scores = await scoreByBlocks(benign, (fitted) => {
    const forest = grow(fitted, FEWER_TREES);
    return (judged) => attackShares(forest, table, judged);
  });
  const labels = Int32Array.from(table.families, (family) => Math.max(0, families.indexOf(family)));
  return {
    kind: 'supervised',
    families,
    forest: grow(benign, EXTRA_TREES.trees),
    namer: fitForest({ matrix, rows: attacks, labels, classes: families.length }, options(FEWER_TREES), random),
    threshold: Math.max(LEAST_THRESHOLD, quantileOf(scores, QUANTILE)),
  };
};

/** Columns that the trees asked about on a flow's way, by how often. */
const reasonsOf = ({ forest }: SupervisedModel, row: Float32Array): FlowReason[] => {
  const asked = new Float64Array(row.length);
  const sums = new Float64Array(row.length);
  for (const root of forest.roots) {
    let node = root;
    for (let column = forest.columns[node]!; column >= 0; column = forest.columns[node]!) {
      asked[column]!++;
      sums[column]! += forest.thresholds[node]!;
      node = forest.children[node]! + (row[column]! <= forest.thresholds[node]! ? 0 : 1);
    }
  }
  const total = asked.reduce((sum, count) => sum + count, 0);
  return Array.from(asked.keys())
    .filter((k) => asked[k]! > 0)
    .sort((a, b) => asked[b]! - asked[a]!)
    .slice(0, 3)
    .map((k) => ({
      column: STRICT_FEATURES[k]!.name,
      observed: plainValue(row[k]!),
      expected: plainValue(sums[k]! / asked[k]!),
      share: asked[k]! / total,
    }));
};

const largest = (values: Float64Array): number => values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);

export const createSupervisedDetector = (model: SupervisedModel): FlowDetector => ({
  judge: ({ matrix: { count, width, data } }) => {
    const shares = new Float64Array(model.forest.classes);
    const names = new Float64Array(model.families.length);
    return Array.from({ length: count }, (_, row) => {
      classShares(model.forest, data, row * width, shares);
      const score = (1 - shares[0]!) / model.threshold;
      if (score >= 1) classShares(model.namer, data, row * width, names);
      return {
        score,
        family: score >= 1 ? model.families[largest(names)]! : BENIGN,
        reasons: () => reasonsOf(model, Float32Array.from(data.subarray(row * width, (row + 1) * width))),
      };
    });
  },
});
