import type { PodValues } from '../conventions/index.ts';
import type { DetectorInput } from './detector.ts';
import { loadOf } from './load-factor.ts';
import { explainedFactor } from './load-role.ts';
import { SLOT } from './metric-slots.ts';
import type { PodMemory } from './pod-memory.ts';
import { metricSlot, type WorkloadState } from './workload-state.ts';

/** What a pod's values are compared with, pod by pod and metric by metric (`pod * metrics + metric`). NaN where there is nothing to compare. Reused. */
export interface PodReferences {
  expected: Float64Array;
  /** What the usual relative deviation is taken of: the expected value, or with one sibling the mean of the two, as either may be out. */
  base: Float64Array;
  /** How far the siblings moved since the frame before: pods are scraped at different moments, and an edge reaches some of them a frame earlier. */
  move: Float64Array;
  /** Value less expected value, as far as all references agree. */
  deviation: Float64Array;
  /** Logarithm of the value over that of the siblings. */
  ratio: Float64Array;
  scale: Float64Array;
  /** Per metric: what is added to values before they are divided, so that ratios of next to nothing are ordinary. */
  small: Float64Array;
}

const references: PodReferences = {
  expected: new Float64Array(0),
  base: new Float64Array(0),
  move: new Float64Array(0),
  deviation: new Float64Array(0),
  ratio: new Float64Array(0),
  scale: new Float64Array(0),
  small: new Float64Array(0),
};

/** Part of a metric's level that counts as next to nothing. */
const SMALL_SHARE = 0.05;

const reserve = (pods: number, metrics: number): void => {
  if (references.small.length < metrics) references.small = new Float64Array(2 * metrics);
  if (references.expected.length >= pods * metrics) return;
  for (const key of ['expected', 'base', 'move', 'deviation', 'ratio', 'scale'] as const)
    references[key] = new Float64Array(2 * pods * metrics);
};

let column = new Float64Array(64);

/** Median of the sorted values without the one at `rank`. */
const medianWithout = (sorted: Float64Array, count: number, rank: number): number => {
  const left = count - 1;
  const pick = (i: number): number => sorted[i < rank ? i : i + 1]!;
  const middle = left >> 1;
  return left % 2 === 1 ? pick(middle) : (pick(middle - 1) + pick(middle)) / 2;
};

const medianOf = (sorted: Float64Array, count: number): number => {
  const middle = count >> 1;
  return count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

let moves = new Float64Array(64);

const moveOf = (pods: readonly PodValues[], memories: readonly PodMemory[], column: number, metric: number, p: number): number =>
  Math.abs(pods[p]!.values[column]! - memories[p]!.last[metric]!);

/** Median over the settled pods of how far each moved since the frame before; 0 where nobody knows. */
const medianMove = (
  pods: readonly PodValues[],
  memories: readonly PodMemory[],
  settled: readonly boolean[],
  column: number,
  metric: number,
): number => {
  if (moves.length < pods.length) moves = new Float64Array(2 * pods.length);
  let count = 0;
  for (let p = 0; p < pods.length; p++) {
    const move = settled[p]! ? moveOf(pods, memories, column, metric, p) : Number.NaN;
    if (!Number.isNaN(move)) moves[count++] = move;
  }
  return count === 0 ? 0 : medianOf(moves.subarray(0, count).sort(), count);
};

/** Where there are two, that of the other one. */
const moveOfOther = (
  pods: readonly PodValues[],
  memories: readonly PodMemory[],
  settled: readonly boolean[],
  column: number,
  metric: number,
  pod: number,
): number => {
  for (let p = 0; p < pods.length; p++) if (p !== pod && settled[p]!) return moveOf(pods, memories, column, metric, p) || 0;
  return 0;
};

/**
 * Each pod's expected values: what its siblings show now, times its habit. Where there is one sibling, nobody can tell which of the two went astray,
 * so a pod deviates only as far as it also left what the workload's own past lets expect.
 */
export const referencesOf = (
  { frame, state, analysis }: DetectorInput,
  memories: readonly PodMemory[],
  settled: readonly boolean[],
): PodReferences => {
  const pods = frame.pods!;
  const metrics = state.metrics.length;
  reserve(pods.length, metrics);
  if (column.length < pods.length) column = new Float64Array(2 * pods.length);
  for (let m = 0; m < metrics; m++) {
    const metric = state.metrics[m]!;
    const level = Math.max(0, state.doubles[metricSlot(state, m) + SLOT.level]!);
    const small = metric.floor.absolute + SMALL_SHARE * level + 1e-9;
    references.small[m] = small;
    let count = 0;
    for (let p = 0; p < pods.length; p++) {
      const x = pods[p]!.values[state.columns[m]!]!;
      if (Number.isFinite(x) && settled[p]!) column[count++] = x;
    }
    const sorted = column.subarray(0, count).sort();
    const moved = medianMove(pods, memories, settled, state.columns[m]!, m);
    for (let p = 0; p < pods.length; p++) {
      const at = p * metrics + m;
      const x = pods[p]!.values[state.columns[m]!]!;
      references.expected[at] = Number.NaN;
      const others = settled[p]! ? count - 1 : count;
      if (!Number.isFinite(x) || others < 1) continue;
      const siblings = Math.max(0, settled[p]! ? medianWithout(sorted, count, sorted.indexOf(x)) : medianOf(sorted, count));
      const memory = memories[p]!;
      const ratio = Math.log((Math.max(0, x) + small) / (siblings + small));
      const habit = memory.samples[m] === 0 ? ratio : memory.habit[m]!;
      const expected = Math.max(0, (siblings + small) * Math.exp(habit) - small);
      let deviation = x - expected;
      references.ratio[at] = ratio;
      references.expected[at] = expected;
      references.move[at] = others === 1 && settled[p]! ? moveOfOther(pods, memories, settled, state.columns[m]!, m, p) : moved;
      references.base[at] = others === 1 ? Math.max(expected, (x + siblings) / 2) : expected;
      if (others === 1 && analysis.ready && analysis.residuals[m]!.ready) {
        const usual = analysis.residuals[m]!.expected[0]! * explainedFactor(metric.load, analysis.load);
        const share = (2 * Math.exp(habit)) / (1 + Math.exp(habit));
        const own = x - usual * share;
        deviation = own * deviation <= 0 ? 0 : Math.abs(own) < Math.abs(deviation) ? own : deviation;
      }
      references.deviation[at] = deviation;
    }
  }
  return references;
};

const witnesses = new Float64Array(64);

/** The factor by which a pod's traffic left its expected values together: it got another share of the demand. */
export const podLoad = (state: WorkloadState, values: Float64Array, refs: PodReferences, pod: number): number => {
  const metrics = state.metrics.length;
  let count = 0;
  for (let m = 0; m < metrics && count < witnesses.length; m++) {
    const expected = refs.expected[pod * metrics + m]!;
    const x = values[state.columns[m]!]!;
    if (state.metrics[m]!.load !== 'measures' || Number.isNaN(expected) || !Number.isFinite(x)) continue;
    witnesses[count++] = (Math.max(0, x) + refs.small[m]!) / (expected + refs.small[m]!);
  }
  return loadOf(witnesses.subarray(0, count));
};
