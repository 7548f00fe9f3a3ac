import { SLOT } from '../metric-slots.ts';
import { metricSlot, type WorkloadState } from '../workload-state.ts';
import type { Lesson } from './lesson.ts';
import { fromNames, type SignatureShape } from './signature.ts';

/** Deviations of the level from this many octaves on are the trend that is meant: four standard deviations. */
const TREND_FROM = 1;

/** Levels as they were, by metric. */
export type FormerLevels = Readonly<Record<string, number>>;

/** Moves the level of every metric that the lesson's windows show away from it to where the metric is now, and tells where it was. */
export const recentre = (state: WorkloadState, shape: SignatureShape, { windows, metrics }: Lesson): FormerLevels => {
  const signatures = windows.map((window) => fromNames(shape, window));
  const former: Record<string, number> = {};
  for (const [m, { name }] of state.metrics.entries()) {
    if (metrics.length > 0 && !metrics.includes(name)) continue;
    const sizes = signatures.map((signature) => signature[shape.levelOf(m)]!);
    const d = state.doubles;
    const slot = metricSlot(state, m);
    const now = (d[slot + SLOT.lag1]! + d[slot + SLOT.lag2]! + d[slot + SLOT.lag3]!) / 3;
    const side = Math.sign(now - d[slot + SLOT.level]!);
    if (!Number.isFinite(now) || !sizes.some((size) => size * side >= TREND_FROM)) continue;
    former[name] = d[slot + SLOT.level]!;
    d[slot + SLOT.level] = now;
  }
  return former;
};

/** Puts levels back where they were. */
export const restoreLevels = (state: WorkloadState, former: FormerLevels): void => {
  for (const [m, { name }] of state.metrics.entries()) {
    const level = former[name];
    if (level !== undefined) state.doubles[metricSlot(state, m) + SLOT.level] = level;
  }
};
