import { type Clock, type Logger, StoreError, toBellwetherError } from '../../platform/index.ts';
import type { ReceiverInstruments } from '../receiver-instruments.ts';

export interface LoopDeps {
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  readonly instruments: Pick<ReceiverInstruments, 'cycles' | 'cycleFailures' | 'cycleLastSuccess' | 'cycleInterval' | 'storeFailures'>;
  /** Only the leader works. */
  readonly isOn: () => boolean;
}

/** What a round of work says: `idle` where it tried nothing because all that waits has failed before. */
export type RoundResult = 'idle' | undefined;

/** Does a piece of work again and again. A failure is counted, said once until it is over, and tried again at the next time. */
export const runLoop = async (
  { clock, log, instruments: m, isOn }: LoopDeps,
  { loop, intervalMs }: { readonly loop: string; readonly intervalMs: () => number },
  work: () => Promise<RoundResult>,
  signal: AbortSignal,
): Promise<void> => {
  let failing = false;
  while (!signal.aborted) {
    const startedMs = clock.monotonicMs();
    m.cycleInterval.set({ loop }, intervalMs() / 1000);
    if (isOn()) {
      m.cycles.inc({ loop });
      try {
        if ((await work()) !== 'idle') failing = false;
        m.cycleLastSuccess.set({ loop }, clock.nowMs() / 1000);
      } catch (thrown) {
        const error = toBellwetherError(thrown);
        m.cycleFailures.inc({ loop, reason: error.code });
        if (error instanceof StoreError) m.storeFailures.inc({ reason: error.reason });
        if (!failing && !signal.aborted) log.warn({ err: error, loop }, 'a round failed; it is tried again');
        failing = true;
      }
    }
    await clock.sleep(Math.max(0, intervalMs() - (clock.monotonicMs() - startedMs)), signal);
  }
};
