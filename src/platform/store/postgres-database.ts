import { BellwetherError } from '../error.ts';
import { type Database, type Queryable, type SqlRow, type SqlValue, StoreError, type StoreFailure } from './database.ts';

/** Object id of int8: times in milliseconds, counts. They are exact as numbers up to 2^53. */
const INT8 = 20;
const NUMERIC = 1700;
const MOST_CONNECTIONS = 5;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Key of the advisory lock that makes writers wait for each other; any number does that nobody else uses. */
const WRITER_LOCK = 0x62656c6c;

// SQLSTATE classes of PostgreSQL, appendix A of its manual.
const FAILURES: readonly (readonly [RegExp, StoreFailure, string])[] = [
  [/^53100|^53200|^53/, 'full', 'PostgreSQL is out of resources'],
  [/^25006/, 'read_only', 'PostgreSQL takes no writes'],
  [/^XX/, 'corrupt', 'PostgreSQL reports damage'],
  [/^(08|57P|ECONN|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|EPIPE|EAI_AGAIN)/, 'gone', 'PostgreSQL does not answer'],
  [/^(28|3D)/, 'gone', 'PostgreSQL does not let us in'],
];

const storeError = (thrown: unknown): BellwetherError => {
  if (thrown instanceof BellwetherError) return thrown;
  const { code = '', message = String(thrown) } = thrown as { readonly code?: string; readonly message?: string };
  const lost = /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(message);
  const [, reason, text] = lost
    ? [undefined, 'gone' as const, 'PostgreSQL does not answer']
    : (FAILURES.find(([pattern]) => pattern.test(code)) ?? [undefined, 'other' as const, 'PostgreSQL failed']);
  return new StoreError(reason, `${text}: ${message}`, thrown);
};

/** `?` to `$1`, `$2`, ...; no text of ours has a question mark in quotes. */
const numbered = new Map<string, string>();
const withNumbers = (sql: string): string => {
  let text = numbered.get(sql);
  if (text === undefined) {
    let count = 0;
    text = sql.replaceAll('?', () => `$${++count}`);
    numbered.set(sql, text);
  }
  return text;
};

interface PgClient {
  query(text: string, values?: readonly SqlValue[]): Promise<{ readonly rows: readonly SqlRow[]; readonly rowCount: number | null }>;
}

const queryableOf = (client: PgClient): Queryable => {
  const query = async (sql: string, values: readonly SqlValue[] = []) => {
    try {
      return await client.query(withNumbers(sql), values);
    } catch (error) {
      throw storeError(error);
    }
  };
  return {
    all: async (sql, values) => (await query(sql, values)).rows,
    run: async (sql, values) => (await query(sql, values)).rowCount ?? 0,
  };
};

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
}

/** A PostgreSQL database, for more than one replica. Connections that break are made anew. Rejects with StoreError `gone` while it does not answer. */
export const openPostgresDatabase = async ({ url }: PostgresOptions): Promise<Database> => {
  // Loaded when it is needed: most commands have no store.
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    application_name: 'bellwether',
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === INT8 || oid === NUMERIC ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // An idle connection that breaks is no error of anybody; the pool makes another.
  pool.on('error', () => undefined);
  const direct = queryableOf(pool as unknown as PgClient);
  const database: Database = {
    kind: 'postgres',
    ...direct,
    transaction: async (work) => {
      const client = await pool.connect().catch((error: unknown) => {
        throw storeError(error);
      });
      const tx = queryableOf(client as unknown as PgClient);
      let broken = false;
      try {
        await tx.run('BEGIN');
        await tx.all(`SELECT pg_advisory_xact_lock(${WRITER_LOCK})`);
        const result = await work(tx);
        await tx.run('COMMIT');
        return result;
      } catch (error) {
        await tx.run('ROLLBACK').catch(() => {
          broken = true;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },
    usedBytes: async () => Number((await direct.all('SELECT pg_database_size(current_database()) AS bytes'))[0]?.bytes ?? 0),
    backup: async () => {
      throw new BellwetherError('invalid_input', 'a PostgreSQL store is backed up by the tools of PostgreSQL, such as pg_dump');
    },
    ping: async () => void (await direct.all('SELECT 1')),
    close: async () => {
      if (!pool.ended) await pool.end();
    },
  };
  try {
    await database.ping();
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
};
