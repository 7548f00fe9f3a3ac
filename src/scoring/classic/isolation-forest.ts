import type { Random } from '../../platform/index.ts';
import { type ClassicDetector, type Rows, sampleIndices, scoreEach } from './rows.ts';

/** Trees and rows per tree; the paper's values. */
const TREES = 100;
const SAMPLE = 256;

const EULER = 0.5772156649015329;

/** Mean length of an unsuccessful search in a binary tree of n rows: what a path is measured against. */
const usualPath = (n: number): number => (n <= 1 ? 0 : n === 2 ? 1 : 2 * (Math.log(n - 1) + EULER) - (2 * (n - 1)) / n);

/** Nodes as columns. A leaf has column -1 and its path length, with what the rows in it would still add, as threshold. */
interface Tree {
  readonly columns: Int32Array;
  readonly thresholds: Float64Array;
  /** The left child; the right one is behind it. */
  readonly children: Int32Array;
}

const growTree = ({ data, width }: Rows, sample: Int32Array, random: Random): Tree => {
  const most = 2 * sample.length;
  const columns = new Int32Array(most).fill(-1);
  const thresholds = new Float64Array(most);
  const children = new Int32Array(most);
  const deepest = Math.ceil(Math.log2(Math.max(2, sample.length)));
  let nodes = 1;

  const rangeOf = (rows: Int32Array, column: number): readonly [number, number] => {
    let low = Infinity;
    let high = -Infinity;
    for (const row of rows) {
      const x = data[row * width + column]!;
      low = Math.min(low, x);
      high = Math.max(high, x);
    }
    return [low, high];
  };
  /** A column in which the rows differ; undefined where they are equal in all of a few tries and then in every one. */
  const chooseColumn = (rows: Int32Array): { readonly column: number; readonly low: number; readonly high: number } | undefined => {
    const first = Math.floor(random() * width);
    for (let i = 0; i < width; i++) {
      const column = (first + i) % width;
      const [low, high] = rangeOf(rows, column);
      if (high > low) return { column, low, high };
    }
    return undefined;
  };
  const grow = (node: number, rows: Int32Array, depth: number): void => {
    const choice = depth < deepest && rows.length > 1 ? chooseColumn(rows) : undefined;
    if (!choice) {
      thresholds[node] = depth + usualPath(rows.length);
      return;
    }
    const { column, low, high } = choice;
    const threshold = low + random() * (high - low);
    columns[node] = column;
    thresholds[node] = threshold;
    const left = nodes;
    children[node] = left;
    nodes += 2;
    const isLeft = (row: number): boolean => data[row * width + column]! <= threshold;
    grow(left, rows.filter(isLeft), depth + 1);
    grow(
      left + 1,
      rows.filter((row) => !isLeft(row)),
      depth + 1,
    );
  };
  grow(0, sample, 0);
  return { columns: columns.slice(0, nodes), thresholds: thresholds.slice(0, nodes), children: children.slice(0, nodes) };
};

const pathLength = ({ columns, thresholds, children }: Tree, data: Float32Array, offset: number): number => {
  let node = 0;
  for (let column = columns[0]!; column >= 0; column = columns[node]!)
    node = children[node]! + (data[offset + column]! <= thresholds[node]! ? 0 : 1);
  return thresholds[node]!;
};

/** Isolation forest (Liu, Ting, Zhou, 2008): 2^(-E[path] / usual path), in 0..1; rows that random cuts soon set apart score high. */
export const isolationForest: ClassicDetector = {
  id: 'isolation-forest',
  fit: (rows, random) => {
    const trees = Array.from({ length: TREES }, () => growTree(rows, sampleIndices(rows.count, SAMPLE, random), random));
    const usual = usualPath(Math.min(SAMPLE, rows.count));
    return {
      score: scoreEach((data, offset) => {
        let sum = 0;
        for (const tree of trees) sum += pathLength(tree, data, offset);
        return 2 ** (-sum / TREES / usual);
      }),
    };
  },
};
