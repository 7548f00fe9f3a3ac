import { type ClassicDetector, type Rows, scoreEach, squaredDistance } from './rows.ts';

const NEIGHBOURS = 3;
/** For the local factor; the paper's authors advise at least 10, so that chance groups of a few rows do not decide. */
const LOCAL_NEIGHBOURS = 20;
/** Rows that are equal have no distance and so no density. */
const LEAST_DISTANCE = 1e-6;

interface Neighbours {
  readonly rows: Int32Array;
  /** Rising. */
  readonly distances: Float64Array;
}

/** The nearest of `rows` to a point, `self` left out. */
const nearest = ({ data, count, width }: Rows, point: Float32Array, offset: number, wanted: number, self = -1): Neighbours => {
  const found = Math.min(wanted, count - (self >= 0 ? 1 : 0));
  const rows = new Int32Array(found);
  const distances = new Float64Array(found).fill(Infinity);
  for (let row = 0; row < count; row++) {
    if (row === self) continue;
    const distance = squaredDistance(point, offset, data, row * width, width);
    if (!(distance < distances[found - 1]!)) continue;
    let place = found - 1;
    for (; place > 0 && distances[place - 1]! > distance; place--) {
      distances[place] = distances[place - 1]!;
      rows[place] = rows[place - 1]!;
    }
    distances[place] = distance;
    rows[place] = row;
  }
  return { rows, distances: distances.map(Math.sqrt) };
};

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean distance to the nearest neighbours (Angiulli and Pizzuti, 2002), over the root of the width so that it does not grow with the number of metrics. */
export const nearestNeighbours: ClassicDetector = {
  id: 'nearest-neighbours',
  fit: (rows) => ({
    score: scoreEach((data, offset) => meanOf(nearest(rows, data, offset, NEIGHBOURS).distances) / Math.sqrt(rows.width)),
  }),
};

/** Local outlier factor (Breunig, Kriegel, Ng, Sander, 2000), for rows that were not fitted: the density around the neighbours over the density around the row. */
export const localOutlierFactor: ClassicDetector = {
  id: 'lof',
  fit: (rows) => {
    const own = Array.from({ length: rows.count }, (_, i) => nearest(rows, rows.data, i * rows.width, LOCAL_NEIGHBOURS, i));
    const reach = own.map(({ distances }) => distances.at(-1)!);
    const densityOf = ({ rows: near, distances }: Neighbours): number => {
      let sum = 0;
      for (const [i, row] of near.entries()) sum += Math.max(reach[row]!, distances[i]!);
      return 1 / (sum / near.length + LEAST_DISTANCE);
    };
    const densities = own.map(densityOf);
    return {
      score: scoreEach((data, offset) => {
        const neighbours = nearest(rows, data, offset, LOCAL_NEIGHBOURS);
        let sum = 0;
        for (const row of neighbours.rows) sum += densities[row]!;
        return sum / neighbours.rows.length / densityOf(neighbours);
      }),
    };
  },
};
