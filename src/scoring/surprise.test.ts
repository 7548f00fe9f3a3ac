import { BINS, binOf, learnSurprise, sizeAtSurprise, surpriseOf } from './surprise.ts';

describe('binOf', () => {
  it('puts zero, NaN and tiny sizes into the first bin and huge ones into the last', () => {
    expect([0, Number.NaN, 1e-9].map(binOf)).toEqual([0, 0, 0]);
    expect([1e6, 1e300].map(binOf)).toEqual([BINS - 1, BINS - 1]);
  });

  it('is the floor of four times the binary logarithm, from its first bin to its last', () => {
    for (let size = 0.26; size < 800; size *= 1.013) expect(binOf(size)).toBe(Math.floor(4 * Math.log2(size)) + 8);
  });

  it('gives a new bin every quarter octave', () => {
    expect(binOf(2) - binOf(1)).toBe(4);
    expect(binOf(1.2) - binOf(1)).toBe(1);
  });
});

describe('surpriseOf', () => {
  it('equals the prior tail in an empty histogram', () => {
    expect(surpriseOf(new Float32Array(BINS), 0, 0, 3)).toBeCloseTo(1.5 * Math.log10(4), 6);
  });

  it('falls for sizes that the series has shown often', () => {
    const histogram = new Float32Array(BINS);
    let total = 0;
    const before = surpriseOf(histogram, 0, total, 6);
    for (let i = 0; i < 500; i++) total = learnSurprise(histogram, 0, total, i, 6, 1);
    expect(before).toBeGreaterThan(1.6);
    expect(surpriseOf(histogram, 0, total, 6)).toBeLessThan(0.6);
  });

  it('rises with size, whatever was learnt', () => {
    const histogram = new Float32Array(BINS);
    let total = 0;
    for (let i = 0; i < 300; i++) total = learnSurprise(histogram, 0, total, i, (i % 17) / 3, 1);
    const sizes = [0.1, 0.5, 1, 2, 4, 8, 16, 64, 256];
    const surprises = sizes.map((size) => surpriseOf(histogram, 0, total, size));
    expect(surprises).toEqual([...surprises].sort((a, b) => a - b));
  });

  it('forgets: old samples weigh less than new ones', () => {
    const histogram = new Float32Array(BINS);
    let total = learnSurprise(histogram, 0, 0, 1, 6, 1);
    for (let i = 0; i < 20_000; i++) total = learnSurprise(histogram, 0, total, i, 1, 1);
    expect(histogram[binOf(6)]).toBeCloseTo(Math.exp(-1), 2);
  });
});

describe('sizeAtSurprise', () => {
  it('inverts surpriseOf to within a bin', () => {
    const histogram = new Float32Array(BINS);
    let total = 0;
    for (let i = 0; i < 1000; i++) total = learnSurprise(histogram, 0, total, i, (i % 29) / 10, 1);
    const size = sizeAtSurprise(histogram, 0, total, 2.5);
    expect(surpriseOf(histogram, 0, total, size)).toBeGreaterThanOrEqual(2.5);
    expect(surpriseOf(histogram, 0, total, size / 1.2)).toBeLessThan(2.5);
  });
});
