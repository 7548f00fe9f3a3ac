import { describe, expect, it } from '@jest/globals';
import { averagePrecision } from './average-precision.ts';

const of = (labels: number[], scores: number[]) => averagePrecision(Uint8Array.from(labels), Float64Array.from(scores));

describe('averagePrecision', () => {
  it('adds precision at every rise of recall', () =>
    expect(of([0, 1, 0, 1], [0.1, 0.9, 0.8, 0.7])).toBeCloseTo(1 / 2 + (1 / 2) * (2 / 3), 12));
  it('takes equal scores together', () => expect(of([1, 0, 0, 1], [1, 1, 1, 1])).toBeCloseTo(0.5, 12));
  it('is undefined without a positive', () => expect(of([0, 0], [1, 2])).toBeUndefined());
});
