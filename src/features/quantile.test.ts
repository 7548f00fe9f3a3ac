import { addBucket, histogramQuantile } from './quantile.ts';

const quantile = (q: number, buckets: readonly (readonly [number, number])[]): number => {
  const bounds: number[] = [];
  const counts: number[] = [];
  for (const [bound, count] of buckets) addBucket(bounds, counts, bound, count);
  return histogramQuantile(q, bounds, counts);
};

describe('histogramQuantile', () => {
  // Expected values are PromQL's definition worked out by hand.
  const cases: readonly [string, number, readonly (readonly [number, number])[], number][] = [
    [
      'interpolates inside a bucket',
      0.5,
      [
        [1, 10],
        [2, 30],
        [Infinity, 40],
      ],
      1.5,
    ],
    [
      'lets the lowest bucket start at 0',
      0.1,
      [
        [1, 10],
        [2, 10],
        [Infinity, 10],
      ],
      0.1,
    ],
    [
      'gives the highest finite bound for the open bucket',
      0.99,
      [
        [1, 10],
        [2, 20],
        [Infinity, 40],
      ],
      2,
    ],
    [
      'does not interpolate below a bound that is not above 0',
      0.1,
      [
        [-1, 10],
        [2, 10],
        [Infinity, 10],
      ],
      -1,
    ],
    [
      'sorts buckets and sums equal bounds',
      0.5,
      [
        [Infinity, 20],
        [2, 15],
        [1, 5],
        [1, 5],
        [Infinity, 20],
        [2, 15],
      ],
      1.5,
    ],
    [
      'lifts a count below the one before',
      0.5,
      [
        [1, 20],
        [2, 10],
        [Infinity, 40],
      ],
      1,
    ],
    [
      'gives nothing without an open bucket',
      0.5,
      [
        [1, 10],
        [2, 30],
      ],
      Number.NaN,
    ],
    [
      'gives nothing where nothing was counted',
      0.5,
      [
        [1, 0],
        [Infinity, 0],
      ],
      Number.NaN,
    ],
    ['gives nothing for a lone open bucket', 0.5, [[Infinity, 10]], Number.NaN],
  ];
  it.each(cases)('%s', (_, q, buckets, expected) => {
    expect(quantile(q, buckets)).toEqual(Number.isNaN(expected) ? expected : expect.closeTo(expected, 12));
  });
});
