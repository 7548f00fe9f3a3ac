import type { Verdict } from './verdict.ts';
import { createWeightCap, DAILY_WEIGHT } from './weight-cap.ts';

const verdict = (by: string, givenSeconds: number, weight = 1): Verdict => ({
  id: 'x',
  word: 'false_alarm',
  workload: { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' },
  fromSeconds: 1,
  toSeconds: 2,
  givenSeconds,
  expiresSeconds: null,
  by,
  source: 'silence',
  weight,
});

describe('createWeightCap', () => {
  it('leaves an identity its daily weight and nothing more, until the next day', () => {
    const cap = createWeightCap();
    const weights = Array.from({ length: DAILY_WEIGHT + 2 }, () => cap.book(verdict('script', 1000)).weight);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(DAILY_WEIGHT);
    expect(weights.at(-1)).toBe(0);
    expect(cap.book(verdict('ann', 1000)).weight).toBe(1);
    expect(cap.book(verdict('script', 90_000)).weight).toBe(1);
  });
});
