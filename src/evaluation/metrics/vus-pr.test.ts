import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { vusPr } from './vus-pr.ts';

/** The definition with plain loops: per threshold and buffer, everything is counted anew. */
const byDefinition = (labels: readonly number[], scores: readonly number[], window: number, thresholds: number): number => {
  const n = labels.length;
  const sorted = [...scores].sort((a, b) => b - a);
  const levels = Array.from(
    { length: thresholds },
    (_, k) => sorted[k === thresholds - 1 ? n - 1 : Math.floor((k * (n - 1)) / (thresholds - 1))]!,
  );
  const positives = labels.reduce((a, b) => a + b, 0);
  const events: [number, number][] = [];
  labels.forEach((label, i) => {
    if (label && labels[i - 1]) events.at(-1)![1] = i;
    else if (label) events.push([i, i]);
  });
  let total = 0;
  for (let length = 0; length <= window; length++) {
    const half = Math.floor(length / 2);
    const soft = labels.map((label, i) => {
      const shoulders = events.map(([s, e]) => {
        const distance = i < s ? s - i : i > e ? i - e : 0;
        return distance > 0 && distance <= half ? Math.sqrt(1 - distance / length) : 0;
      });
      return Math.min(
        1,
        shoulders.reduce((a, b) => a + b, label),
      );
    });
    const wide: [number, number][] = [];
    for (const [s, e] of events) {
      const last = wide.at(-1);
      if (last && last[1] >= s - half) last[1] = e + half;
      else wide.push([s - half, e + half]);
    }
    let area = 0;
    let recall = 0;
    for (const level of levels) {
      const hit = scores.map((score) => score >= level);
      const sum = (of: (i: number) => number): number => labels.reduce((all, _, i) => all + of(i), 0);
      const truePositives = sum((i) => (hit[i] ? soft[i]! : 0));
      const labelled = sum((i) => (labels[i] ? 1 : hit[i] ? soft[i]! : 0));
      const touched = wide.filter(([a, b]) => hit.some((h, i) => h && i >= a && i <= b)).length / wide.length;
      const next = Math.min(truePositives / ((positives + labelled) / 2), 1) * touched;
      area += (next - recall) * (truePositives / hit.filter(Boolean).length);
      recall = next;
    }
    total += area;
  }
  return total / (window + 1);
};

const fast = (labels: readonly number[], scores: readonly number[], window: number, thresholds?: number) =>
  vusPr(Uint8Array.from(labels), Float64Array.from(scores), window, thresholds);

describe('vusPr', () => {
  it('is undefined without an event', () => expect(fast([0, 0, 0], [1, 2, 3], 4)).toBeUndefined());

  it('is 1 for scores that are the labels, without buffers', () => expect(fast([0, 0, 1, 1, 0], [0, 0, 1, 1, 0], 0)).toBeCloseTo(1, 12));

  // Thresholds 4, 3, 2, 1 give precision 0, 1/2, 1/3, 2/4 and recall 0, 1/2 x 1/2 (one of two events touched), 1/4, 1:
  // 1/4 x 1/2 + 3/4 x 1/2 = 1/2.
  it('equals a value worked out by hand', () => expect(fast([0, 1, 0, 1], [4, 3, 2, 1], 0, 4)).toBeCloseTo(0.5, 12));

  // One event of one sample, buffer 2: shoulders of sqrt(1/2) at both sides; scores fall from left to right.
  // Buffers 0 and 1 have no shoulder: recall 1 at the second threshold, precision 1/2. Buffer 2: h = sqrt(1/2),
  // thresholds catch h, h+1, 2h+1 of 1, 2, 3 samples, labelled 1+h, 1+h, 1+2h.
  it('widens labels by soft shoulders', () => {
    const h = Math.SQRT1_2;
    const r1 = h / ((2 + h) / 2);
    const r2 = Math.min((1 + h) / ((2 + h) / 2), 1);
    const wide = r1 * h + (r2 - r1) * ((1 + h) / 2) + (1 - r2) * ((1 + 2 * h) / 3);
    expect(fast([0, 1, 0], [3, 2, 1], 2, 3)).toBeCloseTo((0.5 + 0.5 + wide) / 3, 12);
  });

  it('equals its definition for any labels, scores with ties, windows and thresholds', () => {
    const sample = fc.record({
      label: fc.integer({ min: 0, max: 3 }).map((x) => (x === 3 ? 1 : 0)),
      score: fc.integer({ min: 0, max: 12 }),
    });
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 2, maxLength: 60 }),
        fc.nat(12),
        fc.constantFrom(2, 5, 20, 250),
        (rows, window, thresholds) => {
          const labels = rows.map(({ label }) => label);
          const scores = rows.map(({ score }) => score / 4);
          fc.pre(labels.includes(1));
          expect(fast(labels, scores, window, thresholds)).toBeCloseTo(byDefinition(labels, scores, window, thresholds), 10);
        },
      ),
    );
  });
});
