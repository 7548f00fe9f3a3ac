import fc from 'fast-check';
import { nearness, octaves, similarity, unlike } from './similarity.ts';

describe('octaves', () => {
  it('is 0 inside the noise and grows by one per doubling beyond it', () => {
    expect([1, 2, 4, 8, -16].map(octaves)).toEqual([0, 0, 1, 2, -3]);
  });
});

describe('unlike', () => {
  it('grants less of the same more readily than more of it, and nothing on the other side', () => {
    expect(unlike(3.5, 3)).toBe(0);
    expect(unlike(4, 3)).toBeCloseTo(0.4);
    expect(unlike(2, 3)).toBe(0);
    expect(unlike(-3, 3)).toBeGreaterThan(4);
    expect(unlike(2, 0)).toBe(2);
    expect(unlike(0, 1)).toBe(1);
  });
});

describe('similarity', () => {
  const batch = [3, 2.5, 2, 0, 0];

  it('is 1 for the same window, scaled a little or not', () => {
    expect(similarity(batch, batch)).toBe(1);
    expect(similarity([3.4, 2.8, 1.5, 0, 0], batch)).toBe(1);
  });

  it('is small where only a part of the known window shows, or more than it', () => {
    expect(similarity([3, 0, 0, 0, 0], batch)).toBeLessThan(0.5);
    expect(similarity([3, 2.5, 2, 4, 4], batch)).toBeLessThan(0.4);
    expect(similarity([0, 0, 0, 0, 0], batch)).toBeLessThan(0.5);
  });

  it('can be asked about some dimensions alone', () => {
    expect(similarity([3, 0, 0, 0, 9], batch, (dimension) => dimension === 0)).toBe(1);
  });

  it('lies between 0 and 1, and is never below nearness', () => {
    const vector = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const alike = similarity(a, b);
        expect(alike).toBeGreaterThanOrEqual(0);
        expect(alike).toBeLessThanOrEqual(1);
        expect(nearness(a, b)).toBeLessThanOrEqual(alike + 1e-12);
      }),
    );
  });
});
