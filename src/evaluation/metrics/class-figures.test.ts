import { describe, expect, it } from '@jest/globals';
import { classify, rocAuc } from './class-figures.ts';

describe('classify', () => {
  it('counts by class, and takes means over classes', () => {
    // Of 6 normal rows one is called abnormal; of 4 abnormal ones three are found.
    const truth = Uint8Array.from([0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    const given = Uint8Array.from([1, 0, 0, 0, 0, 0, 1, 1, 1, 0]);
    const figures = classify(['normal', 'abnormal'], truth, given, Float64Array.from(given));
    expect(figures.confusion).toEqual([
      [5, 1],
      [1, 3],
    ]);
    expect(figures.accuracy).toBeCloseTo(0.8, 12);
    expect(figures.classes[0]).toMatchObject({ precision: 5 / 6, recall: 5 / 6, rows: 6 });
    expect(figures.classes[1]).toMatchObject({ precision: 3 / 4, recall: 3 / 4, f1: 3 / 4 });
    expect(figures.macro.f1).toBeCloseTo((5 / 6 + 3 / 4) / 2, 12);
  });

  it('gives a class that is never named precision 0 in the mean, and leaves classes without rows out', () => {
    const figures = classify(['normal', 'a', 'b'], Uint8Array.from([0, 0, 1]), Uint8Array.from([0, 0, 0]), new Float64Array(3));
    expect(figures.macro.precision).toBeCloseTo(1 / 3, 12);
    expect(figures.macro.recall).toBeCloseTo(1 / 2, 12);
    expect(figures.classes[2]!.recall).toBeUndefined();
  });
});

describe('rocAuc', () => {
  it('is the share of pairs in the right order, ties half', () => {
    // Pairs (.5 over .1), (.5 = .5), (.9 over .1), (.9 over .5): 3.5 of 4.
    expect(rocAuc(Uint8Array.from([0, 0, 1, 1]), Float64Array.from([0.1, 0.5, 0.5, 0.9]))).toBeCloseTo(3.5 / 4, 12);
  });

  it('is undefined where one kind is missing', () => {
    expect(rocAuc(Uint8Array.from([0, 0]), Float64Array.from([1, 2]))).toBeUndefined();
  });
});
