import { BellwetherError, type Clock, type ErrorCode, type Random, toBellwetherError } from '../../platform/index.ts';
import { UpstreamError } from './upstream-error.ts';

// Ten retries in a row, and after that one for every ten successes: in whole tenths of a retry.
const BUDGET = 100;
const RETRY_COST = 10;
const EARNED_PER_SUCCESS = 1;
const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 5_000;

export interface RetryOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly retries: number;
  readonly onRetry: (code: ErrorCode, delayMs: number) => void;
}

export interface Retrier {
  /** Runs `attempt` with the time that is left, again after errors that may pass, while number, budget and `deadlineMs` (monotonic) allow it. */
  run<T>(attempt: (timeoutMs: number) => Promise<T>, deadlineMs: number, signal?: AbortSignal): Promise<T>;
}

/**
 * Bounded retries: exponential delay with full jitter (Brooker, AWS Architecture Blog, 2015), and a budget shared by all calls,
 * so that retries cannot multiply the load on a server that is down (as gRPC's retry throttling does).
 */
export const createRetrier = ({ clock, random, retries, onRetry }: RetryOptions): Retrier => {
  let budget = BUDGET;
  return {
    async run(attempt, deadlineMs, signal) {
      for (let tries = 0; ; tries++) {
        if (signal?.aborted) throw new BellwetherError('cancelled', 'read cancelled', signal.reason);
        const left = deadlineMs - clock.monotonicMs();
        if (left <= 0) throw new BellwetherError('timeout', 'no time left for the read');
        try {
          const result = await attempt(left);
          budget = Math.min(BUDGET, budget + EARNED_PER_SUCCESS);
          return result;
        } catch (thrown) {
          const error = toBellwetherError(thrown);
          const delayMs = delayOf(error, tries, random);
          const inTime = clock.monotonicMs() + delayMs < deadlineMs;
          if (!error.retryable || tries >= retries || budget < RETRY_COST || !inTime) throw error;
          budget -= RETRY_COST;
          onRetry(error.code, delayMs);
          await clock.sleep(delayMs, signal);
        }
      }
    },
  };
};

const delayOf = (error: BellwetherError, tries: number, random: Random): number => {
  const jittered = random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** tries);
  return error instanceof UpstreamError && error.retryAfterMs !== undefined ? Math.max(jittered, error.retryAfterMs) : jittered;
};
