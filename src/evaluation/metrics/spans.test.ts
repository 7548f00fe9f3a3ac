import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countStartedHours, maskOf, subtractSpans } from './spans.ts';

describe('maskOf', () => {
  it('takes the start in and leaves the end out', () =>
    expect([
      ...maskOf(Float64Array.of(0, 1, 2, 3, 4), [
        { from: 1, to: 3 },
        { from: 4, to: 4 },
      ]),
    ]).toEqual([0, 1, 1, 0, 0]));
});

describe('countStartedHours', () => {
  it('opens a new hour 3600 s after the first alarm of the last one', () => expect(countStartedHours([0, 60, 3599, 3600, 9000])).toBe(3));

  it('only grows with more alarms, on which the search for an oracle threshold rests', () => {
    const times = fc.array(fc.nat(50_000), { maxLength: 40 });
    fc.assert(
      fc.property(times, times, (a, b) => {
        const sorted = (list: number[]): number[] => [...list].sort((x, y) => x - y);
        return countStartedHours(sorted([...a, ...b])) >= countStartedHours(sorted(a));
      }),
    );
  });
});

describe('subtractSpans', () => {
  it.each([
    ['leaves a span that is far enough', { from: 1000, to: 2000 }, [{ from: 0, to: 600 }], [{ from: 1000, to: 2000 }]],
    [
      'cuts the middle out with the pad',
      { from: 0, to: 2000 },
      [{ from: 900, to: 1000 }],
      [
        { from: 0, to: 600 },
        { from: 1300, to: 2000 },
      ],
    ],
    ['leaves nothing of a covered span', { from: 500, to: 600 }, [{ from: 400, to: 700 }], []],
    ['cuts at the front', { from: 500, to: 2000 }, [{ from: 400, to: 700 }], [{ from: 1000, to: 2000 }]],
  ])('%s', (_, span, others, left) => expect(subtractSpans(span, others, 300)).toEqual(left));
});
