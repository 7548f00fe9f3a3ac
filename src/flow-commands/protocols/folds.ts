import { type FlowTable, selectRows, splitBlocks, takeRows, without } from '../../flows/index.ts';
import { BellwetherError } from '../../platform/index.ts';

/** Consecutive parts of the benign hour; each in turn is the time that was not used in fitting. */
const PARTS = 3;

/** One way of cutting a recording: some of benign time to learn from, the rest of it and all attack captures to be judged. */
export interface Fold {
  readonly table: FlowTable;
  /** Benign rows to learn from, in order of time. */
  readonly reference: Int32Array;
  /** Benign rows of other time. */
  readonly part: Int32Array;
  /** All rows of the captures with attacks in them. */
  readonly attackCaptures: Int32Array;
}

/** What a fold is judged on. */
export interface FoldTest {
  readonly rows: Int32Array;
  readonly table: FlowTable;
  readonly isAttack: readonly boolean[];
  /** Benign rows of benign time; false for the background of attack captures. */
  readonly isBenignTime: readonly boolean[];
}

/** The captures of a recording by the text of a column: its benign time, and the others. */
export interface Captures {
  readonly benign: string;
  readonly others: readonly string[];
  readonly captureOf: (row: number) => string;
}

/** Benign time is the largest capture without an attack. Throws `invalid_input` where there is none, or nothing else. */
export const findCaptures = (table: FlowTable, textIndex: number): Captures => {
  const captureOf = (row: number): string => table.texts[row]![textIndex]!;
  const counts = new Map<string, { flows: number; attacks: number }>();
  table.families.forEach((family, row) => {
    const count = counts.get(captureOf(row)) ?? { flows: 0, attacks: 0 };
    count.flows++;
    if (family !== '') count.attacks++;
    counts.set(captureOf(row), count);
  });
  const [largest] = [...counts].filter(([, { attacks }]) => attacks === 0).sort(([, a], [, b]) => b.flows - a.flows);
  if (!largest || counts.size < 2)
    throw new BellwetherError('invalid_input', 'the protocols need a capture without attacks, and others; is --capture-column right?');
  return { benign: largest[0], others: [...counts.keys()].filter((name) => name !== largest[0]), captureOf };
};

/** The three folds. */
export const makeFolds = (table: FlowTable, { benign, captureOf }: Captures): Fold[] => {
  const hour = selectRows(table, (row) => captureOf(row) === benign);
  const attackCaptures = selectRows(table, (row) => captureOf(row) !== benign);
  const parts = splitBlocks(hour, PARTS);
  return parts.map((part, k) => ({ table, reference: without(parts, k), part, attackCaptures }));
};

/** Rows to judge, with what they are. */
export const testOf = (table: FlowTable, part: Int32Array, others: Int32Array): FoldTest => {
  const rows = Int32Array.from([...part, ...others]);
  const isAttack = Array.from(rows, (row) => table.families[row] !== '');
  return { rows, table: takeRows(table, rows), isAttack, isBenignTime: isAttack.map((attack, i) => !attack && i < part.length) };
};

/** The family with the most flows: a scan of hundreds of flows would hide how the others fare. */
export const largestFamily = (table: FlowTable): string => {
  const counts = new Map<string, number>();
  for (const family of table.families) if (family !== '') counts.set(family, (counts.get(family) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
};
