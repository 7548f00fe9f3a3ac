import { type AuditFinding, type AuditTable, balancedAccuracy, chanceLimit, columnOf } from './audit-table.ts';

/** Rank correlation from which on a column is the clock. */
const CLOCK = 0.9999;
/** A column that alone tells classes apart this well is a rule, not a pattern. */
const TRIVIAL = 0.99;
/** Moments of two classes this near, relative to the spread, were made equal. */
const EQUAL = 1e-3;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const ranksOf = (values: Float64Array): Float64Array => {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < order.length; ) {
    let end = i + 1;
    while (end < order.length && values[order[end]!] === values[order[i]!]) end++;
    for (let k = i; k < end; k++) ranks[order[k]!] = (i + end - 1) / 2;
    i = end;
  }
  return ranks;
};

/** Spearman's rank correlation. */
const rankCorrelation = (a: Float64Array, b: Float64Array): number => {
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xy += (x[i]! - mean) * (y[i]! - mean);
    xx += (x[i]! - mean) ** 2;
    yy += (y[i]! - mean) ** 2;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
};

/** A column that rises (or falls) with the clock over the whole set. */
export const findTimeColumns = (table: AuditTable, rows: readonly number[]): AuditFinding[] => {
  const times = Float64Array.from(rows, (row) => table.times[row]!);
  return table.columns.flatMap((name, column): AuditFinding[] => {
    const values = columnOf(table, column, rows);
    if (!values.every(Number.isFinite)) return [];
    const correlation = rankCorrelation(values, times);
    if (Math.abs(correlation) < CLOCK) return [];
    return [
      { check: 'time-column', text: `column ${name} follows the clock (rank correlation ${correlation.toFixed(5)}): it dates every row` },
    ];
  });
};

/** A column with one value per entity and another one for each of them, among at least three. */
export const findIdColumns = (table: AuditTable, rows: readonly number[]): AuditFinding[] =>
  table.columns.flatMap((name, column): AuditFinding[] => {
    const values = columnOf(table, column, rows);
    const byId = new Map<number, number>();
    for (const [i, row] of rows.entries()) {
      const id = table.ids[row]!;
      const known = byId.get(id);
      if (known !== undefined && known !== values[i]) return [];
      byId.set(id, values[i]!);
    }
    if (byId.size < 3 || new Set(byId.values()).size < byId.size || ![...byId.values()].every(Number.isFinite)) return [];
    return [{ check: 'id-column', text: `column ${name} has one value for each of ${byId.size} entities: it names them` }];
  });

/** The best threshold on the learned rows for one class against the rest, judged on the others. */
const ruleAccuracy = (values: Float64Array, isClass: readonly boolean[], judged: Float64Array, truth: readonly number[]): number => {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const positives = isClass.filter(Boolean).length;
  const negatives = isClass.length - positives;
  let [above, hits] = [0, 0];
  let best = { gain: -1, threshold: 0, isAbove: true };
  // From the top: what lies above the threshold is called the class, or the rest.
  for (let i = order.length - 1; i > 0; i--) {
    above++;
    if (isClass[order[i]!]) hits++;
    const [low, high] = [values[order[i - 1]!]!, values[order[i]!]!];
    if (low === high) continue;
    const gain = hits / positives - (above - hits) / negatives;
    if (Math.abs(gain) > best.gain) best = { gain: Math.abs(gain), threshold: (low + high) / 2, isAbove: gain > 0 };
  }
  return balancedAccuracy(
    truth,
    [...judged].map((x) => (x > best.threshold === best.isAbove ? 1 : 0)),
  );
};

/** One column and one threshold that tell a class from the rest almost always. */
export const findTrivialRules = (table: AuditTable, learned: readonly number[], judged: readonly number[]): AuditFinding[] => {
  const labels = (rows: readonly number[]): number[] => rows.map((row) => table.labels[row]!);
  const [known, truth] = [labels(learned), labels(judged)];
  const classes = [...new Set(known)].filter((label) => truth.includes(label) && truth.some((other) => other !== label));
  return table.columns.flatMap((name, column): AuditFinding[] => {
    const [values, asked] = [columnOf(table, column, learned), columnOf(table, column, judged)];
    if (!values.every(Number.isFinite) || !asked.every(Number.isFinite)) return [];
    for (const label of classes) {
      const isTruth = truth.map((other) => (other === label ? 1 : 0));
      const isClass = known.map((other) => other === label);
      if (!isClass.includes(false)) continue;
      const accuracy = ruleAccuracy(values, isClass, asked, isTruth);
      if (accuracy >= TRIVIAL && accuracy > chanceLimit(isTruth))
        return [
          {
            check: 'trivial-rule',
            text: `one threshold on column ${name} tells class ${label} from the rest: ${percent(accuracy)} balanced accuracy`,
          },
        ];
    }
    return [];
  });
};

interface Moments {
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly largest: number;
}

const momentsOf = (values: Float64Array): Moments => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), least: Math.min(...values), largest: Math.max(...values) };
};

/** Columns whose mean and deviation, or whose ends, are the same in every class: each class was scaled by itself, which needs the labels. */
export const findClassScaling = (table: AuditTable, rows: readonly number[]): AuditFinding[] => {
  const classes = [...new Set(rows.map((row) => table.labels[row]!))];
  if (classes.length < 2) return [];
  const scaled = table.columns.filter((_, column) => {
    // Counts and states have the same ends in every class by nature.
    if (new Set(columnOf(table, column, rows)).size < rows.length / 2) return false;
    const moments = classes.map((label) =>
      momentsOf(
        columnOf(
          table,
          column,
          rows.filter((row) => table.labels[row] === label),
        ).filter(Number.isFinite),
      ),
    );
    const [first, ...others] = moments as [Moments, ...Moments[]];
    if (!(first.deviation > 0)) return false;
    const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= EQUAL * first.deviation;
    const sameMoments = others.every(({ mean, deviation }) => isNear(mean, first.mean) && isNear(deviation, first.deviation));
    const sameEnds = others.every(({ least, largest }) => isNear(least, first.least) && isNear(largest, first.largest));
    return sameMoments || sameEnds;
  });
  // Ends of a share (0 and 1) may agree by nature in some columns, not in half of them.
  if (scaled.length < 2 || scaled.length < table.columns.length / 2) return [];
  return [
    {
      check: 'class-scaling',
      text: `${scaled.length} of ${table.columns.length} columns have the same mean and deviation, or the same ends, in every class: each class was scaled by itself`,
    },
  ];
};
