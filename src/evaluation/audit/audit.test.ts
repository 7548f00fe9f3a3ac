import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../platform/index.ts';
import { audit, formatVerdict } from './audit.ts';
import type { AuditTable } from './audit-table.ts';

const COLUMNS = ['busy', 'memory', 'errors', 'latency'];
const ENTITIES = 3;
const MINUTES = 800;

/** Three entities whose faults, at times of their own, move two of four noisy metrics; the later half judges. */
const cleanTable = (seed = 1): AuditTable => {
  const random = seededRandom(seed);
  const noise = (): number => random() + random() + random() - 1.5;
  const rows: { time: number; id: number; label: number; values: number[] }[] = [];
  for (let id = 0; id < ENTITIES; id++) {
    const faults = Array.from({ length: 8 }, (_, i) => Math.floor(100 * i + 60 * random()));
    const last = COLUMNS.map(() => 0);
    for (let minute = 0; minute < MINUTES; minute++) {
      const label = faults.some((start) => minute >= start && minute < start + 12) ? 1 : 0;
      const values = COLUMNS.map((_, c) => {
        last[c] = 0.7 * last[c]! + noise();
        return last[c]! + (label && c < 2 ? 2 : 0);
      });
      rows.push({ time: 60 * minute, id, label, values });
    }
  }
  return tableOf(rows, ({ time }) => time >= 30 * MINUTES);
};

interface Row {
  readonly time: number;
  readonly id: number;
  readonly label: number;
  readonly values: readonly number[];
}

const tableOf = (rows: readonly Row[], isTest: (row: Row, i: number) => boolean, columns: readonly string[] = COLUMNS): AuditTable => ({
  columns,
  values: Float64Array.from(rows.flatMap(({ values }) => values)),
  times: Float64Array.from(rows, ({ time }) => time),
  ids: Int32Array.from(rows, ({ id }) => id),
  labels: Int32Array.from(rows, ({ label }) => label),
  isTest: Uint8Array.from(rows, (row, i) => (isTest(row, i) ? 1 : 0)),
});

const rowsIn = ({ columns, values, times, ids, labels }: AuditTable): Row[] =>
  [...times].map((time, i) => ({
    time,
    id: ids[i]!,
    label: labels[i]!,
    values: [...values.subarray(i * columns.length, (i + 1) * columns.length)],
  }));

const clean = cleanTable();
const rows = rowsIn(clean);
const isLater = ({ time }: Row): boolean => time >= 30 * MINUTES;
const withColumn = (name: string, of: (row: Row, i: number) => number): AuditTable =>
  tableOf(
    rows.map((row, i) => ({ ...row, values: [...row.values, of(row, i)] })),
    isLater,
    [...COLUMNS, name],
  );
const checksOf = (table: AuditTable): string[] => audit(table).findings.map(({ check }) => check);

describe('audit', () => {
  it.each([1, 2, 3, 4, 5])('passes a clean set split by time, seed %i', (seed) => {
    expect(audit(cleanTable(seed))).toMatchObject({ isClean: true, findings: [] });
  });

  it('flags a timestamp column', () => {
    expect(checksOf(withColumn('exported_at', ({ time }) => 1.7e9 + time))).toEqual(['time-column']);
  });

  it('flags an id column', () => {
    expect(checksOf(withColumn('pod_hash', ({ id }) => 1000 * (id + 3) ** 2))).toEqual(['id-column']);
  });

  it('flags rows that were doubled before the split', () => {
    const doubled = [...rows, ...rows.filter((_, i) => i % 8 === 0)];
    const random = seededRandom(3);
    expect(checksOf(tableOf(doubled, () => random() < 0.5))).toContain('duplicates');
  });

  it('flags classes that were scaled by themselves', () => {
    const scaled = rows.map((row) => {
      const own = rows.filter(({ label }) => label === row.label);
      return {
        ...row,
        values: row.values.map((x, c) => {
          const mean = own.reduce((sum, { values }) => sum + values[c]!, 0) / own.length;
          const variance = own.reduce((sum, { values }) => sum + (values[c]! - mean) ** 2, 0) / own.length;
          return (x - mean) / Math.sqrt(variance);
        }),
      };
    });
    expect(checksOf(tableOf(scaled, isLater))).toContain('class-scaling');
  });

  it('flags rows that were made between others before the split', () => {
    const rare = rows.filter(({ label }) => label === 1);
    const distance = (a: Row, b: Row): number => Math.hypot(...a.values.map((x, c) => x - b.values[c]!));
    const random = seededRandom(4);
    // Every second pair of a row and its nearest one gets a row between them (SMOTE, Chawla et al., 2002).
    const made = rare.map((row) => {
      const other = rare.filter((each) => each !== row).reduce((a, b) => (distance(row, b) < distance(row, a) ? b : a));
      const share = random();
      return { ...row, values: row.values.map((x, c) => x + share * (other.values[c]! - x)) };
    });
    expect(checksOf(tableOf([...rows, ...made], () => random() < 0.5))).toContain('resampled');
  });

  it('flags rows of one stretch on both sides of the split', () => {
    const random = seededRandom(5);
    expect(checksOf(tableOf(rows, () => random() < 0.5))).toEqual(['time-only']);
  });

  it('flags rows that are recognised by their neighbours, whatever their class means', () => {
    const random = seededRandom(6);
    const last = COLUMNS.map(() => 0);
    const slow = rows.map((row) => ({
      ...row,
      label: Math.floor(row.time / 600) % 2,
      values: COLUMNS.map((_, c) => {
        last[c] = last[c]! + random() - 0.5;
        return last[c]!;
      }),
    }));
    expect(checksOf(tableOf(slow, () => random() < 0.5))).toContain('placebo');
    expect(checksOf(tableOf(slow, isLater))).toEqual([]);
  });

  it('flags an entity that is all fault', () => {
    const always = rows.map((row) => ({ ...row, label: row.id === 0 ? 1 : 0 }));
    expect(checksOf(tableOf(always, isLater))).toContain('id-only');
  });

  it('flags one threshold that does it all', () => {
    expect(checksOf(withColumn('fault_injected', ({ label }) => label + 0.001))).toContain('trivial-rule');
  });

  it('does not take states that repeat by nature for copies', () => {
    const coarse = rows.map((row) => ({ ...row, values: row.values.map(Math.round) }));
    expect(checksOf(tableOf(coarse, isLater))).toEqual([]);
  });

  it('says why it cannot judge', () => {
    const normal = rows.map((row) => ({ ...row, label: isLater(row) ? 0 : row.label }));
    expect(audit(tableOf(normal, isLater)).skipped).toContain('one class');
    expect(audit(tableOf(rows.slice(0, 5), isLater)).skipped).toContain('too few');
  });
});

describe('formatVerdict', () => {
  it('is one line, and one for each finding', () => {
    expect(formatVerdict(audit(clean))).toMatch(/^Leakage audit: nothing found \(\d+ rows against \d+ later ones\)$/);
    expect(formatVerdict(audit(withColumn('t', ({ time }) => time)))).toMatch(/FOUND, .*\n {2}time-column: column t follows the clock/);
  });
});
