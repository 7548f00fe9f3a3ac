import { describe, expect, it } from '@jest/globals';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createDemoClock } from './demo-clock.ts';

const BEHIND_MS = 3_600_000;

describe('createDemoClock', () => {
  it('begins behind, runs fast, and never passes the wall clock', async () => {
    const wall = createManualClock(10_000_000);
    const clock = createDemoClock(wall, { behindMs: BEHIND_MS, speed: 21 });
    expect(clock.nowMs()).toBe(10_000_000 - BEHIND_MS);
    await wall.advance(60_000);
    expect(clock.nowMs()).toBe(10_000_000 - BEHIND_MS + 21 * 60_000);
    expect(clock.caughtUp).toBe(false);
    await wall.advance(120_000);
    expect(clock.caughtUp).toBe(true);
    expect(clock.nowMs()).toBe(wall.nowMs());
    await wall.advance(5000);
    expect(clock.nowMs()).toBe(wall.nowMs());
  });

  it('sleeps by its own time, also across the moment when it catches up', async () => {
    const wall = createManualClock(0);
    const clock = createDemoClock(wall, { behindMs: 20_000, speed: 11 });
    let woken = -1;
    const sleep = clock.sleep(11_000).then(() => {
      woken = wall.nowMs();
    });
    await wall.advance(1000);
    await sleep;
    expect(woken).toBe(1000);
    // 1 s to go at eleven times the speed, then 4 s at wall speed.
    const across = clock.sleep(11_000 + 4000).then(() => {
      woken = wall.nowMs();
    });
    await wall.advance(4999 - 1000 + 1000);
    expect(woken).toBe(1000);
    await wall.advance(10);
    await across;
    expect(woken).toBeGreaterThanOrEqual(6000);
  });

  it('keeps its distance at speed 1', async () => {
    const wall = createManualClock(1_000_000);
    const clock = createDemoClock(wall, { behindMs: 1000, speed: 1 });
    await wall.advance(50_000);
    expect(clock.nowMs()).toBe(wall.nowMs() - 1000);
    expect(clock.caughtUp).toBe(false);
  });
});
