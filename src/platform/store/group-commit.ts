import { setImmediate } from 'node:timers/promises';
import type { Database, Queryable } from './database.ts';

/** A piece of work inside a transaction. It may run twice, so it does nothing but query. */
type Work<T> = (tx: Queryable) => Promise<T>;

interface Waiting {
  readonly work: Work<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds what one failure makes run again, and how long readers wait for their turn. */
const MOST_TOGETHER = 32;

/** A body is read in a turn of the event loop or two; after this many without another write, those that wait are all there are. */
const QUIET_TURNS = 3;
/** Bounds the wait where writes trickle in. */
const MOST_TURNS = 64;

/** Writes that come at the same time share one commit, whose wait for the disk is the cost of a write. */
export interface GroupCommit {
  /** Resolves once the work is durable. */
  write<T>(work: Work<T>): Promise<T>;
  /** Pieces of work that wait. */
  readonly waiting: number;
}

export const createGroupCommit = (database: Database): GroupCommit => {
  const queue: Waiting[] = [];
  let running = false;

  const one = async ({ work, resolve, reject }: Waiting): Promise<void> => {
    try {
      resolve(await database.transaction(work));
    } catch (error) {
      reject(error);
    }
  };
  const together = async (batch: readonly Waiting[]): Promise<void> => {
    if (batch.length === 1) return await one(batch[0]!);
    try {
      const results = await database.transaction(async (tx) => {
        const values: unknown[] = [];
        for (const { work } of batch) values.push(await work(tx));
        return values;
      });
      batch.forEach(({ resolve }, i) => {
        resolve(results[i]);
      });
    } catch {
      // One of them failed, or the store did; alone, each learns its own fate.
      for (const waiting of batch) await one(waiting);
    }
  };
  // What has arrived meanwhile is read first: a commit to a file holds the event loop, so nothing would ever be together otherwise.
  const gather = async (): Promise<void> => {
    for (let quiet = 0, turns = 0; quiet < QUIET_TURNS && turns < MOST_TURNS && queue.length < MOST_TOGETHER; turns++) {
      const before = queue.length;
      await setImmediate();
      quiet = queue.length > before ? 0 : quiet + 1;
    }
  };
  const drain = async (): Promise<void> => {
    running = true;
    while (queue.length > 0) {
      await gather();
      await together(queue.splice(0, MOST_TOGETHER));
    }
    running = false;
  };

  return {
    write: (work) =>
      new Promise((resolve, reject) => {
        queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
        if (!running) void drain();
      }),
    get waiting() {
      return queue.length;
    },
  };
};
