import { describe, expect, it } from '@jest/globals';
import { createManualClock } from '../../testing/manual-clock.ts';
import { nextRunMs, runSchedule } from './schedule.ts';

const OPTIONS = { intervalMs: 30_000, offsetMs: 3_000 };

describe('nextRunMs', () => {
  it.each([
    [0, 3_000],
    [3_000, 33_000],
    [32_999, 33_000],
    [33_001, 63_000],
  ])('after %d comes %d', (nowMs, dueMs) => {
    expect(nextRunMs(nowMs, OPTIONS)).toBe(dueMs);
  });
});

describe('runSchedule', () => {
  const start = (takesMs: (run: number) => number, startMs = 1_000) => {
    const clock = createManualClock(startMs);
    const runs: number[] = [];
    let skipped = 0;
    const stop = new AbortController();
    const done = runSchedule(
      clock,
      { ...OPTIONS, onSkipped: (count) => (skipped += count) },
      async () => {
        runs.push(clock.nowMs());
        await clock.sleep(takesMs(runs.length));
      },
      stop.signal,
    );
    return {
      clock,
      runs,
      skipped: () => skipped,
      stop: async () => {
        stop.abort();
        await done;
      },
    };
  };

  it('runs on the clock, whenever it was started', async () => {
    const { clock, runs, stop } = start(() => 0);
    await clock.advance(100_000);
    expect(runs).toEqual([3_000, 33_000, 63_000, 93_000]);
    await stop();
  });

  it('leaves out runs whose time came during a long one, and never overlaps', async () => {
    const { clock, runs, skipped, stop } = start((run) => (run === 1 ? 70_000 : 0));
    await clock.advance(130_000);
    expect(runs).toEqual([3_000, 93_000, 123_000]);
    expect(skipped()).toBe(2);
    await stop();
  });

  it('does not sleep through a clock that was set back', async () => {
    const { clock, runs, stop } = start(() => 0, 10_000_000);
    clock.setNow(1_000);
    await clock.advance(40_000);
    expect(runs.length).toBeGreaterThan(0);
    await stop();
  });

  it('ends when it is told to', async () => {
    const { clock, runs, stop } = start(() => 0);
    await clock.advance(5_000);
    await stop();
    await clock.advance(100_000);
    expect(runs).toHaveLength(1);
  });
});
