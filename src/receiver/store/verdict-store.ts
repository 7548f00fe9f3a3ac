import {
  type FeedEntry,
  MOST_FEED_ENTRIES,
  type Undo,
  VERDICT_FEED_VERSION,
  type Verdict,
  type VerdictFeed,
} from '../../feedback/index.ts';
import type { Queryable, SqlValue } from '../../platform/index.ts';

/** A verdict with what the log knows beside it. */
export interface StoredVerdict {
  readonly sequence: number;
  readonly verdict: Verdict;
  /** The stored alert it is about. */
  readonly alertId: string | undefined;
  readonly silenceId: string | undefined;
  readonly undone: Undo | undefined;
}

export interface VerdictOrigin {
  readonly alertId?: string | undefined;
  readonly silenceId?: string | undefined;
}

const nextSequence = async (tx: Queryable): Promise<number> => {
  const [row] = await tx.all('SELECT COALESCE(MAX(sequence), 0) AS last FROM verdict_log');
  return Number(row?.last) + 1;
};

const INSERT = `INSERT INTO verdict_log (sequence, kind, verdict_id, word, source, namespace, workload, author, weight, given_ms, expires_ms, alert_id,
  silence_id, parent, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (verdict_id, kind) DO NOTHING`;

/** The verdict that an alert shows: the newest that is not undone and was not propagated to it. */
const showOnAlert = async (tx: Queryable, alertId: string): Promise<void> => {
  const [row] = await tx.all(
    "SELECT word, given_ms FROM verdict_log WHERE alert_id = ? AND kind = 'verdict' AND undone_ms IS NULL AND parent IS NULL ORDER BY sequence DESC LIMIT 1",
    [alertId],
  );
  await tx.run('UPDATE alerts SET verdict = ?, judged_ms = ? WHERE id = ?', [
    row ? String(row.word) : null,
    row ? Number(row.given_ms) : null,
    alertId,
  ]);
};

/** Appends a verdict. False where its id is in the log already: the same silence or call came again. */
export const appendVerdict = async (tx: Queryable, verdict: Verdict, { alertId, silenceId }: VerdictOrigin = {}): Promise<boolean> => {
  const written = await tx.run(INSERT, [
    await nextSequence(tx),
    'verdict',
    verdict.id,
    verdict.word,
    verdict.source,
    verdict.workload.namespace,
    verdict.workload.workload,
    verdict.by,
    verdict.weight,
    Math.round(verdict.givenSeconds * 1000),
    verdict.expiresSeconds === null ? null : Math.round(verdict.expiresSeconds * 1000),
    alertId ?? null,
    silenceId ?? null,
    verdict.parent ?? null,
    JSON.stringify(verdict),
  ]);
  if (written > 0 && alertId !== undefined) await showOnAlert(tx, alertId);
  return written > 0;
};

/** Appends an undo of a verdict and of what was propagated from it. Gives the ids that it took back; none where there was nothing to undo. */
export const appendUndo = async (tx: Queryable, undo: Undo): Promise<readonly string[]> => {
  const rows = await tx.all(
    "SELECT verdict_id, word, source, namespace, workload, alert_id FROM verdict_log WHERE kind = 'verdict' AND undone_ms IS NULL AND (verdict_id = ? OR parent = ?) ORDER BY sequence",
    [undo.id, undo.id],
  );
  if (!rows.some(({ verdict_id: id }) => id === undo.id)) return [];
  const undoneMs = Math.round(undo.givenSeconds * 1000);
  for (const row of rows) {
    const id = String(row.verdict_id);
    await tx.run("UPDATE verdict_log SET undone_ms = ? WHERE verdict_id = ? AND kind = 'verdict'", [undoneMs, id]);
    await tx.run(INSERT, [
      await nextSequence(tx),
      'undo',
      id,
      String(row.word),
      String(row.source),
      String(row.namespace),
      String(row.workload),
      undo.by,
      0,
      undoneMs,
      null,
      row.alert_id ?? null,
      null,
      id === undo.id ? null : undo.id,
      JSON.stringify({ ...undo, id }),
    ]);
    if (row.alert_id !== null && row.alert_id !== undefined) await showOnAlert(tx, String(row.alert_id));
  }
  return rows.map(({ verdict_id: id }) => String(id));
};

export interface VerdictFilter {
  readonly id?: string;
  readonly word?: string;
  readonly source?: string;
  readonly namespace?: string;
  readonly workload?: string;
  readonly by?: string;
  readonly alertId?: string;
  readonly silenceId?: string;
  /** The verdict they were propagated from. */
  readonly parent?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** True: only those in force at `nowMs`. */
  readonly inForceMs?: number;
}

const COLUMNS = {
  id: 'verdict_id',
  word: 'word',
  source: 'source',
  namespace: 'namespace',
  workload: 'workload',
  by: 'author',
  alertId: 'alert_id',
  silenceId: 'silence_id',
  parent: 'parent',
} as const;

/** Verdicts, newest first. `before` is a sequence. */
export const findVerdicts = async (
  tx: Queryable,
  filter: VerdictFilter,
  { limit, before }: { readonly limit: number; readonly before?: number },
): Promise<readonly StoredVerdict[]> => {
  const where: string[] = ["v.kind = 'verdict'"];
  const values: SqlValue[] = [];
  const add = (condition: string, value: SqlValue): void => {
    where.push(condition);
    values.push(value);
  };
  for (const [key, column] of Object.entries(COLUMNS) as [keyof typeof COLUMNS, string][]) {
    const value = filter[key];
    if (value !== undefined) add(`v.${column} = ?`, value);
  }
  if (filter.fromMs !== undefined) add('v.given_ms >= ?', filter.fromMs);
  if (filter.toMs !== undefined) add('v.given_ms <= ?', filter.toMs);
  if (filter.inForceMs !== undefined) add('v.undone_ms IS NULL AND (v.expires_ms IS NULL OR v.expires_ms > ?)', filter.inForceMs);
  if (before !== undefined) add('v.sequence < ?', before);
  const rows = await tx.all(
    `SELECT v.sequence, v.body, v.alert_id, v.silence_id, u.body AS undo FROM verdict_log v
     LEFT JOIN verdict_log u ON u.verdict_id = v.verdict_id AND u.kind = 'undo'
     WHERE ${where.join(' AND ')} ORDER BY v.sequence DESC LIMIT ?`,
    [...values, limit],
  );
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    verdict: JSON.parse(String(row.body)) as Verdict,
    alertId: row.alert_id === null ? undefined : String(row.alert_id),
    silenceId: row.silence_id === null ? undefined : String(row.silence_id),
    undone: row.undo === null ? undefined : (JSON.parse(String(row.undo)) as Undo),
  }));
};

/** Weight that an author has given since a time; what is undone counts as well, or the cap could be played. */
export const weightSince = async (tx: Queryable, author: string, sinceMs: number): Promise<number> => {
  const [row] = await tx.all(
    "SELECT COALESCE(SUM(weight), 0) AS weight FROM verdict_log WHERE kind = 'verdict' AND author = ? AND given_ms >= ?",
    [author, sinceMs],
  );
  return Number(row?.weight);
};

/** Name of this log: another store has another, so that readers begin anew. */
export const logName = async (tx: Queryable, fresh: string): Promise<string> => {
  await tx.run('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING', ['verdict_log', fresh]);
  const [row] = await tx.all('SELECT value FROM meta WHERE name = ?', ['verdict_log']);
  return String(row?.value);
};

/** What a reader of the feed has not seen yet, in the order of the log. */
export const readFeed = async (tx: Queryable, log: string, after: number, limit: number): Promise<VerdictFeed> => {
  const most = Math.min(limit, MOST_FEED_ENTRIES);
  const rows = await tx.all('SELECT sequence, kind, body FROM verdict_log WHERE sequence > ? ORDER BY sequence LIMIT ?', [after, most + 1]);
  const entries = rows.slice(0, most).map((row): FeedEntry => {
    const sequence = Number(row.sequence);
    const body = JSON.parse(String(row.body)) as unknown;
    return row.kind === 'undo' ? { sequence, undo: body as Undo } : { sequence, verdict: body as Verdict };
  });
  return { version: VERDICT_FEED_VERSION, log, entries, next: entries.at(-1)?.sequence ?? after, more: rows.length > most };
};

/** Sequence of the newest entry. */
export const lastSequence = async (tx: Queryable): Promise<number> => (await nextSequence(tx)) - 1;
