import { BellwetherError, type Clock, type Database, type GroupCommit, toBellwetherError } from '../../platform/index.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { VerdictLinks } from '../verdicts/links.ts';
import { approvalMessageOf } from './approval-notice.ts';
import type { ChannelConfig, ChannelDeps, Delivery } from './channel.ts';
import { digestOf, type Message, messageOf } from './message.ts';
import {
  type AlertNotice,
  countWaiting,
  delayNotices,
  dropNotices,
  dueNotices,
  endNotices,
  isApproval,
  type Notice,
  type NoticeEnd,
} from './outbox.ts';
import { SENDERS } from './senders.ts';

/** More alerts than this at a time are told in one message. */
const MOST_SINGLE = 5;
/** Alerts of one message about many. */
const MOST_TOGETHER = 500;
/** After about ten minutes of trying, what it says is in the list anyhow. */
const MOST_TRIES = 7;
const FIRST_DELAY_MS = 5_000;
/** Nobody wants to be told in the morning, one by one, what the night was. */
const LONGEST_WAIT_MS = 6 * 3_600_000;

export interface SendCycleDeps extends ChannelDeps {
  readonly database: Database;
  readonly commit: GroupCommit;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly links: Pick<VerdictLinks, 'make'>;
  readonly baseUrl: () => string;
  readonly channels: () => readonly ChannelConfig[];
  /** Messages of a channel, by its name. */
  readonly limit: (channel: ChannelConfig) => RateLimit;
}

export interface SendRound {
  readonly ended: readonly { readonly channel: string; readonly end: NoticeEnd; readonly count: number }[];
  readonly waiting: ReadonlyMap<string, number>;
  readonly error: BellwetherError | undefined;
}

/** Sends one message now, by whatever its channel speaks. Never rejects. */
export const deliver = async (deps: ChannelDeps, channel: ChannelConfig, message: Message): Promise<Delivery> => {
  try {
    return await SENDERS[channel.kind](deps, channel, message);
  } catch (thrown) {
    const { message: reason, retryable, code } = toBellwetherError(thrown);
    // A secret that is not there yet may come: the Secret of a cluster is made by somebody else.
    return { ok: false, final: !retryable && code !== 'invalid_config', reason };
  }
};

/** One round over all channels: sends what is due, tries again later what failed, gives up on what cannot be sent. Rejects only where the store fails. */
export const createSendCycle = (deps: SendCycleDeps) => {
  const { database, commit, clock, links, baseUrl } = deps;

  const single = (channel: ChannelConfig, { id, alert }: AlertNotice): Message => {
    const grant = { alert: alert.id, by: `channel:${channel.name}` };
    const verdictUrl = alert.status === 'firing' ? `${baseUrl()}${links.make(grant).path}` : undefined;
    return messageOf(alert, channel, { id: idOf(id), pageUrl: `${baseUrl()}/alerts/${alert.id}`, verdictUrl });
  };
  const idOf = (noticeId: string): string => noticeId.replaceAll('/', '.');

  return async (): Promise<SendRound> => {
    const ended: { channel: string; end: NoticeEnd; count: number }[] = [];
    let error: BellwetherError | undefined;
    const end = async (channel: string, notices: readonly Notice[], state: NoticeEnd): Promise<void> => {
      await commit.write((tx) => endNotices(tx, notices, state));
      ended.push({ channel, end: state, count: notices.length });
    };
    const send = async (channel: ChannelConfig, notices: readonly Notice[], message: Message): Promise<void> => {
      const result = await deliver(deps, channel, message);
      if (result.ok) return await end(channel.name, notices, 'sent');
      error = new BellwetherError('upstream_unavailable', `channel ${channel.name}: ${result.reason}`);
      const tries = 1 + Math.max(...notices.map((notice) => notice.tries));
      if (result.final || tries >= MOST_TRIES) return await end(channel.name, notices, 'failed');
      const waitMs = Math.max(FIRST_DELAY_MS * 2 ** tries, result.waitMs ?? 0);
      await commit.write((tx) => delayNotices(tx, notices, clock.nowMs() + waitMs));
    };

    const known = new Map(deps.channels().map((channel) => [channel.name, channel]));
    for (const name of (await countWaiting(database)).keys()) {
      const beforeMs = known.has(name) ? clock.nowMs() - LONGEST_WAIT_MS : Number.MAX_SAFE_INTEGER;
      const count = await commit.write((tx) => dropNotices(tx, name, beforeMs));
      if (count > 0) ended.push({ channel: name, end: 'dropped', count });
      const channel = known.get(name);
      if (!channel) continue;
      const all = await dueNotices(database, name, clock.nowMs(), MOST_TOGETHER);
      // These first: each needs an answer soon, and none can be told within another.
      for (const notice of all.filter(isApproval)) {
        if (notice.approval.untilMs <= clock.nowMs()) await end(name, [notice], 'dropped');
        else if (deps.limit(channel).allows(name))
          await send(channel, [notice], approvalMessageOf(notice.approval, { id: idOf(notice.id), pageUrl: `${baseUrl()}/mitigations` }));
      }
      const due = all.filter((notice): notice is AlertNotice => !isApproval(notice));
      if (due.length > MOST_SINGLE) {
        const message = digestOf(
          due.map(({ alert }) => alert),
          { id: `${idOf(due[0]!.id)}.${due.length}`, pageUrl: `${baseUrl()}/` },
        );
        if (deps.limit(channel).allows(name)) await send(channel, due, message);
        continue;
      }
      for (const notice of due) {
        // What is over the limit waits, and comes together with the rest.
        if (!deps.limit(channel).allows(name)) break;
        await send(channel, [notice], single(channel, notice));
      }
    }
    return { ended, waiting: await countWaiting(database), error };
  };
};
