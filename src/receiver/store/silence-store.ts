import type { Silence } from '../../alertmanager/index.ts';
import type { Queryable } from '../../platform/index.ts';

export interface StoredSilence extends Silence {
  /** What it said when it was last read: a word, `mask`, or nothing. */
  readonly word: string | undefined;
}

const UPSERT = `INSERT INTO silences (id, state, matchers, starts_ms, ends_ms, updated_ms, created_by, comment, annotations, word, seen_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, matchers = excluded.matchers, starts_ms = excluded.starts_ms, ends_ms = excluded.ends_ms,
  updated_ms = excluded.updated_ms, created_by = excluded.created_by, comment = excluded.comment, annotations = excluded.annotations,
  word = excluded.word, seen_ms = excluded.seen_ms`;

const storedSilenceOf = (row: Readonly<Record<string, unknown>>): StoredSilence => ({
  id: String(row.id),
  state: row.state as Silence['state'],
  matchers: JSON.parse(String(row.matchers)) as Silence['matchers'],
  startsMs: Number(row.starts_ms),
  endsMs: Number(row.ends_ms),
  updatedMs: Number(row.updated_ms),
  createdBy: String(row.created_by),
  comment: String(row.comment),
  annotations: JSON.parse(String(row.annotations)) as Silence['annotations'],
  word: row.word === null ? undefined : String(row.word),
});

/** Keeps a silence: Alertmanager forgets one five days after its end. */
export const writeSilence = async (tx: Queryable, silence: Silence, word: string | undefined, nowMs: number): Promise<void> => {
  await tx.run(UPSERT, [
    silence.id,
    silence.state,
    JSON.stringify(silence.matchers),
    silence.startsMs,
    silence.endsMs,
    silence.updatedMs,
    silence.createdBy,
    silence.comment,
    JSON.stringify(silence.annotations),
    word ?? null,
    nowMs,
  ]);
};

export const findSilence = async (tx: Queryable, id: string): Promise<StoredSilence | undefined> => {
  const [row] = await tx.all('SELECT * FROM silences WHERE id = ?', [id]);
  return row && storedSilenceOf(row);
};

/** Silences, those that end last first. */
export const findSilences = async (tx: Queryable, limit: number): Promise<readonly StoredSilence[]> =>
  (await tx.all('SELECT * FROM silences ORDER BY ends_ms DESC, id LIMIT ?', [limit])).map(storedSilenceOf);

/** Notes that a silence holds an alert back. True the first time. */
export const joinSilence = async (tx: Queryable, silenceId: string, alertId: string, nowMs: number): Promise<boolean> =>
  (await tx.run(
    'INSERT INTO silenced_alerts (silence_id, alert_id, since_ms) VALUES (?, ?, ?) ON CONFLICT (silence_id, alert_id) DO NOTHING',
    [silenceId, alertId, nowMs],
  )) > 0;

export const alertsOfSilence = async (tx: Queryable, silenceId: string): Promise<readonly string[]> =>
  (await tx.all('SELECT alert_id FROM silenced_alerts WHERE silence_id = ?', [silenceId])).map(({ alert_id: id }) => String(id));

/** A stretch that teaches nothing: maintenance. */
export interface Mask {
  readonly id: string;
  readonly namespace: string;
  readonly workload: string;
  readonly workloadKind: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: string;
  readonly author: string;
}

export const writeMask = async (tx: Queryable, mask: Mask): Promise<void> => {
  await tx.run(
    `INSERT INTO masks (id, namespace, workload, workload_kind, from_ms, to_ms, reason, author) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET from_ms = excluded.from_ms, to_ms = excluded.to_ms, reason = excluded.reason`,
    [mask.id, mask.namespace, mask.workload, mask.workloadKind, mask.fromMs, mask.toMs, mask.reason, mask.author],
  );
};

export const findMasks = async (tx: Queryable, fromMs: number, toMs: number, limit: number): Promise<readonly Mask[]> =>
  (await tx.all('SELECT * FROM masks WHERE to_ms >= ? AND from_ms <= ? ORDER BY from_ms, id LIMIT ?', [fromMs, toMs, limit])).map(
    (row) => ({
      id: String(row.id),
      namespace: String(row.namespace),
      workload: String(row.workload),
      workloadKind: String(row.workload_kind),
      fromMs: Number(row.from_ms),
      toMs: Number(row.to_ms),
      reason: String(row.reason),
      author: String(row.author),
    }),
  );
