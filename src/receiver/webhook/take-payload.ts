import type { AlertmanagerClient, ReceivedAlert, WebhookPayload } from '../../alertmanager/index.ts';
import { WATCHDOG_ALERT } from '../../conventions/index.ts';
import type { Clock, GroupCommit } from '../../platform/index.ts';
import type { ChannelConfig } from '../notify/channel.ts';
import { addNotices } from '../notify/outbox.ts';
import { type AlertOutcome, writeAlert, writeHeldAlert } from '../store/alert-store.ts';

export interface TakePayloadDeps {
  readonly commit: GroupCommit;
  /** To complete truncated groups; without one they stay as they are, and are counted. */
  readonly client: AlertmanagerClient | undefined;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly channels: () => readonly ChannelConfig[];
}

export interface TakenPayload {
  readonly outcomes: Readonly<Record<AlertOutcome, number>>;
  /** Alerts that were written for the first time. */
  readonly fresh: readonly string[];
  /** Whether the alert that always fires was among them. */
  readonly isWatchdog: boolean;
}

/** Prometheus sends the watchdog for ever; its history would be one line that never ends. */
const isWatchdog = ({ labels }: ReceivedAlert): boolean => labels.alertname === WATCHDOG_ALERT;

/**
 * Keeps what one webhook call brought. Resolves once it is durable: only then may the call be answered with 2xx. What `max_alerts` left out of the group
 * is asked for afterwards, so that a slow Alertmanager does not make its own call fail.
 */
export const createPayloadTaker = ({ commit, client, clock, channels }: TakePayloadDeps) => {
  const complete = async ({ groupLabels }: WebhookPayload): Promise<number> => {
    if (!client) return 0;
    const { items } = await client.alerts(groupLabels);
    for (let i = 0; i < items.length; i += 200) {
      await commit.write(async (tx) => {
        for (const alert of items.slice(i, i + 200)) await writeHeldAlert(tx, alert, clock.nowMs());
      });
    }
    return items.length;
  };

  return {
    take: async (payload: WebhookPayload): Promise<TakenPayload> => {
      const kept = payload.alerts.filter((alert) => !isWatchdog(alert));
      const writes =
        kept.length === 0
          ? []
          : await commit.write(async (tx) => {
              const nowMs = clock.nowMs();
              const done = [];
              for (const alert of kept) {
                const write = await writeAlert(tx, alert, payload, nowMs);
                await addNotices(tx, channels(), alert, write, nowMs);
                done.push(write);
              }
              return done;
            });
      const outcomes = { new: 0, repeated: 0, resolved: 0 };
      for (const { outcome } of writes) outcomes[outcome]++;
      const fresh = writes.flatMap(({ id, outcome }) => (outcome === 'new' ? [id] : []));
      return { outcomes, fresh, isWatchdog: payload.alerts.some((alert) => isWatchdog(alert) && alert.status === 'firing') };
    },
    /** Rejects where Alertmanager does not answer; its next notification or the next look brings them. */
    complete,
  };
};

export type PayloadTaker = ReturnType<typeof createPayloadTaker>;
