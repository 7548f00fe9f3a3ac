import type { Random } from '../../platform/index.ts';
import type { Matrix } from '../features/scaler.ts';
import type { Forest } from './forest.ts';

export interface ExtraTreesOptions {
  readonly trees: number;
  /** Rows that each side of a cut must keep. */
  readonly leastLeaf: number;
  /** Each tree sees a sample with replacement; without it all rows. */
  readonly isBootstrap?: boolean;
  /** The best cut of each tried column instead of a random one. */
  readonly isBestCut?: boolean;
  /** Columns that may be asked about; absent = all. */
  readonly columns?: ArrayLike<number>;
}

export interface Labelled {
  readonly matrix: Matrix;
  /** Rows to learn from. */
  readonly rows: Int32Array;
  /** Class per row of the matrix. */
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

interface Growing {
  readonly columns: number[];
  readonly thresholds: number[];
  readonly children: number[];
  readonly shares: number[];
}

interface Cut {
  readonly column: number;
  readonly threshold: number;
  readonly gain: number;
}

/** Each class weighs the same, as rare as it may be. */
const balancedWeights = (rows: Int32Array, { labels, classes }: Labelled): Float64Array => {
  const counts = new Float64Array(classes);
  for (const row of rows) counts[labels[row]!]!++;
  return counts.map((count) => (count === 0 ? 0 : rows.length / (classes * count)));
};

/** Gini impurity times the weight. */
const giniOf = (weights: Float64Array, total: number): number => {
  if (total === 0) return 0;
  let sum = 0;
  for (const weight of weights) sum += weight * weight;
  return total - sum / total;
};

const growTree = (data: Labelled, sample: Int32Array, options: ExtraTreesOptions, random: Random, out: Growing): void => {
  const { matrix, labels, classes } = data;
  const { width, data: numbers } = matrix;
  const weights = balancedWeights(sample, data);
  const order = Int32Array.from(options.columns ?? Array.from({ length: width }, (_, i) => i));
  const tried = Math.max(1, Math.floor(Math.sqrt(order.length)));
  const rows = Int32Array.from(sample);
  const left = new Float64Array(classes);
  const right = new Float64Array(classes);
  const all = new Float64Array(classes);

  const tally = (from: number, to: number): number => {
    all.fill(0);
    let total = 0;
    for (let i = from; i < to; i++) {
      const label = labels[rows[i]!]!;
      all[label]! += weights[label]!;
      total += weights[label]!;
    }
    return total;
  };
  const gainOf = (column: number, threshold: number, from: number, to: number, total: number): number => {
    left.fill(0);
    let count = 0;
    let sum = 0;
    for (let i = from; i < to; i++) {
      if (numbers[rows[i]! * width + column]! > threshold) continue;
      const label = labels[rows[i]!]!;
      left[label]! += weights[label]!;
      sum += weights[label]!;
      count++;
    }
    if (count < options.leastLeaf || to - from - count < options.leastLeaf) return Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) right[k] = all[k]! - left[k]!;
    return giniOf(all, total) - giniOf(left, sum) - giniOf(right, total - sum);
  };
  const bestThreshold = (column: number, from: number, to: number, total: number): Cut | undefined => {
    const values = Float32Array.from(rows.subarray(from, to), (row) => numbers[row * width + column]!).sort();
    let best: Cut | undefined;
    const step = Math.max(1, Math.floor(values.length / 32));
    for (let i = step; i < values.length; i += step) {
      if (values[i] === values[i - 1]) continue;
      const threshold = values[i - 1]!;
      const gain = gainOf(column, threshold, from, to, total);
      if (gain > (best?.gain ?? 0)) best = { column, threshold, gain };
    }
    return best;
  };
  const randomThreshold = (column: number, from: number, to: number, total: number): Cut | undefined => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = from; i < to; i++) {
      const x = numbers[rows[i]! * width + column]!;
      if (x < low) low = x;
      if (x > high) high = x;
    }
    if (!(high > low)) return undefined;
    const threshold = Math.fround(low + random() * (high - low));
    return {
      column,
      threshold: threshold < high ? threshold : low,
      gain: gainOf(column, threshold < high ? threshold : low, from, to, total),
    };
  };
  const chooseCut = (from: number, to: number, total: number): Cut | undefined => {
    let best: Cut | undefined;
    let useful = 0;
    // Columns in random order; constant ones do not count as tried.
    for (let i = 0; i < order.length && useful < tried; i++) {
      const j = i + Math.floor(random() * (order.length - i));
      const column = order[j]!;
      order[j] = order[i]!;
      order[i] = column;
      const cut = (options.isBestCut ? bestThreshold : randomThreshold)(column, from, to, total);
      if (!cut) continue;
      useful++;
      if (cut.gain > (best?.gain ?? 1e-12)) best = cut;
    }
    return best;
  };
  const leaf = (node: number, total: number): void => {
    out.columns[node] = -1;
    out.thresholds[node] = 0;
    out.children[node] = out.shares.length / classes;
    for (const weight of all) out.shares.push(weight / total);
  };
  // Nodes wait on a stack: a tree may be deeper than the call stack is.
  const waiting = [{ node: out.columns.push(-1) - 1, from: 0, to: rows.length }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, from, to } = next;
    const total = tally(from, to);
    const isPure = giniOf(all, total) <= 1e-9 * total;
    const cut = isPure || to - from < 2 * options.leastLeaf ? undefined : chooseCut(from, to, total);
    if (!cut) {
      leaf(node, total);
      continue;
    }
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      if (numbers[row * width + cut.column]! > cut.threshold) continue;
      rows[i] = rows[middle]!;
      rows[middle++] = row;
    }
    out.columns[node] = cut.column;
    out.thresholds[node] = cut.threshold;
    out.children[node] = out.columns.push(-1, -1) - 2;
    waiting.push({ node: out.children[node]!, from, to: middle }, { node: out.children[node]! + 1, from: middle, to });
  }
};

/**
 * Extremely randomised trees (Geurts, Ernst, Wehenkel, 2006): each node tries the root of the number of columns, each with one random threshold, and takes the
 * cut that lowers the Gini impurity most. Classes weigh the same. The same rows and random numbers give the same forest.
 */
export const fitForest = (data: Labelled, options: ExtraTreesOptions, random: Random): Forest => {
  const out: Growing = { columns: [], thresholds: [], children: [], shares: [] };
  const roots: number[] = [];
  for (let tree = 0; tree < options.trees; tree++) {
    const sample = options.isBootstrap ? data.rows.map(() => data.rows[Math.floor(random() * data.rows.length)]!) : data.rows;
    roots.push(out.columns.length);
    growTree(data, sample, options, random, out);
  }
  return {
    classes: data.classes,
    roots: Int32Array.from(roots),
    columns: Int32Array.from(out.columns),
    thresholds: Float32Array.from(out.thresholds),
    children: Int32Array.from(out.children),
    shares: Float32Array.from(out.shares),
  };
};
