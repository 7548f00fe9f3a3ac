import type { Database, Queryable, SqlRow, SqlValue } from '../../platform/index.ts';
import type { EventFilter, RuntimeEvent } from '../../runtime-events/index.ts';

/** An event with its place in the order of arrival. */
export type StoredEvent = RuntimeEvent & { readonly sequence: number };

const SEQUENCE = 'runtime_events_sequence';
const INSERT = `INSERT INTO runtime_events (sequence, id, time_ms, received_ms, source, type, node, namespace, pod, workload, subject, policy, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;

/** Keeps events that are not there yet, and gives them back; all of a batch or none. */
export const writeEvents = async (tx: Queryable, events: readonly RuntimeEvent[], nowMs: number): Promise<readonly RuntimeEvent[]> => {
  if (events.length === 0) return [];
  // Kept apart from the rows, so that it never goes back, whatever retention removes.
  const [row] = await tx.all('SELECT value FROM meta WHERE name = ?', [SEQUENCE]);
  let sequence = Number(row?.value ?? 0);
  const written: RuntimeEvent[] = [];
  for (const event of events) {
    const { id, timeMs, source, type, node, namespace, pod, workload, subject, policy } = event;
    const values: SqlValue[] = [sequence + 1, id, Math.floor(timeMs), nowMs, source, type, node, namespace, pod, workload, subject, policy];
    if ((await tx.run(INSERT, [...values, JSON.stringify(event)])) === 0) continue;
    sequence++;
    written.push(event);
  }
  await tx.run('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', [
    SEQUENCE,
    String(sequence),
  ]);
  return written;
};

const EXACT = ['source', 'type', 'node', 'namespace', 'pod', 'policy', 'subject'] as const;

/** The same as `isWanted` of runtime-events, for the database. */
const conditionsOf = (filter: EventFilter): { readonly where: string[]; readonly values: SqlValue[] } => {
  const where: string[] = [];
  const values: SqlValue[] = [];
  const add = (condition: string, ...more: readonly SqlValue[]): void => {
    where.push(condition);
    values.push(...more);
  };
  for (const column of EXACT) {
    const value = filter[column];
    if (value !== undefined) add(`${column} = ?`, value);
  }
  const { workload, fromMs, toMs } = filter;
  // A prefix by SUBSTR and not by LIKE, which SQLite compares without regard to case.
  if (workload !== undefined) add(`(workload = ? OR SUBSTR(pod, 1, ${workload.length + 1}) = ?)`, workload, `${workload}-`);
  if (fromMs !== undefined) add('time_ms >= ?', Math.ceil(fromMs));
  if (toMs !== undefined) add('time_ms <= ?', Math.floor(toMs));
  return { where, values };
};

// What is in a row we checked when it came.
const storedEvent = (row: SqlRow): StoredEvent => ({ ...(JSON.parse(String(row.body)) as RuntimeEvent), sequence: Number(row.sequence) });

const whereOf = (where: readonly string[]): string => (where.length > 0 ? ` WHERE ${where.join(' AND ')}` : '');

export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/** `time_sequence` of the last event of a page. */
export const EVENT_PLACE = /^(\d{1,16})_(\d{1,16})$/;

/** A page of events, newest first by their own time. */
export const findEvents = async (
  tx: Queryable,
  filter: EventFilter,
  { limit, after }: { readonly limit: number; readonly after?: string },
): Promise<EventPage> => {
  const { where, values } = conditionsOf(filter);
  const [, timeMs, sequence] = EVENT_PLACE.exec(after ?? '') ?? [];
  if (timeMs !== undefined && sequence !== undefined) {
    where.push('(time_ms < ? OR (time_ms = ? AND sequence < ?))');
    values.push(Number(timeMs), Number(timeMs), Number(sequence));
  }
  const rows = await tx.all(
    `SELECT sequence, time_ms, body FROM runtime_events${whereOf(where)} ORDER BY time_ms DESC, sequence DESC LIMIT ?`,
    [...values, limit + 1],
  );
  const last = rows[limit - 1];
  return {
    events: rows.slice(0, limit).map(storedEvent),
    next: rows.length > limit && last ? `${last.time_ms}_${last.sequence}` : undefined,
  };
};

/** What arrived after a place, in the order of arrival. */
export const eventsAfter = async (tx: Queryable, filter: EventFilter, sequence: number, limit: number): Promise<readonly StoredEvent[]> => {
  const { where, values } = conditionsOf(filter);
  const rows = await tx.all(`SELECT sequence, body FROM runtime_events${whereOf(['sequence > ?', ...where])} ORDER BY sequence LIMIT ?`, [
    sequence,
    ...values,
    limit,
  ]);
  return rows.map(storedEvent);
};

/** Place of the newest event; 0 before the first. */
export const lastEventSequence = async (tx: Queryable): Promise<number> => {
  const [row] = await tx.all('SELECT value FROM meta WHERE name = ?', [SEQUENCE]);
  return Number(row?.value ?? 0);
};

export const countEvents = async (tx: Queryable): Promise<number> => {
  const [row] = await tx.all('SELECT COUNT(*) AS count FROM runtime_events');
  return Number(row?.count ?? 0);
};

export interface EventLimits {
  readonly keepMs: number;
  readonly maxStored: number;
  /** Of the whole store; events go before alerts do. */
  readonly maxBytes: number;
}

/** One delete holds the store for about this many rows. */
const CHUNK = 2_000;
/** Below the share at which alerts begin to go before their time. */
const HIGH_SHARE = 0.8;
const LOW_SHARE = 0.7;

/** Removes events that are too old or too many, and the oldest where the store is nearly full. */
export const removeOldEvents = async (
  database: Database,
  { keepMs, maxStored, maxBytes }: EventLimits,
  nowMs: number,
): Promise<{ readonly age: number; readonly number: number; readonly size: number }> => {
  const oldest = (limit: number): Promise<number> =>
    database.run('DELETE FROM runtime_events WHERE sequence IN (SELECT sequence FROM runtime_events ORDER BY sequence LIMIT ?)', [limit]);
  let age = 0;
  for (let removed = CHUNK; removed === CHUNK; age += removed)
    removed = await database.run(
      // The oldest first, then the condition: the other way round would look at every row where none is too old.
      `DELETE FROM runtime_events WHERE sequence IN (SELECT sequence FROM
        (SELECT sequence, received_ms FROM runtime_events ORDER BY sequence LIMIT ?) AS oldest WHERE received_ms < ?)`,
      [CHUNK, nowMs - keepMs],
    );
  let number = 0;
  for (let over = (await countEvents(database)) - maxStored; over > 0; over -= CHUNK) number += await oldest(Math.min(over, CHUNK));
  let size = 0;
  // PostgreSQL gives no room back when rows go.
  if (database.kind === 'sqlite' && (await database.usedBytes()) > HIGH_SHARE * maxBytes)
    for (let removed = CHUNK; removed === CHUNK && (await database.usedBytes()) > LOW_SHARE * maxBytes; size += removed)
      removed = await oldest(CHUNK);
  return { age, number, size };
};
