import type { EntityEvaluation } from './entity-evaluation.ts';

/** The best event recall that one threshold for all entities reaches within a budget of false alarms: optimistic, for comparison only. */
export interface Oracle {
  /** Undefined where there is no event. */
  readonly recall: number | undefined;
  readonly threshold: number | undefined;
}

/**
 * Candidates are all event peaks, which is exact. False alarms only grow as the threshold falls (started hours are a smallest cover of the alarm times),
 * so the lowest candidate within the budget is the best.
 *
 * @param budget false alarms per entity-day.
 */
export const findOracle = (entities: readonly EntityEvaluation[], budget: number): Oracle => {
  const peaks = entities.flatMap((entity) => [...entity.peaks]);
  if (peaks.length === 0) return { recall: undefined, threshold: undefined };
  const days = entities.reduce((sum, entity) => sum + entity.days, 0);
  const candidates = [...new Set(peaks.filter((peak) => peak > 0))].sort((a, b) => b - a);
  const fits = (threshold: number): boolean => {
    let falseAlarms = 0;
    for (const entity of entities) {
      falseAlarms += entity.falseAlarmsAt(threshold);
      if (falseAlarms > budget * days) return false;
    }
    return true;
  };
  let low = 0;
  let high = candidates.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(candidates[middle]!)) low = middle + 1;
    else high = middle;
  }
  const threshold = candidates[low - 1];
  if (threshold === undefined) return { recall: 0, threshold };
  return { recall: peaks.filter((peak) => peak >= threshold).length / peaks.length, threshold };
};
