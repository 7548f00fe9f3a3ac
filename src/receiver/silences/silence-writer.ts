import { type AlertmanagerClient, matchersOf, type Silence } from '../../alertmanager/index.ts';
import type { VerdictWord } from '../../feedback/index.ts';
import { BellwetherError, type Clock, type GroupCommit } from '../../platform/index.ts';
import { findAlert } from '../store/alert-query.ts';
import { appendAudit } from '../store/audit-store.ts';
import type { Giver } from '../verdicts/verdict-book.ts';
import { silenceTexts } from '../watch/silence-words.ts';

const MINUTE_MS = 60_000;

/** The prefixes under which words are written into comments. */
const PREFIXES: Readonly<Record<VerdictWord | 'acknowledged', string>> = {
  false_alarm: 'FP',
  expected: 'EXPECTED',
  new_trend: 'TREND',
  confirmed: 'CONFIRMED',
  missed: 'CONFIRMED',
  acknowledged: 'ACK',
};

export interface SilenceWriterDeps {
  readonly client: AlertmanagerClient;
  readonly commit: GroupCommit;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface NewSilence {
  /** Id of a stored alert; the silence is over the labels that name it. */
  readonly alert: string;
  readonly minutes: number;
  readonly reason: string;
  readonly word?: VerdictWord;
  /** The verdict that it goes with, so that it is not heard twice. */
  readonly verdictId?: string;
}

/** Makes, extends and ends silences in Alertmanager, each with a line in the audit log. */
export interface SilenceWriter {
  /** Gives the id. Without a word it acknowledges: `ACK`, a weak "confirmed". Rejects with `not_found`, `upstream_unavailable`, `upstream_refused`. */
  make(silence: NewSilence, giver: Giver): Promise<string>;
  /** The new end is so many minutes from now. Gives the id, which may be another. */
  extend(id: string, minutes: number, giver: Giver): Promise<string>;
  expire(id: string, giver: Giver): Promise<void>;
}

export const createSilenceWriter = ({ client, commit, clock }: SilenceWriterDeps): SilenceWriter => {
  const audit = (giver: Giver, action: string, subject: string, details: Readonly<Record<string, unknown>>): Promise<void> =>
    commit.write((tx) => appendAudit(tx, { atMs: clock.nowMs(), who: giver.by, role: giver.role, action, subject, details }));
  const held = async (id: string): Promise<Silence> => {
    const { items } = await client.silences();
    const silence = items.find((one) => one.id === id);
    if (!silence) throw new BellwetherError('not_found', `Alertmanager holds no silence ${id}`);
    return silence;
  };

  return {
    make: async ({ alert: alertId, minutes, reason, word, verdictId }, giver) => {
      const alert = await commit.write((tx) => findAlert(tx, alertId));
      if (!alert) throw new BellwetherError('not_found', `there is no alert ${alertId}`);
      const prefix = PREFIXES[word ?? 'acknowledged'];
      const nowMs = clock.nowMs();
      const texts =
        verdictId === undefined ? { comment: `${prefix}: ${reason}` } : silenceTexts(prefix, word ?? 'confirmed', reason, verdictId);
      const id = await client.postSilence({
        matchers: matchersOf(alert.labels),
        startsMs: nowMs,
        endsMs: nowMs + minutes * MINUTE_MS,
        createdBy: giver.by,
        ...texts,
      });
      await audit(giver, 'silence.make', id, { alert: alertId, minutes, comment: texts.comment });
      return id;
    },
    extend: async (id, minutes, giver) => {
      const silence = await held(id);
      if (silence.state === 'expired') throw new BellwetherError('conflict', 'the silence has ended; make a new one');
      const next = await client.postSilence({ ...silence, endsMs: clock.nowMs() + minutes * MINUTE_MS });
      await audit(giver, 'silence.extend', next, { minutes, ...(next === id ? {} : { before: id }) });
      return next;
    },
    expire: async (id, giver) => {
      await client.expireSilence(id);
      await audit(giver, 'silence.expire', id, {});
    },
  };
};
