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
}

/** Newest start first. `before` is the place where the page before ended. */
export interface AlertPage {
  readonly alerts: readonly StoredAlert[];
  readonly next: string | undefined;
}

const COLUMNS: Readonly<Record<string, string>> = {
  alertname: 'alertname',
  namespace: 'namespace',
  workload: 'workload',
  workloadKind: 'workload_kind',
  severity: 'severity',
  fingerprint: 'fingerprint',
};

const conditionsOf = (filter: AlertFilter): { readonly where: string[]; readonly values: SqlValue[] } => {
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

/** One page of alerts; costs the same however many there are, as each filter walks an index. */
export const findAlerts = async (
  tx: Queryable,
  filter: AlertFilter,
  { limit, after }: { readonly limit: number; readonly after?: string },
): Promise<AlertPage> => {
  const { where, values } = conditionsOf(filter);
  const [, startsMs, receivedMs, id] = PLACE.exec(after ?? '') ?? [];
  if (startsMs !== undefined && receivedMs !== undefined && id !== undefined) {
    // The pair walks an index; the rest leaves out what the page before has shown of the last moment.
    where.push('(starts_ms, received_ms) <= (?, ?) AND NOT (starts_ms = ? AND received_ms = ? AND id >= ?)');
    values.push(Number(startsMs), Number(receivedMs), Number(startsMs), Number(receivedMs), id);
  }
  const rows = await tx.all(
    `SELECT * FROM alerts${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''} ORDER BY starts_ms DESC, received_ms DESC, id DESC LIMIT ?`,
    [...values, limit + 1],
  );
  const alerts = rows.slice(0, limit).map(storedAlertOf);
  const last = alerts.at(-1);
  return { alerts, next: rows.length > limit && last ? `${last.startsMs}_${last.receivedMs}_${last.id}` : undefined };
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
