import { describe, expect, it } from '@jest/globals';
import { aLayout } from '../../testing/score-builders.ts';
import { createScoreHistory } from './score-history.ts';

const create = (over: Partial<Parameters<typeof createScoreHistory>[0]> = {}) =>
  createScoreHistory({ scoreSlots: 4, valueSlots: 2, maxBytes: 1_000_000, ...over });

describe('createScoreHistory', () => {
  it('keeps the newest instants and forgets older ones', () => {
    const history = create();
    const one = history.add();
    for (let t = 1; t <= 6; t++) {
      history.openInstant(t);
      history.write(one, t / 10, undefined);
    }
    expect(history.points(one, 0, 10).map(({ timeMs }) => timeMs)).toEqual([3, 4, 5, 6]);
    expect(history.points(one, 4, 5).map(({ score }) => Math.round(score * 10))).toEqual([4, 5]);
    expect(history.oldestMs).toBe(3);
  });

  it('shows a gap where a workload had no score at an instant, also when the slot is used again', () => {
    const history = create();
    const one = history.add();
    for (let t = 1; t <= 6; t++) {
      history.openInstant(t);
      if (t !== 5) history.write(one, 1, undefined);
    }
    expect(history.points(one, 0, 10).map(({ timeMs }) => timeMs)).toEqual([3, 4, 6]);
  });

  it('keeps the reason of a not-ready instant', () => {
    const history = create();
    const one = history.add();
    history.openInstant(1);
    history.write(one, Number.NaN, 'stale_data');
    expect(history.points(one, 0, 10)).toEqual([{ timeMs: 1, score: Number.NaN, reason: 'stale_data' }]);
  });

  it('never lifts a score over the boundary by rounding', () => {
    const history = create();
    const one = history.add();
    history.openInstant(1);
    history.write(one, 0.999, undefined);
    history.openInstant(2);
    history.write(one, 1, undefined);
    expect(history.points(one, 0, 10).map(({ score }) => score >= 1)).toEqual([false, true]);
  });

  it('gives the highest score of the last instants, reasons left out', () => {
    const history = create();
    const one = history.add();
    [3, 0.5, Number.NaN, 0.7].forEach((score, i) => {
      history.openInstant(i + 1);
      history.write(one, score, Number.isNaN(score) ? 'no_data' : undefined);
    });
    expect(history.peakSince(one, 2)).toBeCloseTo(0.7);
    expect(history.peakSince(one, 1)).toBe(3);
    expect(history.peakSince(one, 5)).toBeNaN();
  });

  it('keeps metric values by name, with gaps, over a shorter time', () => {
    const history = create();
    const one = history.add();
    const layout = aLayout('cpu', 'memory');
    for (let t = 1; t <= 3; t++) {
      history.openInstant(t);
      if (t !== 2) history.writeValues(one, layout, Float64Array.of(t, 10 * t));
    }
    expect(history.values(one, 0, 10).slice(1)).toEqual([
      {
        metric: 'memory',
        unit: 'cores',
        points: [
          [2, Number.NaN],
          [3, 30],
        ],
      },
    ]);
  });

  it('keeps values across layouts with the same columns and drops them when the columns change', () => {
    const history = create();
    const one = history.add();
    history.openInstant(1);
    history.writeValues(one, aLayout('cpu'), Float64Array.of(1));
    history.openInstant(2);
    history.writeValues(one, aLayout('cpu'), Float64Array.of(2));
    expect(history.values(one, 0, 10)[0]?.points).toEqual([
      [1, 1],
      [2, 2],
    ]);
    history.writeValues(one, aLayout('cpu', 'memory'), Float64Array.of(3, 4));
    expect(history.values(one, 0, 10)[0]?.points).toEqual([
      [1, Number.NaN],
      [2, 3],
    ]);
  });

  it('keeps no metric values of a workload beyond the byte limit, and has the bytes back when one is removed', () => {
    const history = create({ maxBytes: 4 * 8 + 2 * 16 + 8 });
    const [one, two] = [history.add(), history.add()];
    history.openInstant(1);
    history.writeValues(one, aLayout('cpu'), Float64Array.of(1));
    history.writeValues(two, aLayout('cpu'), Float64Array.of(1));
    expect(history.values(one, 0, 10)).toHaveLength(1);
    expect(history.values(two, 0, 10)).toHaveLength(0);
    history.remove(one);
    history.remove(two);
    expect(history.bytes).toBe(4 * 8);
  });
});
