/** A labelled data set and its split, as an auditor sees it. Row after row in `values`; NaN = no value. */
export interface AuditTable {
  readonly columns: readonly string[];
  readonly values: Float64Array;
  /** Unix seconds of each row. */
  readonly times: Float64Array;
  /** Whom each row is about, as a number. */
  readonly ids: Int32Array;
  /** Class of each row from 0. */
  readonly labels: Int32Array;
  /** 1 = the row judges, 0 = it is learned from. */
  readonly isTest: Uint8Array;
}

/** What one check found. */
export interface AuditFinding {
  readonly check:
    | 'time-column'
    | 'id-column'
    | 'time-only'
    | 'id-only'
    | 'duplicates'
    | 'resampled'
    | 'class-scaling'
    | 'trivial-rule'
    | 'placebo';
  /** For people, with the figure and what it was held against. */
  readonly text: string;
}

export interface AuditVerdict {
  readonly isClean: boolean;
  readonly findings: readonly AuditFinding[];
  /** Rows looked at, of learning and of judging. */
  readonly rows: { readonly learned: number; readonly judged: number };
  /** Why nothing could be said, where that is so. */
  readonly skipped: string | undefined;
}

export const rowsOf = ({ isTest }: AuditTable, part: 0 | 1): number[] => {
  const rows: number[] = [];
  for (let i = 0; i < isTest.length; i++) if (isTest[i] === part) rows.push(i);
  return rows;
};

/** Every n-th row of each class, so that at most `most` are left and rare classes stay whole. */
export const thin = ({ labels }: AuditTable, rows: readonly number[], most: number): number[] => {
  const sizes = new Map<number, number>();
  for (const row of rows) sizes.set(labels[row]!, (sizes.get(labels[row]!) ?? 0) + 1);
  const seen = new Map<number, number>();
  return rows.filter((row) => {
    const label = labels[row]!;
    const every = Math.max(1, Math.ceil((sizes.get(label)! * sizes.size) / most));
    const count = seen.get(label) ?? 0;
    seen.set(label, count + 1);
    return count % every === 0;
  });
};

export const columnOf = ({ columns, values }: AuditTable, column: number, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows, (row) => values[row * columns.length + column]!);

/** Mean over the classes that the rows have of the share that is given its own class. */
export const balancedAccuracy = (truth: readonly number[], given: readonly number[]): number => {
  const counts = new Map<number, { rows: number; hits: number }>();
  for (const [i, label] of truth.entries()) {
    const count = counts.get(label) ?? { rows: 0, hits: 0 };
    count.rows++;
    if (given[i] === label) count.hits++;
    counts.set(label, count);
  }
  let sum = 0;
  for (const { rows, hits } of counts.values()) sum += hits / rows;
  return counts.size === 0 ? 0 : sum / counts.size;
};

/** What guessing reaches with so many rows, three deviations up: the mean of the classes' shares. */
export const chanceLimit = (truth: readonly number[]): number => {
  const counts = new Map<number, number>();
  for (const label of truth) counts.set(label, (counts.get(label) ?? 0) + 1);
  const classes = counts.size;
  const share = 1 / classes;
  let variance = 0;
  for (const rows of counts.values()) variance += (share * (1 - share)) / rows / classes ** 2;
  return share + 3 * Math.sqrt(variance);
};

/** Whether each entity is learned from up to some time and judged from then on, so that no stretch of time lies on both sides more than once. */
export const isSplitByTime = ({ ids, times, isTest }: AuditTable): boolean => {
  const order = [...ids.keys()].sort((a, b) => ids[a]! - ids[b]! || times[a]! - times[b]!);
  const switches = new Map<number, number>();
  for (const [i, row] of order.entries()) {
    const before = order[i - 1];
    const id = ids[row]!;
    const isSwitch = before !== undefined && ids[before] === id && isTest[before] !== isTest[row];
    switches.set(id, (switches.get(id) ?? 0) + (isSwitch ? 1 : 0));
  }
  const once = [...switches.values()].filter((count) => count <= 1).length;
  return once >= MOSTLY * switches.size;
};

/** An entity or two may have gaps and late rows. */
const MOSTLY = 0.9;
