import {
  type BenignModel,
  createFewShotDetector,
  type Embedding,
  type FlowTable,
  fitBenign,
  fitScaler,
  learnShots,
  type Matrix,
  SIZE_COLUMNS,
  scaleInto,
  type TrainDeps,
  takeColumns,
  takeRows,
  trainEmbedding,
} from '../../flows/index.ts';
import type { Random } from '../../platform/index.ts';
import type { Fold } from './folds.ts';

/** Families that get examples; the others can only be wrong answers, and are left out of the test. */
export interface FewShotOptions {
  readonly shotsOf: readonly string[];
  readonly scored: readonly string[];
  readonly shots: readonly number[];
  readonly draws: number;
  /** Networks to compare with. */
  readonly embeddings?: readonly Embedding[];
}

export interface FewShotFigures {
  readonly name: string;
  readonly shots: number;
  /** Mean over parts and draws, with the deviation of the draws. */
  readonly macroF1: number;
  readonly deviation: number;
  readonly f1: Readonly<Record<string, number>>;
}

type Namer = (shots: readonly number[], test: Int32Array) => string[];

const BENIGN = 'benign';
const draw = (rows: readonly number[], count: number, random: Random): number[] => {
  const left = [...rows];
  return Array.from({ length: Math.min(count, rows.length) }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
};

/** The nearest of all benign flows and all examples, by a distance between scaled rows. */
const nearestNamer = (table: FlowTable, matrix: Matrix, reference: Int32Array, cost: (difference: number) => number): Namer => {
  const scaler = fitScaler(matrix, reference);
  const { width } = matrix;
  const scaled = new Float64Array(matrix.count * width);
  for (let row = 0; row < matrix.count; row++) scaleInto(scaler, matrix.data, row * width, scaled, row * width);
  const nearest = (row: number, among: ArrayLike<number>): { distance: number; row: number } => {
    const best = { distance: Number.POSITIVE_INFINITY, row: -1 };
    for (let i = 0; i < among.length; i++) {
      let sum = 0;
      for (let k = 0; k < width && sum < best.distance; k++) sum += cost(scaled[row * width + k]! - scaled[among[i]! * width + k]!);
      if (sum < best.distance) Object.assign(best, { distance: sum, row: among[i]! });
    }
    return best;
  };
  const benign = new Map<number, number>();
  const benignDistance = (row: number): number => {
    const known = benign.get(row) ?? nearest(row, reference).distance;
    benign.set(row, known);
    return known;
  };
  return (shots, test) =>
    Array.from(test, (row) => {
      const shot = nearest(row, shots);
      return shot.distance < benignDistance(row) ? table.families[shot.row]! : BENIGN;
    });
};

const recipeNamer =
  (table: FlowTable, base: BenignModel, recipe: 'd' | 'g', hasSurroundings = true): Namer =>
  (shots, test) => {
    // Training saw all captures, so that `learnShots` would find the surroundings that a file of examples alone does not have.
    const model = { ...learnShots(base, table, shots, { recipe, hasSurroundings }), hasSurroundings };
    // In order of time, as a link between flows of a client needs it.
    const order = Array.from(test.keys()).sort((a, b) => table.startsMs[test[a]!]! - table.startsMs[test[b]!]!);
    const judged = createFewShotDetector(model).judge(
      takeRows(
        table,
        order.map((i) => test[i]!),
      ),
    );
    const names: string[] = [];
    order.forEach((i, at) => {
      names[i] = judged[at]!.family;
    });
    return names;
  };

/** The nearest of all benign flows and all examples, by places that a network gives; by group means where that is how it was trained. */
const placedNamer = (table: FlowTable, places: Float32Array, reference: Int32Array, isByMeans: boolean): Namer => {
  const width = places.length / table.matrix.count;
  const placeOf = (row: number): Float32Array => places.subarray(row * width, (row + 1) * width);
  const square = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += (a[k]! - b[k]!) ** 2;
    return sum;
  };
  const meansOf = (rows: ArrayLike<number>, keyOf: (row: number) => string): Map<string, Float64Array> => {
    const groups = new Map<string, { count: number; sum: Float64Array }>();
    for (const row of Array.from(rows)) {
      const group = groups.get(keyOf(row)) ?? { count: 0, sum: new Float64Array(width) };
      groups.set(keyOf(row), group);
      group.count++;
      placeOf(row).forEach((x, k) => {
        group.sum[k]! += x;
      });
    }
    return new Map([...groups].map(([key, { count, sum }]) => [key, sum.map((x) => x / count)]));
  };
  const benignPlaces: readonly ArrayLike<number>[] = isByMeans
    ? [...meansOf(reference, (row) => String(table.conversations[row]!.port)).values()]
    : Array.from(reference, placeOf);
  const toBenign = Float64Array.from({ length: table.matrix.count }, (_, row) =>
    benignPlaces.reduce<number>((least, place) => Math.min(least, square(placeOf(row), place)), Number.POSITIVE_INFINITY),
  );
  return (shots, test) => {
    const examples: readonly (readonly [string, ArrayLike<number>])[] = isByMeans
      ? [...meansOf(shots, (row) => table.families[row]!)]
      : shots.map((row) => [table.families[row]!, placeOf(row)] as const);
    return Array.from(test, (row) => {
      let best = { name: BENIGN, distance: toBenign[row]! };
      for (const [name, place] of examples) {
        const distance = square(placeOf(row), place);
        if (distance < best.distance) best = { name, distance };
      }
      return best.name;
    });
  };
};

const f1Of = (names: readonly string[], truth: readonly string[], family: string): number => {
  let both = 0;
  let said = 0;
  let there = 0;
  names.forEach((name, i) => {
    if (name === family) said++;
    if (truth[i] === family) there++;
    if (name === family && truth[i] === family) both++;
  });
  return said + there === 0 ? 0 : (2 * both) / (said + there);
};

/**
 * Section 2 of the protocol: with N examples of each family drawn without replacement and two thirds of benign time, name the flows of the last third and of
 * the attack captures; macro-F1 over benign and the scored families.
 */
export const evaluateFewShot = async (folds: readonly Fold[], options: FewShotOptions, deps: TrainDeps): Promise<FewShotFigures[]> => {
  const { random } = deps;
  const results = new Map<string, { name: string; shots: number; rows: number[][] }>();
  const classes = [BENIGN, ...options.scored];
  for (const { table, reference, part, attackCaptures } of folds) {
    const base = await fitBenign(table, reference, { quantile: 0.99 });
    const namers: Record<string, Namer> = {
      'baseline: 1-NN, all benign, L2': nearestNamer(table, table.matrix, reference, (x) => x * x),
      'baseline: 1-NN, distance of A': nearestNamer(table, takeColumns(table.matrix, SIZE_COLUMNS), reference, (x) =>
        Math.min(Math.abs(x), 1),
      ),
      'recipe d': recipeNamer(table, base, 'd'),
      'recipe g': recipeNamer(table, base, 'g'),
      'recipe d, examples alone': recipeNamer(table, base, 'd', false),
      'recipe g, examples alone': recipeNamer(table, base, 'g', false),
    };
    for (const kind of options.embeddings ?? []) {
      const { places } = await trainEmbedding(deps, kind, table, reference);
      namers[`network: ${kind}`] = placedNamer(table, await places(table), reference, kind === 'prototype');
    }
    const all = [...part, ...attackCaptures];
    for (const count of options.shots)
      for (let i = 0; i < options.draws; i++) {
        const shots = options.shotsOf.flatMap((family) =>
          draw(
            all.filter((row) => table.families[row] === family),
            count,
            random,
          ),
        );
        const taken = new Set(shots);
        const test = Int32Array.from(
          all.filter((row) => !taken.has(row) && (table.families[row] === '' || options.scored.includes(table.families[row]!))),
        );
        const truth = Array.from(test, (row) => table.families[row] || BENIGN);
        for (const [name, namer] of Object.entries(namers)) {
          const names = namer(shots, test);
          const key = `${name} ${count}`;
          const result = results.get(key) ?? { name, shots: count, rows: [] };
          results.set(key, result);
          result.rows.push(classes.map((family) => f1Of(names, truth, family)));
        }
      }
  }
  return [...results.values()].map(({ name, shots, rows }) => {
    const macro = rows.map((row) => row.reduce((sum, f1) => sum + f1, 0) / classes.length);
    const mean = macro.reduce((sum, value) => sum + value, 0) / macro.length;
    return {
      name,
      shots,
      macroF1: mean,
      deviation: Math.sqrt(macro.reduce((sum, value) => sum + (value - mean) ** 2, 0) / macro.length),
      f1: Object.fromEntries(classes.map((family, k) => [family, rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length])),
    };
  });
};
