import type { KindClassifier } from '../../learning/index.ts';
import type { Random } from '../../platform/index.ts';
import { type Classification, classify } from '../metrics/class-figures.ts';
import { quantile } from '../metrics/quantile.ts';
import type { Interval } from '../metrics/summary.ts';

/** The most probable class of each row, and how probable it is that the row is not normal. */
export interface GivenKinds {
  readonly classes: Uint8Array;
  readonly abnormal: Float64Array;
}

const ROWS_AT_ONCE = 4096;

/** @param values raw columns of the classifier, back to back */
export const giveKinds = async (classifier: KindClassifier, values: Float64Array): Promise<GivenKinds> => {
  const { columns, classes } = classifier.facts;
  const count = values.length / columns.length;
  const given = { classes: new Uint8Array(count), abnormal: new Float64Array(count) };
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, count - from);
    const shares = await classifier.classify(rows, values.subarray(from * columns.length, (from + rows) * columns.length));
    for (let row = 0; row < rows; row++) {
      let best = 0;
      for (let k = 1; k < classes.length; k++) if (shares[row * classes.length + k]! > shares[row * classes.length + best]!) best = k;
      given.classes[from + row] = best;
      given.abnormal[from + row] = 1 - shares[row * classes.length]!;
    }
  }
  return given;
};

export interface KindFigures extends Classification {
  /** Of the macro F1, 95 %, drawing blocks of rows that follow each other; undefined for fewer than 4 blocks. */
  readonly macroF1Interval: Interval | undefined;
  /** Stretches of normal rows that were taken for something else, and how long the normal rows are. */
  readonly falseAlarms: number;
  readonly normalHours: number;
}

const DRAWS = 500;
/** Neighbouring rows are alike: they are drawn together. */
const BLOCK_ROWS = 10;

/** Rows in a row count once. */
const falseStretches = (truth: Uint8Array, classes: Uint8Array): number => {
  const isFalse = (i: number): boolean => truth[i] === 0 && classes[i] !== 0;
  let stretches = 0;
  for (let i = 0; i < truth.length; i++) if (isFalse(i) && !(i > 0 && isFalse(i - 1))) stretches++;
  return stretches;
};

/** @param stepSeconds usual distance of two rows */
export const judgeKinds = (
  names: readonly string[],
  truth: Uint8Array,
  given: GivenKinds,
  stepSeconds: number,
  random: Random,
): KindFigures => {
  const blocks: number[] = [];
  for (let at = 0; at < truth.length; at += BLOCK_ROWS) blocks.push(at);
  const f1s: number[] = [];
  for (let draw = 0; draw < DRAWS && blocks.length >= 4; draw++) {
    const rows = blocks.flatMap(() => {
      const at = blocks[Math.floor(random() * blocks.length)]!;
      return Array.from({ length: Math.min(BLOCK_ROWS, truth.length - at) }, (_, i) => at + i);
    });
    const { macro } = classify(
      names,
      Uint8Array.from(rows, (row) => truth[row]!),
      Uint8Array.from(rows, (row) => given.classes[row]!),
      Float64Array.from(rows, (row) => given.abnormal[row]!),
    );
    if (macro.f1 !== undefined) f1s.push(macro.f1);
  }
  return {
    ...classify(names, truth, given.classes, given.abnormal),
    macroF1Interval: f1s.length > 0 ? [quantile(f1s, 0.025)!, quantile(f1s, 0.975)!] : undefined,
    falseAlarms: falseStretches(truth, given.classes),
    normalHours: (truth.filter((label) => label === 0).length * stepSeconds) / 3600,
  };
};
