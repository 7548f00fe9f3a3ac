import { BellwetherError } from '../error.ts';

export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Why a store did not do what it was asked; the label of a metric. */
export type StoreFailure = 'full' | 'read_only' | 'corrupt' | 'locked' | 'gone' | 'other';

/** The store cannot do its work now. What was not acknowledged may be sent again, so every failure of a store is `not_ready`. */
export class StoreError extends BellwetherError {
  readonly reason: StoreFailure;

  constructor(reason: StoreFailure, message: string, cause?: unknown) {
    super('not_ready', message, cause);
    this.reason = reason;
  }
}

/** What takes statements. SQL is the part that SQLite and PostgreSQL share, with `?` for values; times are unix milliseconds, numbers are exact up to 2^53. */
export interface Queryable {
  all(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Gives the number of rows that were written. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>;
}

/** One database. Statements outside of a transaction are transactions of their own. Rejects with StoreError. */
export interface Database extends Queryable {
  readonly kind: 'sqlite' | 'postgres';
  /**
   * All or nothing; once it resolves, it survives a power cut. Transactions run one after the other, those of other processes included, so that
   * what one reads stays true until it has written. Must not be nested.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** Bytes in use; what was freed inside a file does not count. */
  usedBytes(): Promise<number>;
  /** Writes a consistent copy to a file that must not exist. Rejects with `invalid_input` where the database has its own tools for that. */
  backup(path: string): Promise<void>;
  /** Resolves if the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
