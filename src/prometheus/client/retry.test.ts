import { BellwetherError, type ErrorCode } from '../../platform/index.ts';
import { createSkippingClock } from '../../testing/skipping-clock.ts';
import { createRetrier } from './retry.ts';
import { UpstreamError } from './upstream-error.ts';

const setup = (over: { retries?: number; random?: () => number } = {}) => {
  const clock = createSkippingClock(0);
  const retried: ErrorCode[] = [];
  const retrier = createRetrier({ clock, random: () => 0.5, retries: 2, onRetry: (code) => retried.push(code), ...over });
  return { clock, retrier, retried };
};

/** Fails with each error in turn, then gives 'done'. */
const failing = (...errors: readonly Error[]) => {
  const left = [...errors];
  const timeouts: number[] = [];
  const attempt = async (timeoutMs: number): Promise<string> => {
    timeouts.push(timeoutMs);
    const error = left.shift();
    if (error !== undefined) throw error;
    return 'done';
  };
  return { attempt, timeouts };
};
const unavailable = new BellwetherError('upstream_unavailable', 'down');

describe('createRetrier', () => {
  it('tries again after errors that may pass, later and later, with the time that is left', async () => {
    const { retrier, clock, retried } = setup();
    const { attempt, timeouts } = failing(unavailable, new BellwetherError('corrupt_response', 'bad'));
    await expect(retrier.run(attempt, 10_000)).resolves.toBe('done');
    expect(clock.sleeps).toEqual([100, 200]);
    expect(timeouts).toEqual([10_000, 9_900, 9_700]);
    expect(retried).toEqual(['upstream_unavailable', 'corrupt_response']);
  });

  it('gives up after its number of retries', async () => {
    const { retrier } = setup();
    const { attempt, timeouts } = failing(unavailable, unavailable, unavailable, unavailable);
    await expect(retrier.run(attempt, 1e6)).rejects.toBe(unavailable);
    expect(timeouts).toHaveLength(3);
  });

  it.each(['upstream_refused', 'limit_exceeded', 'upstream_unsupported', 'cancelled'] as const)(
    'does not try again after %s',
    async (code) => {
      const { retrier, clock } = setup();
      await expect(retrier.run(failing(new BellwetherError(code, 'no')).attempt, 1e6)).rejects.toMatchObject({ code });
      expect(clock.sleeps).toEqual([]);
    },
  );

  it('waits as long as the server asks, unless that is beyond the deadline', async () => {
    const { retrier, clock } = setup();
    const busy = new UpstreamError('upstream_unavailable', 'busy', 429, 3000);
    await expect(retrier.run(failing(busy).attempt, 10_000)).resolves.toBe('done');
    expect(clock.sleeps).toEqual([3000]);
    await expect(retrier.run(failing(busy).attempt, clock.monotonicMs() + 2000)).rejects.toBe(busy);
  });

  it('spends a budget that many calls share and successes fill again', async () => {
    const { retrier, retried } = setup({ retries: 1 });
    for (let i = 0; i < 20; i++) await retrier.run(failing(unavailable, unavailable).attempt, 1e9).catch(() => undefined);
    expect(retried).toHaveLength(10);
    for (let i = 0; i < 10; i++) await retrier.run(failing().attempt, 1e9);
    await expect(retrier.run(failing(unavailable).attempt, 1e9)).resolves.toBe('done');
  });

  it('ends with timeout or cancelled before it begins another attempt', async () => {
    const { retrier } = setup();
    await expect(retrier.run(failing().attempt, 0)).rejects.toMatchObject({ code: 'timeout' });
    await expect(retrier.run(failing().attempt, 1, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  });
});
