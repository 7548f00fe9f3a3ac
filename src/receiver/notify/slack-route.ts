import express, { Router } from 'express';
import { BellwetherError, type Clock, type HttpClient, type Logger, toBellwetherError, validate } from '../../platform/index.ts';
import { checked } from '../../web/index.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import { postJson } from './channels/post-json.ts';
import { isFromSlack } from './slack-signature.ts';

/** A click carries the message it was on. */
const MAX_BYTES = 262_144;
/** Where Slack takes answers to a click; an address elsewhere is not asked for. */
const ANSWERS = /^https:\/\/hooks\.slack(-gov)?\.com\//;

const CLICK = {
  type: 'object',
  required: ['type', 'user', 'actions'],
  properties: {
    type: { type: 'string', const: 'block_actions' },
    user: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', pattern: '^[A-Z0-9]{1,40}$' }, username: { type: 'string', maxLength: 200 } },
    },
    response_url: { type: 'string', maxLength: 2000 },
    actions: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['action_id'],
        properties: { action_id: { type: 'string', maxLength: 255 }, value: { type: 'string', maxLength: 200 } },
      },
    },
  },
} as const;

export interface SlackRouteDeps extends Pick<ReceiverParts, 'book' | 'notReady' | 'instruments'> {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Pick<Logger, 'warn'>;
  readonly http: HttpClient;
  /** Undefined: buttons are off. Rejects where it cannot be read. */
  readonly signingSecret: () => Promise<string | undefined>;
  /** Wrongly signed calls of one address. */
  readonly failures: RateLimit;
  /** Whether an answer may be sent there. */
  readonly mayAnswer?: (url: string) => boolean;
}

const clickOf = (body: Buffer): unknown => {
  try {
    return JSON.parse(new URLSearchParams(body.toString('utf8')).get('payload') ?? '');
  } catch {
    throw new BellwetherError('invalid_input', 'the call has no payload');
  }
};

/** `POST /api/v1/slack/actions`: clicks on the buttons of messages, signed by Slack. The signature is the permission; the author of the verdict is who clicked. */
export const createSlackRoute = ({
  book,
  notReady,
  instruments: m,
  clock,
  logger,
  http,
  signingSecret,
  failures,
  mayAnswer = (url) => ANSWERS.test(url),
}: SlackRouteDeps): Router => {
  const router = Router();
  const answer = async (url: string | undefined, text: string, isWord: boolean): Promise<void> => {
    if (url === undefined || !mayAnswer(url)) return;
    const body = { response_type: isWord ? 'in_channel' : 'ephemeral', replace_original: false, text };
    await postJson(http, { url, token: undefined, body }).catch((error: unknown) => {
      logger.warn({ err: toBellwetherError(error) }, 'Slack could not be told what became of a click');
    });
  };

  router.post(
    '/api/v1/slack/actions',
    express.raw({ type: 'application/x-www-form-urlencoded', limit: MAX_BYTES }),
    async (request, response) => {
      const secret = await signingSecret();
      if (secret === undefined) throw new BellwetherError('not_found', 'buttons of Slack are off: notify.slackSigningSecretFile');
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const [timestamp, signature] = [request.get('x-slack-request-timestamp'), request.get('x-slack-signature')];
      if (!isFromSlack(secret, { timestamp, signature, body }, clock.nowMs())) {
        const known = failures.allows(request.socket.remoteAddress ?? '');
        m.refusedRequests.inc({ reason: known ? 'bad_credentials' : 'rate' });
        throw known
          ? new BellwetherError('unauthorized', 'the call is not signed by Slack, or is too old')
          : new BellwetherError('overloaded', 'too many calls that are not signed');
      }
      const result = validate(CLICK, clickOf(body));
      const { user, actions, response_url: url } = checked(result);
      const [, word] = /^verdict:([a-z_]{1,20})$/.exec(actions[0]?.action_id ?? '') ?? [];
      // Buttons that only lead somewhere are told as well.
      if (word === undefined) return void response.status(200).end();
      const reason = notReady();
      if (reason !== undefined) throw new BellwetherError('not_ready', reason);
      const by = `slack:${user.username ?? user.id}`.slice(0, 253);
      let text: string;
      let isWord = false;
      try {
        const verdict = await book.giveRequest({ alert: actions[0]?.value ?? '', word }, { by, role: 'slack', source: 'chat' });
        m.verdicts.inc({ word: verdict.word, source: verdict.source });
        text = `<@${user.id}> says: ${word.replaceAll('_', ' ')}`;
        isWord = true;
      } catch (thrown) {
        const error = toBellwetherError(thrown);
        if (error.code === 'internal' || error.code === 'not_ready') throw error;
        m.verdictsRefused.inc({ reason: error.code === 'overloaded' ? 'cap' : error.code === 'not_found' ? 'unknown' : 'invalid' });
        text = `This verdict was not taken: ${error.message}`;
      }
      // Slack waits three seconds for the first answer; the second goes to the message.
      response.status(200).end();
      await answer(url, text, isWord);
    },
  );
  return router;
};
