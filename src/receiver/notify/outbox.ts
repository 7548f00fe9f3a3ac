import type { ReceivedAlert } from '../../alertmanager/index.ts';
import type { Queryable } from '../../platform/index.ts';
import type { AlertOutcome } from '../store/alert-store.ts';
import type { NoticeApproval } from './approval-notice.ts';
import type { ChannelConfig } from './channel.ts';
import type { NoticeAlert } from './message.ts';

interface NoticeHead {
  readonly id: string;
  readonly tries: number;
  readonly madeMs: number;
}

export type AlertNotice = NoticeHead & { readonly alert: NoticeAlert };
export type ApprovalNotice = NoticeHead & { readonly approval: NoticeApproval };
/** A notice that waits to be sent: about an alert, or about a mitigation that waits for somebody. */
export type Notice = AlertNotice | ApprovalNotice;

export const isApproval = (notice: Notice): notice is ApprovalNotice => 'approval' in notice;

/** How a notice ended. `dropped`: too old, or its channel is no longer there. */
export type NoticeEnd = 'sent' | 'failed' | 'dropped';

const INSERT =
  "INSERT INTO notices (id, channel, state, tries, due_ms, made_ms, body) VALUES (?, ?, 'waiting', 0, ?, ?, ?) ON CONFLICT (id) DO NOTHING";

const allows = (names: readonly string[], name: string | undefined): boolean => names.length === 0 || names.includes(name ?? '');

/** Whether a channel tells of an alert. */
export const isFor = (
  { severities, namespaces, alertnames, sendResolved }: Pick<ChannelConfig, 'severities' | 'namespaces' | 'alertnames' | 'sendResolved'>,
  { labels }: Pick<ReceivedAlert, 'labels'>,
  outcome: AlertOutcome,
): boolean =>
  (outcome === 'new' || (outcome === 'resolved' && sendResolved)) &&
  allows(severities, labels.severity) &&
  allows(namespaces, labels.namespace) &&
  allows(alertnames, labels.alertname);

/** Notes, with the alert and in the same commit, whom to tell of it. The copies of replicas make no second notice. */
export const addNotices = async (
  tx: Queryable,
  channels: readonly ChannelConfig[],
  alert: ReceivedAlert,
  { id, outcome }: { readonly id: string; readonly outcome: AlertOutcome },
  nowMs: number,
): Promise<void> => {
  for (const channel of channels) {
    if (!isFor(channel, alert, outcome)) continue;
    const { status, startsMs, labels, annotations } = alert;
    const body: NoticeAlert = { id, status, startsMs, labels, annotations };
    await tx.run(INSERT, [`${channel.name}/${status}/${id}`, channel.name, nowMs, nowMs, JSON.stringify(body)]);
  }
};

/** Notes whom to tell of a mitigation that waits for an approval; told before, it is not told again. */
export const addApprovalNotices = async (
  tx: Queryable,
  channels: readonly Pick<ChannelConfig, 'name' | 'namespaces' | 'alertnames' | 'sendApprovals'>[],
  approval: NoticeApproval,
  nowMs: number,
): Promise<void> => {
  for (const { name, namespaces, alertnames, sendApprovals } of channels) {
    // One that a person asked for has no alert, and concerns whoever looks after the namespace.
    const isForAlert = approval.alertname === '' || allows(alertnames, approval.alertname);
    if (!sendApprovals || !allows(namespaces, approval.namespace) || !isForAlert) continue;
    await tx.run(INSERT, [`${name}/approval/${approval.uid}`, name, nowMs, nowMs, JSON.stringify({ approval })]);
  }
};

/** What is due for a channel, oldest first. */
export const dueNotices = async (tx: Queryable, channel: string, nowMs: number, limit: number): Promise<readonly Notice[]> =>
  (
    await tx.all("SELECT * FROM notices WHERE state = 'waiting' AND channel = ? AND due_ms <= ? ORDER BY made_ms, id LIMIT ?", [
      channel,
      nowMs,
      limit,
    ])
  ).map((row) => {
    const head: NoticeHead = { id: String(row.id), tries: Number(row.tries), madeMs: Number(row.made_ms) };
    const body = JSON.parse(String(row.body)) as NoticeAlert | { readonly approval: NoticeApproval };
    return 'approval' in body ? { ...head, approval: body.approval } : { ...head, alert: body };
  });

export const endNotices = async (tx: Queryable, notices: readonly Pick<Notice, 'id'>[], state: NoticeEnd): Promise<void> => {
  for (const { id } of notices) await tx.run('UPDATE notices SET state = ? WHERE id = ?', [state, id]);
};

export const delayNotices = async (tx: Queryable, notices: readonly Notice[], dueMs: number): Promise<void> => {
  for (const { id } of notices) await tx.run('UPDATE notices SET tries = tries + 1, due_ms = ? WHERE id = ?', [dueMs, id]);
};

/** Waiting notices by channel, those of channels that are gone included. */
export const countWaiting = async (tx: Queryable): Promise<ReadonlyMap<string, number>> =>
  new Map(
    (await tx.all("SELECT channel, COUNT(*) AS count FROM notices WHERE state = 'waiting' GROUP BY channel")).map(({ channel, count }) => [
      String(channel),
      Number(count),
    ]),
  );

/** Drops what waits for a channel that is no longer there, and what waits for too long. Gives how many. */
export const dropNotices = async (tx: Queryable, channel: string, madeBeforeMs: number): Promise<number> =>
  await tx.run("UPDATE notices SET state = 'dropped' WHERE state = 'waiting' AND channel = ? AND made_ms < ?", [channel, madeBeforeMs]);
