import { sleep } from '../remote-read-fixture.ts';

export interface UntilOptions {
  readonly timeoutMs: number;
  readonly everyMs?: number;
}

/** Asks until there is an answer; an error when the time is over. */
export const until = async <T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  { timeoutMs, everyMs = 50 }: UntilOptions,
): Promise<T> => {
  for (const end = performance.now() + timeoutMs; ; await sleep(everyMs)) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`no ${what} within ${timeoutMs / 1000} s`);
  }
};
