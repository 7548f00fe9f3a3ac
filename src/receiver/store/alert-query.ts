import type { Queryable, SqlValue } from '../../platform/index.ts';
import { type StoredAlert, storedAlertOf } from './stored-alert.ts';

/** What a page of alerts may be narrowed to. */
export interface AlertFilter {
  readonly status?: 'firing' | 'resolved';
  readonly alertname?: string;
  readonly namespace?: string;
  readonly workload?: string;
  readonly workloadKind?: string;
  readonly severity?: string;
  readonly fingerprint?: string;
  /** A word of a verdict; `none` for alerts that nobody has judged, `any` for all others. */
  readonly verdict?: string;
  /** Alerts that fired at any time in between. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Words that all occur in labels or annotations. */
  readonly text?: string;
}

/** Newest start first. `before` is the place where the page before ended. */
export interface AlertPage {
  readonly alerts: readonly StoredAlert[];
  readonly next: string | undefined;
}

export interface PageRequest {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

const COLUMNS: Readonly<Record<string, string>> = {
  alertname: 'alertname',
  namespace: 'namespace',
  workload: 'workload',
  workloadKind: 'workload_kind',
  severity: 'severity',
  fingerprint: 'fingerprint',
};

const conditionsOf = (filter: AlertFilter): Conditions => {
  const where: string[] = [];
  const values: SqlValue[] = [];
  const add = (condition: string, ...more: readonly SqlValue[]): void => {
    where.push(condition);
    values.push(...more);
  };
  for (const [key, column] of Object.entries(COLUMNS)) {
    const value = filter[key as keyof AlertFilter];
    if (value !== undefined) add(`${column} = ?`, value);
  }
  // As texts of the statement: the index of what fires is used only where the planner sees that nothing else is asked for.
  if (filter.status !== undefined) add(filter.status === 'firing' ? "status = 'firing'" : "status = 'resolved'");
  if (filter.verdict === 'none') add('verdict IS NULL');
  else if (filter.verdict === 'any') add('verdict IS NOT NULL');
  else if (filter.verdict !== undefined) add('verdict = ?', filter.verdict);
  if (filter.toMs !== undefined) add('starts_ms <= ?', filter.toMs);
  if (filter.fromMs !== undefined) add('(ends_ms IS NULL OR ends_ms >= ?)', filter.fromMs);
  return { where, values };
};

// `start_received_id` of the last alert of a page: ids hold no underscore.
const PLACE = /^(\d{1,16})_(\d{1,16})_([0-9a-f]{16}-\d{1,16})$/;

const placeOf = ({ startsMs, receivedMs, id }: Pick<StoredAlert, 'startsMs' | 'receivedMs' | 'id'>): string =>
  `${startsMs}_${receivedMs}_${id}`;

/** Alerts that one search looks at: it reads texts, which costs many times what an index does. What is left comes with the next page. */
const SEARCHED = 20_000;
/** Rows that come at once where the store found words in the names of labels alone. */
const SEARCHED_AT_ONCE = 2_000;
const MOST_WORDS = 10;

const wordsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);

const says = ({ labels, annotations }: StoredAlert, words: readonly string[]): boolean => {
  const text = [...Object.values(labels), ...Object.values(annotations)].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
};

/**
 * What the store looks for, which is never less than what is meant: the word as it stands in JSON, its letters beyond ASCII left open, because stores differ in
 * how they lower them.
 */
const patternOf = (word: string): string =>
  `%${JSON.stringify(word)
    .slice(1, -1)
    .replace(/[\\%_]/g, '\\$&')
    .replace(/[^ -~]+/g, '%')}%`;

/** One page of alerts. Without a text it costs the same however many there are, as each filter walks an index; with one it looks at `searched` at most, and the page may be empty and yet have a next one. */
export const findAlerts = async (tx: Queryable, filter: AlertFilter, page: PageRequest, searched = SEARCHED): Promise<AlertPage> => {
  const words = wordsOf(filter.text ?? '');
  if (words.length === 0) return await findPage(tx, conditionsOf(filter), page);
  const last = await lastLookedAt(tx, filter, page.after, searched);
  const conditions = conditionsOf(filter);
  if (last) {
    conditions.where.push('(starts_ms, received_ms) >= (?, ?) AND NOT (starts_ms = ? AND received_ms = ? AND id < ?)');
    conditions.values.push(last.startsMs, last.receivedMs, last.startsMs, last.receivedMs, last.id);
  }
  for (const word of words) {
    conditions.where.push("(lower(labels) LIKE ? ESCAPE '\\' OR lower(annotations) LIKE ? ESCAPE '\\')");
    conditions.values.push(patternOf(word), patternOf(word));
  }
  const alerts: StoredAlert[] = [];
  let after = page.after;
  for (let atOnce = page.limit; ; atOnce = SEARCHED_AT_ONCE) {
    const part = await findPage(tx, conditions, { limit: atOnce, ...(after === undefined ? {} : { after }) });
    for (const alert of part.alerts) {
      if (!says(alert, words)) continue;
      alerts.push(alert);
      if (alerts.length === page.limit) return { alerts, next: placeOf(alert) };
    }
    after = part.next;
    if (after === undefined) return { alerts, next: last && placeOf(last) };
  }
};

/** The last alert that one search looks at; undefined where it looks at all. */
const lastLookedAt = async (
  tx: Queryable,
  filter: AlertFilter,
  after: string | undefined,
  searched: number,
): Promise<Pick<StoredAlert, 'startsMs' | 'receivedMs' | 'id'> | undefined> => {
  const { where, values } = behind(conditionsOf(filter), after);
  const [row] = await tx.all(`SELECT starts_ms, received_ms, id FROM alerts${where} ${ORDER} LIMIT 1 OFFSET ?`, [...values, searched - 1]);
  return row && { startsMs: Number(row.starts_ms), receivedMs: Number(row.received_ms), id: String(row.id) };
};

interface Conditions {
  readonly where: string[];
  readonly values: SqlValue[];
}

const ORDER = 'ORDER BY starts_ms DESC, received_ms DESC, id DESC';

/** Conditions as a clause, behind the place where the page before ended. */
const behind = ({ where, values }: Conditions, after = ''): { readonly where: string; readonly values: readonly SqlValue[] } => {
  const all = [...where];
  const given = [...values];
  const [, startsMs, receivedMs, id] = PLACE.exec(after) ?? [];
  if (startsMs !== undefined && receivedMs !== undefined && id !== undefined) {
    // The pair walks an index; the rest leaves out what the page before has shown of the last moment.
    all.push('(starts_ms, received_ms) <= (?, ?) AND NOT (starts_ms = ? AND received_ms = ? AND id >= ?)');
    given.push(Number(startsMs), Number(receivedMs), Number(startsMs), Number(receivedMs), id);
  }
  return { where: all.length > 0 ? ` WHERE ${all.join(' AND ')}` : '', values: given };
};

const findPage = async (tx: Queryable, conditions: Conditions, { limit, after }: PageRequest): Promise<AlertPage> => {
  const { where, values } = behind(conditions, after);
  const rows = await tx.all(`SELECT * FROM alerts${where} ${ORDER} LIMIT ?`, [...values, limit + 1]);
  const alerts = rows.slice(0, limit).map(storedAlertOf);
  const last = alerts.at(-1);
  return { alerts, next: rows.length > limit && last ? placeOf(last) : undefined };
};

export const findAlert = async (tx: Queryable, id: string): Promise<StoredAlert | undefined> => {
  const [row] = await tx.all('SELECT * FROM alerts WHERE id = ?', [id]);
  return row && storedAlertOf(row);
};

/** The newest stretch of an alert that overlaps a time; what a silence of now is about. */
export const findByFingerprint = async (tx: Queryable, fingerprint: string): Promise<StoredAlert | undefined> => {
  const [row] = await tx.all('SELECT * FROM alerts WHERE fingerprint = ? ORDER BY starts_ms DESC LIMIT 1', [fingerprint]);
  return row && storedAlertOf(row);
};
