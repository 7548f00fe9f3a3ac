import { describe, expect, it } from '@jest/globals';
import { liveThrough } from '../testing/mitigation-history.ts';

// The whole of it is `npm run soak -- mitigation-histories`: 10,000 histories.
const HISTORIES = 60;
const STEPS = 40;

describe('createEngine, generated histories', () => {
  it('never exceeds its budget, acts without a fresh signal, touches a protected namespace or leaves something behind', async () => {
    const sum = { applied: 0, refused: 0, restarts: 0 };
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const { broken, applied, refused, restarts } = await liveThrough(seed, STEPS);
      expect([seed, broken]).toEqual([seed, []]);
      sum.applied += applied;
      sum.refused += refused;
      sum.restarts += restarts;
    }
    // They are about something.
    expect(sum.applied).toBeGreaterThan(HISTORIES);
    expect(sum.refused).toBeGreaterThan(HISTORIES);
    expect(sum.restarts).toBeGreaterThan(HISTORIES);
  });
});
