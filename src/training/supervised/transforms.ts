import type { Random } from '../../platform/index.ts';

/** Values beyond these shares of the learned ones are capped. */
const CAP_SHARE = 0.005;

/** Caps and scales of columns, fitted on learned rows alone. */
export interface FittedTransforms {
  readonly low: number[];
  readonly high: number[];
  readonly mean: number[];
  readonly scale: number[];
}

/** The steps in their order, as the run record names them. */
export const TRANSFORMS = [
  `cap at ${CAP_SHARE} and ${1 - CAP_SHARE}`,
  'scale to mean 0 and deviation 1',
  'over-sample classes to equal shares',
] as const;

/** @param rows the learned rows; nothing else is looked at */
export const fitTransforms = (values: Float64Array, width: number, rows: readonly number[]): FittedTransforms => {
  const fitted: FittedTransforms = { low: [], high: [], mean: [], scale: [] };
  for (let k = 0; k < width; k++) {
    const known = Float64Array.from(rows, (row) => values[row * width + k]!)
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
