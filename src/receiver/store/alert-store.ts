import type { HeldAlert, ReceivedAlert } from '../../alertmanager/index.ts';
import type { Queryable, SqlRow } from '../../platform/index.ts';

/** Two starts of one fingerprint this close are the same alert: a restarted Alertmanager or replica may know another start. */
const SAME_START_MS = 300_000;

export interface Delivery {
  readonly receiver: string;
  readonly externalUrl: string;
}

/** What a delivery meant for one alert. */
export type AlertOutcome = 'new' | 'repeated' | 'resolved';

export interface AlertWrite {
  readonly id: string;
  readonly outcome: AlertOutcome;
}

type Received = Omit<ReceivedAlert, 'status' | 'endsMs'>;

const NEWEST = 'SELECT id, status, starts_ms, ends_ms FROM alerts WHERE fingerprint = ? ORDER BY starts_ms DESC LIMIT 1';
const INSERT = `INSERT INTO alerts (id, fingerprint, status, starts_ms, ends_ms, end_reason, alertname, namespace, workload, workload_kind, severity,
  labels, annotations, generator_url, receiver, external_url, silenced_by, received_ms, seen_ms, deliveries, evidence_tries, evidence_due_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0, ?) ON CONFLICT (id) DO NOTHING`;
const HEARD = 'UPDATE alerts SET seen_ms = ?, deliveries = deliveries + 1 WHERE id = ?';
const REOPENED =
  "UPDATE alerts SET status = 'firing', ends_ms = NULL, end_reason = NULL, seen_ms = ?, deliveries = deliveries + 1 WHERE id = ?";
const ENDED = "UPDATE alerts SET status = 'resolved', ends_ms = ?, end_reason = ?, seen_ms = ?, deliveries = deliveries + ? WHERE id = ?";

const insert = (
  tx: Queryable,
  alert: Received,
  end: { readonly endsMs: number; readonly reason: string } | undefined,
  delivery: Delivery,
  silencedBy: readonly string[],
  nowMs: number,
): Promise<number> => {
  const { labels } = alert;
  return tx.run(INSERT, [
    `${alert.fingerprint}-${alert.startsMs}`,
    alert.fingerprint,
    end ? 'resolved' : 'firing',
    alert.startsMs,
    end?.endsMs ?? null,
    end?.reason ?? null,
    labels.alertname ?? '',
    labels.namespace ?? '',
    labels.workload ?? '',
    labels.workload_kind ?? '',
    labels.severity ?? '',
    JSON.stringify(labels),
    JSON.stringify(alert.annotations),
    alert.generatorUrl,
    delivery.receiver,
    delivery.externalUrl,
    JSON.stringify(silencedBy),
    nowMs,
    nowMs,
    labels.workload ? nowMs : null,
  ]);
};

const isSame = (row: SqlRow, startsMs: number, endsMs = Number.POSITIVE_INFINITY): boolean => {
  const knownMs = Number(row.starts_ms);
  // Alertmanager joins alerts that overlap and then tells the earlier start; one that ended before is another.
  return Math.abs(knownMs - startsMs) <= SAME_START_MS || (row.status === 'firing' && startsMs < knownMs && endsMs >= knownMs);
};

/** Notes one delivered alert. Delivering it again, by whichever replica, changes nothing but a count. */
export const writeAlert = async (tx: Queryable, alert: ReceivedAlert, delivery: Delivery, nowMs: number): Promise<AlertWrite> => {
  const [newest] = await tx.all(NEWEST, [alert.fingerprint]);
  const known = newest && isSame(newest, alert.startsMs, alert.endsMs) ? newest : undefined;
  const end = alert.status === 'resolved' ? { endsMs: alert.endsMs ?? nowMs, reason: 'resolved' } : undefined;
  if (known) {
    const id = String(known.id);
    if (end && known.status === 'firing') {
      await tx.run(ENDED, [end.endsMs, end.reason, nowMs, 1, id]);
      return { id, outcome: 'resolved' };
    }
    // One that had ended and fires with the same start did not end: Prometheus was away, or Alertmanager had lost it.
    const reopens = !end && known.status === 'resolved' && Number(known.ends_ms ?? 0) < nowMs - SAME_START_MS;
    await tx.run(reopens ? REOPENED : HEARD, [nowMs, id]);
    return { id, outcome: 'repeated' };
  }
  const id = `${alert.fingerprint}-${alert.startsMs}`;
  if (newest && alert.startsMs < Number(newest.starts_ms)) {
    // A late word on an older stretch; the one it belongs to may be gone by age.
    const written = await insert(tx, alert, end ?? { endsMs: Number(newest.starts_ms), reason: 'superseded' }, delivery, [], nowMs);
    if (written === 0) await tx.run(HEARD, [nowMs, id]);
    return { id, outcome: written === 0 ? 'repeated' : 'new' };
  }
  if (newest?.status === 'firing') await tx.run(ENDED, [alert.startsMs, 'superseded', nowMs, 0, String(newest.id)]);
  await insert(tx, alert, end, delivery, [], nowMs);
  return { id, outcome: end ? 'resolved' : 'new' };
};

/** What one look at Alertmanager changed. */
export interface HeldOutcome {
  readonly id: string;
  readonly isNew: boolean;
}

/** Notes an alert that Alertmanager holds. One that never came by webhook is kept as well: it may have been silenced from its first moment. */
export const writeHeldAlert = async (tx: Queryable, alert: HeldAlert, nowMs: number): Promise<HeldOutcome> => {
  const silencedBy = JSON.stringify(alert.silencedBy);
  const [newest] = await tx.all(`${NEWEST.replace('id, status', 'id, silenced_by, status')}`, [alert.fingerprint]);
  if (newest && isSame(newest, alert.startsMs)) {
    const id = String(newest.id);
    if (newest.status === 'resolved' && Number(newest.ends_ms ?? 0) < nowMs - SAME_START_MS) {
      await tx.run("UPDATE alerts SET status = 'firing', ends_ms = NULL, end_reason = NULL, silenced_by = ?, seen_ms = ? WHERE id = ?", [
        silencedBy,
        nowMs,
        id,
      ]);
    } else if (newest.silenced_by !== silencedBy) {
      await tx.run('UPDATE alerts SET silenced_by = ?, seen_ms = ? WHERE id = ?', [silencedBy, nowMs, id]);
    } else {
      await tx.run('UPDATE alerts SET seen_ms = ? WHERE id = ?', [nowMs, id]);
    }
    return { id, isNew: false };
  }
  if (newest?.status === 'firing') await tx.run(ENDED, [alert.startsMs, 'superseded', nowMs, 0, String(newest.id)]);
  const isNew = (await insert(tx, alert, undefined, { receiver: '', externalUrl: '' }, alert.silencedBy, nowMs)) > 0;
  return { id: `${alert.fingerprint}-${alert.startsMs}`, isNew };
};

/**
 * Ends the alerts that fire by our books but were not held when Alertmanager was asked, and that were last heard of before `beforeMs`: a
 * silenced alert that ends is told to nobody.
 */
export const endMissingAlerts = async (tx: Queryable, beforeMs: number, nowMs: number): Promise<readonly string[]> => {
  const rows = await tx.all(
    "UPDATE alerts SET status = 'resolved', ends_ms = seen_ms, end_reason = 'gone' WHERE status = 'firing' AND seen_ms < ? AND seen_ms <= ? RETURNING id",
    [beforeMs, nowMs],
  );
  return rows.map(({ id }) => String(id));
};
