import { adjustmentOf, EXPECTED_SECONDS, HALF_LIFE_SECONDS, strengthAt } from './adjustment.ts';
import type { Verdict } from './verdict.ts';

const verdict = (over: Partial<Verdict> = {}): Verdict => ({
  id: 'v1',
  word: 'false_alarm',
  workload: { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' },
  fromSeconds: 1000,
  toSeconds: 1600,
  givenSeconds: 2000,
  expiresSeconds: null,
  by: 'ann',
  source: 'form',
  weight: 1,
  ...over,
});

describe('adjustmentOf', () => {
  it.each([
    ['false_alarm', 'widen'],
    ['expected', 'mute'],
    ['confirmed', 'protect'],
    ['missed', 'lower'],
    ['new_trend', 'recentre'],
  ] as const)('makes %s a %s', (word, kind) => {
    expect(adjustmentOf(verdict({ word }))).toMatchObject({ id: 'v1', kind, weight: 1, key: { workload: 'cart' } });
  });

  it('lets expected end after a week where nobody said when', () => {
    expect(adjustmentOf(verdict({ word: 'expected' })).untilSeconds).toBe(2000 + EXPECTED_SECONDS);
    expect(adjustmentOf(verdict({ word: 'expected', expiresSeconds: 2500 })).untilSeconds).toBe(2500);
    expect(adjustmentOf(verdict()).untilSeconds).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('strengthAt', () => {
  it('halves a false alarm every 14 days and forgets it after two months', () => {
    const adjustment = adjustmentOf(verdict());
    expect(strengthAt(adjustment, 2000)).toBe(1);
    expect(strengthAt(adjustment, 2000 + HALF_LIFE_SECONDS)).toBeCloseTo(0.5);
    expect(strengthAt(adjustment, 2000 + 5 * HALF_LIFE_SECONDS)).toBe(0);
  });

  it('keeps what was confirmed and what is expected in full, the latter until it expires', () => {
    expect(strengthAt(adjustmentOf(verdict({ word: 'confirmed' })), 2000 + 10 * HALF_LIFE_SECONDS)).toBe(1);
    const expected = adjustmentOf(verdict({ word: 'expected', expiresSeconds: 9000 }));
    expect(strengthAt(expected, 8999)).toBe(1);
    expect(strengthAt(expected, 9000)).toBe(0);
  });
});
