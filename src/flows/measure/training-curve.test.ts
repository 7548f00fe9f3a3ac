import { describe, expect, it } from '@jest/globals';
import { isCurvePoint, spread } from './training-curve.ts';

describe('isCurvePoint', () => {
  it.each([
    [1500, [0, 150, 300, 450, 600, 750, 900, 1050, 1200, 1350, 1500]],
    [3, [0, 1, 2, 3]],
    [0, [0]],
  ])('of %i steps picks the first, the last and some between', (steps, wanted) => {
    expect(Array.from({ length: steps + 1 }, (_, step) => step).filter((step) => isCurvePoint(step, steps))).toEqual(wanted);
  });
});

describe('spread', () => {
  it('takes from the whole list, and some twice of a short one', () => {
    expect(spread([1, 2, 3, 4, 5, 6], 3)).toEqual([1, 3, 5]);
    expect(spread([1, 2], 4)).toEqual([1, 1, 2, 2]);
  });
});
