import { type FlowTable, selectRows } from '../features/flow-table.ts';
import type { Matrix } from '../features/scaler.ts';
import { rocAuc } from './ranking.ts';

/** A single number that separates attacks from benign flows this well is more often a leak than a finding. */
const TOO_GOOD = 0.99;
/** Share of test rows that may be equal to a training row of the same class: flows repeat, resampled rows do so wholesale. */
const MOST_REPEATED = 0.5;
/** How near the mean 0 and the deviation 1 of every column must be, in every class, to have been put there. */
const SCALED_ALIKE = 0.02;

/** A data set ready for training, whoever prepared it. */
export interface PreparedData {
  readonly matrix: Matrix;
  readonly names: readonly string[];
  /** Whether each row is an attack. */
  readonly labels: readonly boolean[];
  /** Whether each row is for testing. */
  readonly isTest: readonly boolean[];
}

const rowKey = ({ width, data }: Matrix, row: number): string => data.subarray(row * width, (row + 1) * width).join();
const separation = (scores: ArrayLike<number>, labels: readonly boolean[]): number => {
  const roc = rocAuc(scores, labels);
  return Math.max(roc, 1 - roc);
};

const columnLeaks = ({ matrix, names, labels }: PreparedData): string[] =>
  names.flatMap((name, k) => {
    const column = Float64Array.from({ length: matrix.count }, (_, row) => matrix.data[row * matrix.width + k]!);
    const roc = separation(column, labels);
    return roc >= TOO_GOOD ? [`${name} alone separates attacks from benign flows (ROC ${roc.toFixed(3)})`] : [];
  });

const isScaledAlone = ({ width, data }: Matrix, rows: readonly number[]): boolean => {
  let isStandard = rows.length > 2;
  for (let k = 0; k < width && isStandard; k++) {
    const mean = rows.reduce((sum, row) => sum + data[row * width + k]!, 0) / rows.length;
    const deviation = Math.sqrt(rows.reduce((sum, row) => sum + (data[row * width + k]! - mean) ** 2, 0) / rows.length);
    const isConstant = deviation < 1e-9;
    isStandard = Math.abs(mean) < SCALED_ALIKE && (isConstant || Math.abs(deviation - 1) < SCALED_ALIKE);
  }
  return isStandard;
};

/** What is wrong with prepared data, as sentences; empty = nothing found, which is no proof. */
export const auditPrepared = (prepared: PreparedData): string[] => {
  const { matrix, labels, isTest } = prepared;
  const rows = Array.from({ length: matrix.count }, (_, row) => row);
  const notes = columnLeaks(prepared);
  if (
    [true, false].every((label) =>
      isScaledAlone(
        matrix,
        rows.filter((row) => labels[row] === label),
      ),
    )
  )
    notes.push('each class was scaled by itself: a flow cannot be scaled before its class is known');
  for (const label of [true, false]) {
    const known = new Set(rows.filter((row) => !isTest[row] && labels[row] === label).map((row) => rowKey(matrix, row)));
    const judged = rows.filter((row) => isTest[row] && labels[row] === label);
    const repeated = judged.filter((row) => known.has(rowKey(matrix, row))).length;
    if (judged.length > 0 && repeated / judged.length > MOST_REPEATED)
      notes.push(
        `${repeated} of ${judged.length} test rows that are ${label ? 'attacks' : 'benign'} are also training rows: resampled before the split, or split by row instead of by time`,
      );
  }
  return notes;
};

/** How well a label follows from one key alone, each row judged by the others with the same key. */
const keySeparation = (keys: readonly string[], labels: readonly boolean[]): number => {
  const counts = new Map<string, { all: number; attacks: number }>();
  keys.forEach((key, i) => {
    const count = counts.get(key) ?? { all: 0, attacks: 0 };
    count.all++;
    if (labels[i]) count.attacks++;
    counts.set(key, count);
  });
  const prior = labels.filter(Boolean).length / labels.length;
  const scores = keys.map((key, i) => {
    const { all, attacks } = counts.get(key)!;
    return (attacks - (labels[i] ? 1 : 0) + prior) / all;
  });
  return separation(scores, labels);
};

/** What the labels of a table say about themselves: how far the port, the client or the clock alone would get. Kept with each model. */
export const auditTable = (table: FlowTable): string[] => {
  const labels = table.families.map((family) => family !== '');
  if (!labels.includes(true)) return [];
  const notes: string[] = [];
  const probe = (name: string, keys: readonly string[]): void => {
    const roc = keySeparation(keys, labels);
    if (roc >= 0.9) notes.push(`${name} alone would tell attacks from benign flows (ROC ${roc.toFixed(3)}); it is no input`);
  };
  probe(
    'the service port',
    table.conversations.map(({ port }) => String(port)),
  );
  probe(
    'the client address',
    table.conversations.map(({ client }) => client),
  );
  probe(
    'the minute',
    Array.from(table.startsMs, (startMs) => String(Math.floor(startMs / 60_000))),
  );
  const benign = new Set(
    Array.from(
      selectRows(table, (row) => !labels[row]),
      (row) => rowKey(table.matrix, row),
    ),
  );
  const same = Array.from(selectRows(table, (row) => labels[row]!)).filter((row) => benign.has(rowKey(table.matrix, row))).length;
  if (same > 0) notes.push(`${same} flows of attacks have the same numbers as a benign flow: no detector can tell them apart`);
  return notes;
};
