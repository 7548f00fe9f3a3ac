import type { Random } from '../../platform/index.ts';

/** Rows of scaled numbers with what they are. */
export interface Examples {
  readonly width: number;
  /** Back to back. */
  readonly data: Float64Array;
  readonly isAttack: readonly boolean[];
}

/** Higher = more of an attack. */
export type RowScore = (data: Float64Array, offset: number) => number;

const EPOCHS = 40;
const PENALTY = 1e-4;

/** Attacks weigh as much as benign flows, as rare as they may be. */
const weightsOf = (isAttack: readonly boolean[]): readonly [benign: number, attack: number] => {
  const attacks = Math.max(1, isAttack.filter(Boolean).length);
  const benign = Math.max(1, isAttack.length - attacks);
  return [isAttack.length / (2 * benign), isAttack.length / (2 * attacks)];
};

/** Stochastic gradient descent on a linear score; `slope` is that of the loss at the margin y times score. */
const fitLinear = ({ width, data, isAttack }: Examples, random: Random, slope: (margin: number) => number): RowScore => {
  const weights = new Float64Array(width);
  let bias = 0;
  const [benign, attack] = weightsOf(isAttack);
  const count = isAttack.length;
  const score: RowScore = (from, offset) => {
    let sum = bias;
    for (let k = 0; k < width; k++) sum += weights[k]! * from[offset + k]!;
    return sum;
  };
  for (let step = 0; step < EPOCHS * count; step++) {
    const row = Math.floor(random() * count);
    const sign = isAttack[row] ? 1 : -1;
    const rate = 0.02 / (1 + (4 * step) / (EPOCHS * count)) ** 2;
    const change = -rate * slope(sign * score(data, row * width)) * sign * (isAttack[row] ? attack : benign);
    // Cut, because the few attacks weigh a hundred times as much as a benign flow.
    const bounded = Math.max(-0.1, Math.min(0.1, change));
    for (let k = 0; k < width; k++) weights[k] = weights[k]! * (1 - rate * PENALTY) + bounded * data[row * width + k]!;
    bias += bounded;
  }
  return score;
};

/** Logistic regression. */
export const fitLogistic = (examples: Examples, random: Random): RowScore =>
  fitLinear(examples, random, (margin) => -1 / (1 + Math.exp(margin)));

/** Linear support vector machine: hinge loss, as Pegasos (Shalev-Shwartz et al., 2011) takes it. */
export const fitLinearSvm = (examples: Examples, random: Random): RowScore =>
  fitLinear(examples, random, (margin) => (margin < 1 ? -1 : 0));

const NEIGHBOURS = 5;

/** Share of attacks among the five nearest, near ones counting more. */
export const fitNearest = ({ width, data, isAttack }: Examples): RowScore => {
  const [benign, attack] = weightsOf(isAttack);
  return (from, offset) => {
    const distances = new Float64Array(NEIGHBOURS).fill(Number.POSITIVE_INFINITY);
    const rows = new Int32Array(NEIGHBOURS).fill(-1);
    for (let row = 0; row < isAttack.length; row++) {
      const most = distances[NEIGHBOURS - 1]!;
      let sum = 0;
      for (let k = 0; k < width && sum < most; k++) sum += (from[offset + k]! - data[row * width + k]!) ** 2;
      if (sum >= most) continue;
      let at = NEIGHBOURS - 1;
      for (; at > 0 && distances[at - 1]! > sum; at--) {
        distances[at] = distances[at - 1]!;
        rows[at] = rows[at - 1]!;
      }
      distances[at] = sum;
      rows[at] = row;
    }
    let [there, all] = [0, 0];
    rows.forEach((row, i) => {
      if (row < 0) return;
      const weight = (isAttack[row] ? attack : benign) / (0.01 + Math.sqrt(distances[i]!));
      all += weight;
      if (isAttack[row]) there += weight;
    });
    return there / all;
  };
};
