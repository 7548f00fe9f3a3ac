import { describeWith } from './real-program.ts';
import { FLOOD_PROGRAMS, liveThroughFlood } from './support/mitigation/flood-stage.ts';

// With the end by itself: `npm run soak -- mitigation-flood`.
describeWith([...FLOOD_PROGRAMS], 'a flood against a real nginx', (...programs) => {
  it('raises the score, is limited once somebody approves, lets the alert resolve, and passes again after the limit', async () => {
    const result = await liveThroughFlood(programs, { expires: false });
    expect(result).toMatchObject({ limit: 12, burst: 60, endCause: 'revoked', alertStatus: 'resolved', politeLost: 0 });
    expect(result).toMatchObject({ keptPhase: 'Ended' });
    expect(result.keptRejectedPerSecond).toBeGreaterThan(0);
    expect(result.beforeLimit).toBeGreaterThan(100);
    expect(result.underLimit).toBeLessThanOrEqual(18);
    expect(result.afterEnd).toBeGreaterThan(100);
    // The mask goes on for five minutes after the limit.
    expect(result.maskSeconds).toBeGreaterThan(300);
    expect(result.annotationsAfter).toEqual({
      'team.example.com/owner': 'shop',
      'kubectl.kubernetes.io/last-applied-configuration': expect.any(String),
    });
  });
});
