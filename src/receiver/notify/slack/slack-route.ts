import { createHash } from 'node:crypto';
import express, { Router } from 'express';
import { BellwetherError, type Clock } from '../../../platform/index.ts';
import type { RateLimit } from '../../auth/rate-limit.ts';
import type { ReceiverParts } from '../../receiver-parts.ts';
import { clickOf, payloadOf } from './click.ts';
import type { ClickDesk } from './click-desk.ts';
import { isFromSlack, MOST_SKEW_SECONDS } from './slack-signature.ts';

/** A click carries the message it was on. */
const MAX_BYTES = 262_144;
/** A copy is too old after twice the skew, whichever way the clocks differ. */
const REMEMBERED_MS = 2 * MOST_SKEW_SECONDS * 1000;

export interface SlackRouteDeps extends Pick<ReceiverParts, 'notReady' | 'instruments' | 'commit'> {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly clicks: ClickDesk;
  /** Undefined: buttons are off. Rejects where it cannot be read. */
  readonly signingSecret: () => Promise<string | undefined>;
  /** Wrongly signed calls of one address. */
  readonly failures: RateLimit;
}

/** `POST /api/v1/slack/actions`: clicks on the buttons of messages, signed by Slack, each once. The signature says that it is Slack; who clicked decides what he may. */
export const createSlackRoute = ({ clicks, commit, notReady, instruments: m, clock, signingSecret, failures }: SlackRouteDeps): Router => {
  const router = Router();

  /** A call that somebody has caught and sends again has the same signature. Kept in the store: another replica, or a new process, knows it as well. */
  const isFirst = async (signature: string): Promise<boolean> => {
    const nowMs = clock.nowMs();
    const id = `slack:${createHash('sha256').update(signature).digest('hex')}`;
    const insert = 'INSERT INTO used_links (id, used_ms, expires_ms) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING';
    return (await commit.write((tx) => tx.run(insert, [id, nowMs, nowMs + REMEMBERED_MS]))) > 0;
  };

  router.post(
    '/api/v1/slack/actions',
    express.raw({ type: 'application/x-www-form-urlencoded', limit: MAX_BYTES }),
    async (request, response) => {
      const secret = await signingSecret();
      if (secret === undefined) throw new BellwetherError('not_found', 'buttons of Slack are off: notify.slackSigningSecretFile');
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const [timestamp, signature = ''] = [request.get('x-slack-request-timestamp'), request.get('x-slack-signature')];
      if (!isFromSlack(secret, { timestamp, signature, body }, clock.nowMs())) {
        const known = failures.allows(request.socket.remoteAddress ?? '');
        m.refusedRequests.inc({ reason: known ? 'bad_credentials' : 'rate' });
        throw known
          ? new BellwetherError('unauthorized', 'the call is not signed by Slack, or is too old')
          : new BellwetherError('overloaded', 'too many calls that are not signed');
      }
      const click = clickOf(payloadOf(body));
      const reason = notReady();
      if (reason !== undefined) throw new BellwetherError('not_ready', reason);
      if (!(await isFirst(signature))) {
        m.refusedRequests.inc({ reason: 'bad_credentials' });
        throw new BellwetherError('conflict', 'this call was taken before');
      }
      await clicks.take(click);
      response.status(200).end();
    },
  );
  return router;
};
