import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../platform/index.ts';

/** A clock that moves when told to; sleepers wake in order. */
export interface ManualClock extends Clock {
  /** Moves time ahead, waking whoever sleeps until then, one after another, each with time to run. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock alone, as an administrator would. */
  setNow(ms: number): void;
  readonly sleepers: number;
}

/** Turns of the event loop that woken code gets: enough for chains of awaits on things in memory. */
const TURNS = 20;
const settle = async (): Promise<void> => {
  for (let i = 0; i < TURNS; i++) await setImmediate();
};

export const createManualClock = (startMs: number): ManualClock => {
  let wall = startMs;
  let monotonic = 0;
  let sleeping: { wakeMs: number; wake: () => void }[] = [];
  const moveTo = (targetMs: number): void => {
    wall += targetMs - monotonic;
    monotonic = targetMs;
  };
  return {
    nowMs: () => wall,
    monotonicMs: () => monotonic,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = { wakeMs: monotonic + Math.max(0, ms), wake: resolve };
        sleeping.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleeping = sleeping.filter((one) => one !== sleeper);
          resolve();
        });
      }),
    advance: async (ms) => {
      const endMs = monotonic + ms;
      await settle();
      for (;;) {
        const due = sleeping.filter(({ wakeMs }) => wakeMs <= endMs).sort((a, b) => a.wakeMs - b.wakeMs)[0];
        if (!due) break;
        sleeping = sleeping.filter((one) => one !== due);
        moveTo(Math.max(monotonic, due.wakeMs));
        due.wake();
        await settle();
      }
      moveTo(endMs);
      await settle();
    },
    setNow: (ms) => {
      wall = ms;
    },
    get sleepers() {
      return sleeping.length;
    },
  };
};
