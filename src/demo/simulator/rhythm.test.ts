import { describe, expect, it } from '@jest/globals';
import { RHYTHM_SHAPES, rhythmAt } from './rhythm.ts';

const HOUR_MS = 3_600_000;
/** A Monday, midnight UTC. */
const MONDAY_MS = Date.UTC(2026, 0, 5);

describe('rhythmAt', () => {
  it('is busiest in office hours of a working day and quiet at night and on Sunday', () => {
    const office = { shape: 'office', phaseHours: 0, depth: 1 } as const;
    const noon = rhythmAt(office, MONDAY_MS + 10 * HOUR_MS);
    expect(noon).toBeGreaterThan(5 * rhythmAt(office, MONDAY_MS + 3 * HOUR_MS));
    expect(noon).toBeGreaterThan(3 * rhythmAt(office, MONDAY_MS + 6 * 24 * HOUR_MS + 10 * HOUR_MS));
  });

  it('shifts the day by the phase and shrinks the swing by the depth', () => {
    const shifted = rhythmAt({ shape: 'evening', phaseHours: 5, depth: 1 }, MONDAY_MS + 40 * HOUR_MS);
    expect(shifted).toBeCloseTo(rhythmAt({ shape: 'evening', phaseHours: 0, depth: 1 }, MONDAY_MS + 45 * HOUR_MS), 10);
    const half = rhythmAt({ shape: 'evening', phaseHours: 5, depth: 0.5 }, MONDAY_MS + 40 * HOUR_MS);
    expect(half - 1).toBeCloseTo((shifted - 1) / 2, 10);
  });

  it.each(RHYTHM_SHAPES.map((shape) => [shape]))('%s is continuous, positive and about one on average', (shape) => {
    const rhythm = { shape, phaseHours: 1.5, depth: 1 };
    let sum = 0;
    let largestStep = 0;
    let least = Number.POSITIVE_INFINITY;
    let before = rhythmAt(rhythm, MONDAY_MS);
    const steps = 7 * 24 * 60;
    for (let minute = 1; minute <= steps; minute++) {
      const now = rhythmAt(rhythm, MONDAY_MS + minute * 60_000);
      largestStep = Math.max(largestStep, Math.abs(now - before));
      least = Math.min(least, now);
      sum += now;
      before = now;
    }
    expect(largestStep).toBeLessThan(0.03);
    expect(least).toBeGreaterThan(0);
    expect(sum / steps).toBeGreaterThan(0.9);
    expect(sum / steps).toBeLessThan(1.1);
  });
});
