import { type AuditTable, columnOf } from './audit-table.ts';

/** Rows in deviations of the learned ones; a missing value is the mean. */
export interface ScaledRows {
  readonly rows: readonly number[];
  readonly width: number;
  readonly values: Float64Array;
}

/** Scales by the learned rows alone. */
export const scaleRows = (table: AuditTable, learned: readonly number[], wanted: readonly number[]): ScaledRows => {
  const width = table.columns.length;
  const values = new Float64Array(wanted.length * width);
  for (let column = 0; column < width; column++) {
    const known = columnOf(table, column, learned).filter(Number.isFinite);
    const mean = known.reduce((sum, x) => sum + x, 0) / Math.max(1, known.length);
    const variance = known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, known.length);
    const scale = variance > 0 ? Math.sqrt(variance) : 1;
    columnOf(table, column, wanted).forEach((x, i) => {
      values[i * width + column] = Number.isFinite(x) ? (x - mean) / scale : 0;
    });
  }
  return { rows: wanted, width, values };
};

/** Squared distance of two scaled rows, or more than `limit` where it is more. */
const squared = (a: ScaledRows, i: number, b: ScaledRows, j: number, limit: number): number => {
  let sum = 0;
  for (let k = 0; k < a.width && sum <= limit; k++) sum += (a.values[i * a.width + k]! - b.values[j * b.width + k]!) ** 2;
  return sum;
};

export interface Neighbour {
  /** Place among the rows that were searched. */
  readonly at: number;
  readonly squared: number;
}

/** The `count` nearest of `among` to each of `asked`, nearest first. */
export const nearestRows = (asked: ScaledRows, among: ScaledRows, count: number): Neighbour[][] =>
  asked.rows.map((_, i) => {
    const best: Neighbour[] = [];
    for (let j = 0; j < among.rows.length; j++) {
      const limit = best.length < count ? Number.POSITIVE_INFINITY : best.at(-1)!.squared;
      const distance = squared(asked, i, among, j, limit);
      if (!(distance < limit)) continue;
      const place = best.findIndex((each) => distance < each.squared);
      best.splice(place < 0 ? best.length : place, 0, { at: j, squared: distance });
      if (best.length > count) best.pop();
    }
    return best;
  });
