import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Database as SqliteHandle, Statement } from 'node-sqlite3-wasm';
import { BellwetherError } from '../error.ts';
import { type Database, type Queryable, type SqlRow, type SqlValue, StoreError, type StoreFailure } from './database.ts';
import { acquireStoreLock } from './store-lock.ts';
import { createTurns } from './turns.ts';

/** Kilobytes of pages in memory. */
const CACHE_KIB = 16_384;
/** Pages of the log that are brought into the file at once: a page that many commits have written is then written there once. */
const LOG_PAGES = 4_000;
/** What remains of the log after it was brought into the file; it grows beyond within a large transaction only. */
const LOG_BYTES = 16 * 2 ** 20;
/** The same few statements come again and again; making one costs more than running it. */
const MOST_STATEMENTS = 200;

// SQLite gives no codes through this driver; its messages are fixed by sqlite3_errstr.
const FAILURES: readonly (readonly [RegExp, StoreFailure, string])[] = [
  [/database or disk is full/, 'full', 'the store is full'],
  [/readonly database|unable to open database/, 'read_only', 'the store cannot be written'],
  [/malformed|not a database/, 'corrupt', 'the store is damaged'],
  [/database is locked/, 'locked', 'the store is locked by another process'],
  [/disk I\/O error/, 'gone', 'the disk of the store does not work'],
];

const storeError = (thrown: unknown, path: string): BellwetherError => {
  if (thrown instanceof BellwetherError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const [, reason, text] = FAILURES.find(([pattern]) => pattern.test(message)) ?? [undefined, 'other' as const, 'the store failed'];
  return new StoreError(reason, `${text} (${path}): ${message}`, thrown);
};

/** What remains of a transaction is undone by SQLite itself at the next access; nothing is left to check. */
const quietly = (action: () => void): void => {
  try {
    action();
  } catch {
    // The first error is the one that matters.
  }
};

export interface SqliteOptions {
  readonly path: string;
  /** The file never grows beyond this. */
  readonly maxBytes: number;
}

const open = async (path: string, maxBytes: number): Promise<SqliteHandle> => {
  // Loaded when it is needed: most commands have no store.
  const { default: sqlite } = await import('node-sqlite3-wasm');
  const handle = new sqlite.Database(path);
  try {
    // A commit to a write-ahead log waits for the disk once, one to a rollback journal four times. The log needs memory that processes share, which this
    // driver has not, unless the file is locked for good before it is first looked at.
    for (const pragma of [
      'locking_mode = exclusive',
      'journal_mode = wal',
      'synchronous = full',
      `wal_autocheckpoint = ${LOG_PAGES}`,
      `journal_size_limit = ${LOG_BYTES}`,
      `cache_size = -${CACHE_KIB}`,
      'temp_store = memory',
      'foreign_keys = on',
    ])
      handle.all(`PRAGMA ${pragma}`);
    const { page_size: pageSize } = handle.get('PRAGMA page_size') as { page_size: number };
    handle.all(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageSize))}`);
    const problems = handle.all('PRAGMA quick_check(3)').map((row) => String(Object.values(row)[0]));
    if (problems.join() !== 'ok') throw new StoreError('corrupt', `the store is damaged (${path}): ${problems.join('; ')}`);
    return handle;
  } catch (error) {
    quietly(() => handle.close());
    throw error;
  }
};

/** Numbers beyond 2^53 do not occur in our tables. */
const plainRow = (row: object): SqlRow =>
  Object.fromEntries(
    Object.entries(row as Record<string, SqlValue | bigint>).map(([key, value]) => [
      key,
      typeof value === 'bigint' ? Number(value) : value,
    ]),
  );

/**
 * One file, owned by this process; its integrity is checked before it is used. Statements hold the event loop while they run, commits included.
 * Rejects with StoreError `locked` while another process has it, `corrupt`, `read_only`.
 */
export const openSqliteDatabase = async ({ path, maxBytes }: SqliteOptions): Promise<Database> => {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw new StoreError('read_only', `the folder of the store cannot be made (${path})`, error);
  }
  const lock = await acquireStoreLock(path);
  let handle: SqliteHandle;
  try {
    // The driver locks by a folder, which a killed process leaves behind. Whoever holds our lock knows that its owner is gone.
    await rm(`${path}.lock`, { recursive: true, force: true });
    handle = await open(path, maxBytes);
  } catch (error) {
    await lock.release();
    throw storeError(error, path);
  }
  const statements = new Map<string, Statement>();
  const turns = createTurns();

  const prepared = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = handle.prepare(sql);
    statements.set(sql, statement);
    if (statements.size > MOST_STATEMENTS) {
      const [oldest, first] = [...statements][0]!;
      statements.delete(oldest);
      first.finalize();
    }
    return statement;
  };
  const guarded = <T>(sql: string, work: (statement: Statement) => T): T => {
    try {
      return work(prepared(sql));
    } catch (error) {
      // A statement that failed refuses its next values.
      const statement = statements.get(sql);
      statements.delete(sql);
      quietly(() => statement?.finalize());
      throw storeError(error, path);
    }
  };
  const direct: Queryable = {
    all: async (sql, values = []) => guarded(sql, (statement) => statement.all([...values]).map(plainRow)),
    run: async (sql, values = []) => guarded(sql, (statement) => statement.run([...values]).changes),
  };

  return {
    kind: 'sqlite',
    all: (sql, values) => turns.take(() => direct.all(sql, values)),
    run: (sql, values) => turns.take(() => direct.run(sql, values)),
    transaction: (work) =>
      turns.take(async () => {
        await direct.run('BEGIN IMMEDIATE');
        try {
          const result = await work(direct);
          await direct.run('COMMIT');
          return result;
        } catch (error) {
          if (handle.inTransaction) quietly(() => handle.exec('ROLLBACK'));
          throw error;
        }
      }),
    usedBytes: () =>
      turns.take(async () => {
        const pragma = async (name: string): Promise<number> => Number(Object.values((await direct.all(`PRAGMA ${name}`))[0] ?? {})[0]);
        return ((await pragma('page_count')) - (await pragma('freelist_count'))) * (await pragma('page_size'));
      }),
    backup: (target) =>
      turns.take(async () => {
        const there = await stat(target).then(
          () => true,
          () => false,
        );
        if (there) throw new BellwetherError('conflict', `${target} exists already`);
        await direct.run('VACUUM INTO ?', [target]);
      }),
    ping: () => turns.take(async () => void (await direct.all('SELECT 1'))),
    close: () =>
      turns.take(async () => {
        if (!handle.isOpen) return;
        for (const statement of statements.values()) quietly(() => statement.finalize());
        quietly(() => handle.close());
        await lock.release();
      }),
  };
};
