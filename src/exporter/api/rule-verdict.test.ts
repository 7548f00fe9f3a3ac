import { describe, expect, it } from '@jest/globals';
import type { HistoryPoint } from '../board/score-history.ts';
import { formatScore, ruleVerdict } from './rule-verdict.ts';

const MINUTE_MS = 60_000;
const START_MS = 1_700_000_000_000;
const at = (minute: number): number => START_MS + minute * MINUTE_MS;
/** One score a minute. */
const points = (...scores: readonly number[]): HistoryPoint[] => scores.map((score, i) => ({ timeMs: at(i), score }));
const quiet = (count: number): number[] => new Array<number>(count).fill(0.1);

describe('ruleVerdict', () => {
  const history = points(...quiet(10), 2.345, ...quiet(20));

  it('fires from the first score at the boundary', () => {
    const verdict = ruleVerdict(history, at(12));
    expect(verdict).toMatchObject({ firing: true, peak: { timeMs: at(10), score: 2.345 } });
    expect(verdict.spans).toEqual([{ fromMs: at(10), toMs: at(24) }]);
    expect(verdict.why).toBe('Fires since 2023-11-14T22:23:20Z: the score reached 2.35 at 2023-11-14T22:23:20Z, at or above 1.');
  });

  it('says that the alert is only kept once the window has passed', () => {
    const verdict = ruleVerdict(history, at(20));
    expect(verdict.firing).toBe(true);
    expect(verdict.why).toContain('kept for 10 min');
  });

  it('fires at an instant after the newest score, as the alert would', () => {
    const verdict = ruleVerdict(points(0.1, 3), at(1) + 1500);
    expect(verdict.firing).toBe(true);
    expect(verdict.spans).toEqual([{ fromMs: at(1), toMs: at(1) + 1500 }]);
  });

  it('says how far from the boundary the score was where it does not fire', () => {
    const verdict = ruleVerdict(points(0.2, 0.8, 0.3), at(2));
    expect(verdict).toMatchObject({ firing: false, spans: [], peak: { score: 0.8 } });
    expect(verdict.why).toBe('Does not fire: the highest score of the last 5 min was 0.80 at 2023-11-14T22:14:20Z, below 1.');
  });

  it('says why there was no score', () => {
    const verdict = ruleVerdict([{ timeMs: at(0), score: Number.NaN, reason: 'warming_up' }], at(1));
    expect(verdict.why).toBe('Does not fire: there was no score in the last 5 min (warming_up).');
    expect(ruleVerdict([], at(1)).why).toContain('(no data)');
  });

  it('judges an instant before the score rose by what was known then', () => {
    expect(ruleVerdict(history, at(9)).firing).toBe(false);
  });
});

describe('formatScore', () => {
  it('never shows a score below the boundary as the boundary', () => {
    expect([0.999, 0.994, 1, 2.345].map(formatScore)).toEqual(['0.99', '0.99', '1.00', '2.35']);
  });
});
