import type { Unit } from './entity.ts';
import type { Plan, PlanFormula } from './plan.ts';
import { addBucket, histogramQuantile } from './quantile.ts';
import type { SeriesTable } from './series-table.ts';

/** Works out the features of one pod, node or entity at an instant; the answer stays in `value` and `fresh` until the next call. */
export interface UnitValues {
  /** Per catalogue feature; NaN = no value. Only the asked features are written. */
  readonly value: Float64Array;
  /** 1 where at least one series behind the value has a sample of this very instant. */
  readonly fresh: Uint8Array;
  evaluate(unit: Unit, features: Int32Array, atMs: number, tick: number): void;
}

/**
 * A series without a sample of this instant counts with its last value for one and a half steps: scrapes shift by some
 * seconds against the instants, and without it the sum over the containers of a pod, or the median over pods, would drop
 * for one instant whenever one of them is a moment late. A feature none of whose series has a new sample has no value:
 * a repeated number is not a measurement.
 */
export const createUnitValues = (plan: Plan, table: SeriesTable, termSets: readonly (readonly number[])[]): UnitValues => {
  const value = new Float64Array(plan.features.length);
  const fresh = new Uint8Array(plan.features.length);
  const combine = plan.terms.map((term) => term.combine);
  const sums = new Float64Array(plan.terms.length);
  const counts = new Int32Array(plan.terms.length);
  const present = new Uint8Array(plan.terms.length);
  const isNew = new Uint8Array(plan.terms.length);
  const shares = plan.shareLabels.length;
  const used = new Float64Array(shares);
  const limits = new Float64Array(shares);
  const shareNew = new Uint8Array(shares);
  const bounds: number[][] = Array.from({ length: plan.buckets }, () => []);
  const inBucket: number[][] = Array.from({ length: plan.buckets }, () => []);
  const bucketNew = new Uint8Array(plan.buckets);

  const clear = (): void => {
    sums.fill(0);
    counts.fill(0);
    present.fill(0);
    isNew.fill(0);
    used.fill(0);
    limits.fill(0);
    shareNew.fill(0);
    bucketNew.fill(0);
    for (let b = 0; b < bounds.length; b++) {
      bounds[b]!.length = 0;
      inBucket[b]!.length = 0;
    }
  };

  const addToTerm = (term: number, v: number, isFresh: boolean): void => {
    counts[term]!++;
    if (combine[term] === 'max') sums[term] = counts[term] === 1 ? v : Math.max(sums[term]!, v);
    else sums[term]! += v;
    if (isFresh) isNew[term] = 1;
  };

  const addShare = (share: number, slot: number, v: number, isFresh: boolean, atMs: number): void => {
    const limit = table.partner[slot]!;
    if (limit < 0 || !table.holds(limit, atMs, plan.holdMs[table.input[limit]!]!)) return;
    used[share]! += v;
    limits[share]! += table.value[limit]!;
    if (isFresh) shareNew[share] = 1;
  };

  const gather = (unit: Unit, atMs: number, tick: number): void => {
    clear();
    const { slots } = unit;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      if (atMs >= table.endMs[slot]!) continue;
      const input = table.input[slot]!;
      const terms = termSets[table.termSet[slot]!]!;
      for (let t = 0; t < terms.length; t++) present[terms[t]!] = 1;
      if (atMs - table.valueMs[slot]! > plan.holdMs[input]!) continue;
      const v = table.value[slot]!;
      const isFresh = table.freshTick[slot] === tick;
      for (let t = 0; t < terms.length; t++) addToTerm(terms[t]!, v, isFresh);
      if (plan.usageOf[input]! >= 0) addShare(plan.usageOf[input]!, slot, v, isFresh, atMs);
      const bucket = plan.bucketOf[input]!;
      if (bucket >= 0) {
        addBucket(bounds[bucket]!, inBucket[bucket]!, table.aux[slot]!, v);
        if (isFresh) bucketNew[bucket] = 1;
      }
    }
  };

  const termValue = (term: number): number => {
    if (counts[term] === 0) return Number.NaN;
    return combine[term] === 'mean' ? sums[term]! / counts[term]! : sums[term]!;
  };

  const ratio = (formula: PlanFormula & { kind: 'ratio' }): number => {
    const part = formula.part && present[formula.of] === 0 ? 0 : termValue(formula.of);
    const whole = termValue(formula.over);
    return whole > 0 ? part / whole : Number.NaN;
  };

  const complement = (x: number): number => Math.min(1, Math.max(0, 1 - x));

  const work = (formula: PlanFormula): number => {
    switch (formula.kind) {
      case 'value':
        return formula.complement ? complement(termValue(formula.of)) : termValue(formula.of);
      case 'ratio':
        return formula.complement ? complement(ratio(formula)) : ratio(formula);
      case 'share':
        return limits[formula.share]! > 0 ? used[formula.share]! / limits[formula.share]! : Number.NaN;
      case 'quantile':
        return histogramQuantile(formula.q, bounds[formula.bucket]!, inBucket[formula.bucket]!);
    }
  };

  const isFreshFormula = (formula: PlanFormula): boolean => {
    switch (formula.kind) {
      case 'value':
        return isNew[formula.of] === 1;
      case 'ratio':
        return isNew[formula.of] === 1 || isNew[formula.over] === 1;
      case 'share':
        return shareNew[formula.share] === 1;
      case 'quantile':
        return bucketNew[formula.bucket] === 1;
    }
  };

  const isPresent = (formula: PlanFormula): boolean =>
    formula.kind === 'value' ? present[formula.of] === 1 : formula.kind === 'ratio' ? present[formula.over] === 1 : true;

  const evaluate = (unit: Unit, features: Int32Array, atMs: number, tick: number): void => {
    gather(unit, atMs, tick);
    for (let i = 0; i < features.length; i++) {
      const index = features[i]!;
      const { formula, otherwise } = plan.features[index]!;
      const chosen = otherwise !== undefined && !isPresent(formula) ? otherwise : formula;
      const v = work(chosen);
      value[index] = Number.isFinite(v) ? v : Number.NaN;
      fresh[index] = isFreshFormula(chosen) ? 1 : 0;
    }
  };

  return { value, fresh, evaluate };
};
