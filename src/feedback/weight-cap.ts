import type { Verdict } from './verdict.ts';

const DAY = 86_400;
/** Full words that one identity can give per UTC day; who says more is a script or means harm. */
export const DAILY_WEIGHT = 20;

/** Gives the weight a verdict may have after what its author already gave that day. */
export interface WeightCap {
  /** Books the verdict and gives it back with the weight that is left for it, maybe 0. */
  book(verdict: Verdict): Verdict;
}

/** Caps the weight per identity and UTC day (detection 6): Alertmanager knows nobody, so nobody may teach without bounds. */
export const createWeightCap = (): WeightCap => {
  let day = Number.NaN;
  const given = new Map<string, number>();
  return {
    book: (verdict) => {
      const today = Math.floor(verdict.givenSeconds / DAY);
      if (today !== day) {
        given.clear();
        day = today;
      }
      const before = given.get(verdict.by) ?? 0;
      const weight = Math.max(0, Math.min(verdict.weight, DAILY_WEIGHT - before));
      given.set(verdict.by, before + weight);
      return weight === verdict.weight ? verdict : { ...verdict, weight };
    },
  };
};
