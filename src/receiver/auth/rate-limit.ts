import type { Clock } from '../../platform/index.ts';

/** More names than this are forgotten together: an attacker who invents names must not fill the memory. */
const MOST_NAMES = 10_000;

/** A bucket per name that fills at a rate. */
export interface RateLimit {
  /** False where the name has used up what it may. */
  allows(name: string): boolean;
}

export const createRateLimit = (clock: Pick<Clock, 'monotonicMs'>, perSecond: () => number, burst: () => number): RateLimit => {
  const buckets = new Map<string, { level: number; atMs: number }>();
  return {
    allows: (name) => {
      const nowMs = clock.monotonicMs();
      if (buckets.size > MOST_NAMES) buckets.clear();
      const bucket = buckets.get(name) ?? { level: burst(), atMs: nowMs };
      const level = Math.min(burst(), bucket.level + ((nowMs - bucket.atMs) / 1000) * perSecond());
      buckets.set(name, { level: level >= 1 ? level - 1 : level, atMs: nowMs });
      return level >= 1;
    },
  };
};
