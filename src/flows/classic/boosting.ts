import type { Random } from '../../platform/index.ts';
import type { Examples, RowScore } from './linear.ts';

const ROUNDS = 80;
const DEPTH = 3;
const RATE = 0.1;
/** Cuts tried per column, at quantiles of a sample. */
const CUTS = 16;
const COLUMNS_TRIED = 0.3;
/** Sum of second derivatives that a leaf must keep. */
const LEAST_WEIGHT = 1;
/** Keeps leaves of few rows small. */
const PENALTY = 1;

interface Node {
  readonly column: number;
  readonly cut: number;
  readonly left: Node | number;
  readonly right: Node | number;
}

const leafValue = (node: Node | number, data: Float64Array, offset: number): number => {
  let at = node;
  while (typeof at !== 'number') at = data[offset + at.column]! <= at.cut ? at.left : at.right;
  return at;
};

/** Gradient boosting of small trees on the logistic loss, second order (Chen and Guestrin, 2016); both classes weigh the same. */
export const fitBoosting = ({ width, data, isAttack }: Examples, random: Random): RowScore => {
  const count = isAttack.length;
  const attacks = isAttack.filter(Boolean).length;
  const weight = Float64Array.from(isAttack, (is) => count / (2 * Math.max(1, is ? attacks : count - attacks)));
  const cuts = Array.from({ length: width }, (_, k) => {
    const sample = Float64Array.from({ length: Math.min(count, 400) }, () => data[Math.floor(random() * count) * width + k]!).sort();
    return [...new Set(Array.from({ length: CUTS }, (__, i) => sample[Math.floor(((i + 0.5) * sample.length) / CUTS)]!))];
  });
  const scores = new Float64Array(count);
  const first = new Float64Array(count);
  const second = new Float64Array(count);
  const leafOf = (g: number, h: number): number => (-RATE * g) / (h + PENALTY);
  const gainOf = (g: number, h: number): number => (g * g) / (h + PENALTY);

  const grow = (rows: Int32Array, depth: number): Node | number => {
    let [g, h] = [0, 0];
    for (const row of rows) {
      g += first[row]!;
      h += second[row]!;
    }
    if (depth === DEPTH) return leafOf(g, h);
    let best = { gain: 1e-6, column: -1, cut: 0 };
    for (let k = 0; k < width; k++) {
      if (random() > COLUMNS_TRIED) continue;
      for (const cut of cuts[k]!) {
        let [leftG, leftH] = [0, 0];
        for (const row of rows) {
          if (data[row * width + k]! > cut) continue;
          leftG += first[row]!;
          leftH += second[row]!;
        }
        if (leftH < LEAST_WEIGHT || h - leftH < LEAST_WEIGHT) continue;
        const gain = gainOf(leftG, leftH) + gainOf(g - leftG, h - leftH) - gainOf(g, h);
        if (gain > best.gain) best = { gain, column: k, cut };
      }
    }
    if (best.column < 0) return leafOf(g, h);
    const isLeft = (row: number): boolean => data[row * width + best.column]! <= best.cut;
    return {
      column: best.column,
      cut: best.cut,
      left: grow(
        rows.filter((row) => isLeft(row)),
        depth + 1,
      ),
      right: grow(
        rows.filter((row) => !isLeft(row)),
        depth + 1,
      ),
    };
  };

  const all = Int32Array.from({ length: count }, (_, row) => row);
  const trees: (Node | number)[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let row = 0; row < count; row++) {
      const p = 1 / (1 + Math.exp(-scores[row]!));
      first[row] = weight[row]! * (p - (isAttack[row] ? 1 : 0));
      second[row] = weight[row]! * p * (1 - p);
    }
    const tree = grow(all, 0);
    trees.push(tree);
    for (let row = 0; row < count; row++) scores[row]! += leafValue(tree, data, row * width);
  }
  return (from, offset) => trees.reduce<number>((sum, tree) => sum + leafValue(tree, from, offset), 0);
};
