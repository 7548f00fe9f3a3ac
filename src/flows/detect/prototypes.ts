import { fitScaler, type Matrix, type Scaler, scaleInto } from '../features/scaler.ts';

/** Flows whose fields all lie in the same half deviation are one prototype. */
const CELL = 0.5;
/** No field can disagree by more than this, so that the distance counts fields. */
const FIELD_CAP = 1;
/** A bound on memory and time; a cluster has hundreds of kinds of flows. */
const MAX_PROTOTYPES = 20_000;

/** What benign flows look like: one of each kind. */
export interface Prototypes {
  readonly scaler: Scaler;
  readonly count: number;
  /** `count` rows in deviations, the most frequent kind first. */
  readonly rows: Float64Array;
}

export interface Nearest {
  /** Sum over the fields of min(|difference in deviations|, 1): how many fields disagree. */
  readonly distance: number;
  readonly index: number;
}

/** One prototype for each kind of flow among the rows (indices into the matrix). */
export const fitPrototypes = (matrix: Matrix, rows: ArrayLike<number>): Prototypes => {
  const { width, data } = matrix;
  const scaler = fitScaler(matrix, rows);
  const kinds = new Map<string, { readonly row: number; seen: number }>();
  const scaled = new Float64Array(width);
  const cells = new Int32Array(width);
  for (let i = 0; i < rows.length; i++) {
    scaleInto(scaler, data, rows[i]! * width, scaled);
    for (let k = 0; k < width; k++) cells[k] = Math.round(scaled[k]! / CELL);
    const key = String.fromCharCode(...cells.map((cell) => cell & 0xffff));
    const known = kinds.get(key);
    if (known) known.seen++;
    else if (kinds.size < MAX_PROTOTYPES) kinds.set(key, { row: rows[i]!, seen: 1 });
  }
  const chosen = [...kinds.values()].sort((a, b) => b.seen - a.seen);
  const out = new Float64Array(chosen.length * width);
  for (const [i, { row }] of chosen.entries()) scaleInto(scaler, data, row * width, out, i * width);
  return { scaler, count: chosen.length, rows: out };
};

/** The nearest of `count` rows to a point in the capped distance; infinite where there is none. */
export const nearestRow = (rows: Float64Array, count: number, point: Float64Array): Nearest => {
  const width = point.length;
  let distance = Number.POSITIVE_INFINITY;
  let index = -1;
  for (let row = 0; row < count; row++) {
    const offset = row * width;
    let sum = 0;
    // A row that is further already cannot become the nearest.
    for (let k = 0; k < width && sum < distance; k++) {
      const difference = Math.abs(point[k]! - rows[offset + k]!);
      sum += difference < FIELD_CAP ? difference : FIELD_CAP;
    }
    if (sum < distance) {
      distance = sum;
      index = row;
    }
  }
  return { distance, index };
};

/** How much each field disagrees with a row, 0 to 1. */
export const disagreement = (rows: Float64Array, index: number, point: Float64Array): Float64Array =>
  point.map((x, k) => Math.min(Math.abs(x - rows[index * point.length + k]!), FIELD_CAP));

/** Distances of rows of a matrix to their nearest prototype. */
export const distancesOf = (prototypes: Prototypes, { width, data }: Matrix, rows: ArrayLike<number>): Float64Array => {
  const point = new Float64Array(width);
  return Float64Array.from(rows, (row) => {
    scaleInto(prototypes.scaler, data, row * width, point);
    return nearestRow(prototypes.rows, prototypes.count, point).distance;
  });
};
