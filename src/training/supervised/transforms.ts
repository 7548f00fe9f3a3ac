import { type ClassifierFacts, encodeValue } from '../../learning/index.ts';
import type { Random } from '../../platform/index.ts';
import type { SupervisedSettings } from './settings.ts';

/** Values beyond these shares of the learned ones are capped. */
const CAP_SHARE = 0.005;

/** Caps and scales of columns, fitted on learned rows alone. */
export interface FittedTransforms {
  readonly low: number[];
  readonly high: number[];
  readonly mean: number[];
  readonly scale: number[];
}

/** @param rows the learned rows; nothing else is looked at */
export const fitTransforms = (
  values: Float64Array,
  width: number,
  rows: readonly number[],
  encoding: ClassifierFacts['encoding'] = 'plain',
): FittedTransforms => {
  const fitted: FittedTransforms = { low: [], high: [], mean: [], scale: [] };
  for (let k = 0; k < width; k++) {
    const known = Float64Array.from(rows, (row) => encodeValue(values[row * width + k]!, encoding))
      .filter(Number.isFinite)
      .sort();
    const at = (share: number): number => known[Math.min(known.length - 1, Math.floor(share * known.length))] ?? 0;
    const [low, high] = [at(CAP_SHARE), at(1 - CAP_SHARE)];
    const capped = known.map((x) => Math.min(high, Math.max(low, x)));
    const mean = capped.reduce((sum, x) => sum + x, 0) / Math.max(1, capped.length);
    const deviation = Math.sqrt(capped.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, capped.length));
    fitted.low.push(low);
    fitted.high.push(high);
    fitted.mean.push(mean);
    fitted.scale.push(deviation > 0 ? deviation : 1);
  }
  return fitted;
};

/** Draws learned rows so that each class comes equally often. */
export const drawBalanced = (byClass: readonly (readonly number[])[], count: number, random: Random): number[] => {
  const present = byClass.filter((rows) => rows.length > 0);
  return Array.from({ length: count }, () => {
    const rows = present[Math.floor(random() * present.length)]!;
    return rows[Math.floor(random() * rows.length)]!;
  });
};

/** The learned rows of each class that may be drawn: all of them, or of each as many as the rarest has. */
export const cutDown = (
  byClass: readonly (readonly number[])[],
  sampling: SupervisedSettings['sampling'],
  random: Random,
): readonly (readonly number[])[] => {
  if (sampling === 'none') return [byClass.flat()];
  if (sampling === 'over') return byClass;
  const rarest = Math.min(...byClass.filter((rows) => rows.length > 0).map((rows) => rows.length));
  return byClass.map((rows) => {
    const left = [...rows];
    return Array.from({ length: Math.min(rarest, rows.length) }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
  });
};
