import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../platform/index.ts';

/** Lets timers and requests run in the middle of long work. */
export interface Pacer {
  /** Returns at once while the current stretch of work is short; otherwise after everything that waits has had its turn. */
  breathe(): Promise<void>;
}

/** Well below the 50 ms after which a probe or a page would be felt to hang. */
const STRETCH_MS = 20;

export const createPacer = (clock: Pick<Clock, 'monotonicMs'>, stretchMs = STRETCH_MS): Pacer => {
  let sinceMs = clock.monotonicMs();
  return {
    breathe: async () => {
      if (clock.monotonicMs() - sinceMs < stretchMs) return;
      await setImmediate();
      sinceMs = clock.monotonicMs();
    },
  };
};
