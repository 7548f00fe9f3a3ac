import { describe, expect, it } from '@jest/globals';
import { normal } from '../../learning/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { auditPrepared, type PreparedData } from './audit.ts';
import { prAuc, rocAuc } from './ranking.ts';
import { shareOf } from './wilson.ts';

describe('prAuc', () => {
  it('is worked out by steps, ties together', () => {
    expect(prAuc([0.9, 0.8, 0.7, 0.6], [true, false, true, false])).toBeCloseTo(0.5 + 0.5 * (2 / 3), 12);
    expect(prAuc([1, 1, 1, 1], [true, false, false, false])).toBeCloseTo(0.25, 12);
    expect(prAuc([1], [false])).toBeNaN();
  });
});

describe('rocAuc', () => {
  it('counts pairs in the right order, ties half', () => {
    expect(rocAuc([3, 1, 2], [true, false, false])).toBe(1);
    expect(rocAuc([1, 1], [true, false])).toBe(0.5);
    expect(rocAuc([1, 2, 3, 4], [true, false, true, false])).toBe(0.25);
  });
});

describe('shareOf', () => {
  it('has the interval of Wilson', () => {
    // Ten of ten: 10 / (10 + z^2).
    expect(shareOf(10, 10).low).toBeCloseTo(10 / (10 + 1.959964 ** 2), 4);
    expect(shareOf(0, 0)).toMatchObject({ low: 0, high: 1 });
    const { low, high } = shareOf(5, 10);
    expect([low, high].map((x) => x.toFixed(3))).toEqual(['0.237', '0.763']);
  });
});

describe('auditPrepared', () => {
  const random = seededRandom(4);
  const ROWS = 400;
  const clean = (): PreparedData => ({
    matrix: { count: ROWS, width: 3, data: Float64Array.from({ length: 3 * ROWS }, () => normal(random)) },
    names: ['a', 'b', 'c'],
    labels: Array.from({ length: ROWS }, (_, i) => i % 4 === 0),
    isTest: Array.from({ length: ROWS }, (_, i) => i >= ROWS / 2),
  });
  const withColumn = (name: string, value: (row: number, isAttack: boolean) => number): PreparedData => {
    const prepared = clean();
    const { width, data } = prepared.matrix;
    prepared.labels.forEach((isAttack, row) => {
      data[row * width + 1] = value(row, isAttack);
    });
    return { ...prepared, names: ['a', name, 'c'] };
  };

  it('finds nothing in numbers drawn at random', () => {
    expect(auditPrepared(clean())).toEqual([]);
  });

  it.each([
    ['Timestamp', (row: number, isAttack: boolean) => (isAttack ? 1e6 : 0) + row],
    ['Src IP', (_: number, isAttack: boolean) => (isAttack ? 45 : 7)],
    ['Dst Port', (row: number, isAttack: boolean) => (isAttack ? 1880 : 6000 + (row % 7))],
    ['Init Win Bytes', (_: number, isAttack: boolean) => (isAttack ? 64_240 : 65_280)],
  ])('flags a planted %s', (name, value) => {
    expect(auditPrepared(withColumn(name, value))).toEqual([expect.stringContaining(`${name} alone separates`)]);
  });

  it('flags a scaler per class', () => {
    const prepared = clean();
    const { width, data } = prepared.matrix;
    for (const label of [true, false]) {
      const rows = prepared.labels.flatMap((each, row) => (each === label ? [row] : []));
      for (let k = 0; k < width; k++) {
        const mean = rows.reduce((sum, row) => sum + data[row * width + k]!, 0) / rows.length;
        const deviation = Math.sqrt(rows.reduce((sum, row) => sum + (data[row * width + k]! - mean) ** 2, 0) / rows.length);
        for (const row of rows) data[row * width + k] = (data[row * width + k]! - mean) / deviation;
      }
    }
    expect(auditPrepared(prepared)).toEqual([expect.stringContaining('each class was scaled by itself')]);
  });

  it('flags rows that were resampled before the split', () => {
    const prepared = clean();
    const { width, data } = prepared.matrix;
    const attacks = prepared.labels.flatMap((label, row) => (label ? [row] : []));
    for (const row of attacks) data.copyWithin(row * width, attacks[row % 5]! * width, (attacks[row % 5]! + 1) * width);
    expect(auditPrepared(prepared)).toEqual([expect.stringContaining('resampled before the split')]);
  });
});
