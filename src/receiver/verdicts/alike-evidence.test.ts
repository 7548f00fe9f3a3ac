import { cosineOf, vectorOf } from './alike-evidence.ts';

type Deviation = readonly [metric: string, observed: number, upper?: number];
const evidence = (...contributors: readonly Deviation[]) => ({
  score: 1.2,
  contributors: contributors.map(([metric, observed, upper = 2]) => ({
    metric,
    detector: 'plateau',
    observed,
    expected: 1,
    lower: 0.5,
    upper,
  })),
});
const vector = (...contributors: readonly Deviation[]) => vectorOf(evidence(...contributors))!;

describe('vectorOf', () => {
  it('counts deviations in widths of their own side of the band', () => {
    expect([...vector(['cpu', 4], ['memory', 0])]).toEqual([
      ['cpu plateau', 3],
      ['memory plateau', -2],
    ]);
  });

  it('says nothing of a single metric, of a band without width, and of what is no explanation', () => {
    expect(vectorOf(evidence(['cpu', 4]))).toBeUndefined();
    expect(vectorOf(evidence(['cpu', 4], ['memory', 3, 1]))).toBeUndefined();
    for (const other of [undefined, null, 'x', {}, { contributors: [null === undefined] }]) expect(vectorOf(other)).toBeUndefined();
  });
});

describe('cosineOf', () => {
  it('is 1 for the same shape, whatever metric comes first', () => {
    expect(cosineOf(vector(['cpu', 4], ['disk', 3]), vector(['disk', 3], ['cpu', 4]))).toBeCloseTo(1, 9);
  });

  it('is small where a metric is missing, another direction negative', () => {
    expect(cosineOf(vector(['cpu', 4], ['disk', 4]), vector(['cpu', 4], ['net', 4]))).toBeCloseTo(0.5, 9);
    expect(cosineOf(vector(['cpu', 4], ['disk', 4]), vector(['cpu', -0.5], ['disk', -0.5]))).toBeCloseTo(-1, 9);
  });

  it('is 0 where one is more than twice as large', () => {
    expect(cosineOf(vector(['cpu', 3], ['disk', 3]), vector(['cpu', 6], ['disk', 6]))).toBe(0);
  });
});
