import { BellwetherError } from '../../../platform/index.ts';
import type { Delivery, SendMessage } from '../channel.ts';
import type { Message } from '../message.ts';
import { postJson } from './post-json.ts';

const WORDS = { false_alarm: 'False alarm', expected: 'Expected', new_trend: 'New trend', confirmed: 'Confirmed' } as const;
/** Errors of `chat.postMessage` that pass; all others are about the app or the channel. */
const PASSING = /^(ratelimited|rate_limited|internal_error|fatal_error|service_unavailable|request_timeout)$/;

/** Slack reads these three as its own marks. */
export const quote = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const button = (text: string, extra: Readonly<Record<string, unknown>>) => ({
  type: 'button',
  text: { type: 'plain_text', text },
  ...extra,
});

/** One click must not change traffic. */
const SURE = {
  title: { type: 'plain_text', text: 'Approve it?' },
  text: { type: 'plain_text', text: 'Traffic is limited until it expires or somebody takes it back.' },
  confirm: { type: 'plain_text', text: 'Approve' },
  deny: { type: 'plain_text', text: 'Not yet' },
};

/** Blocks of a message: what it says, and a button for each word or answer, or links where buttons lead nowhere. */
export const slackBlocks = (message: Message, hasButtons: boolean): readonly unknown[] => {
  const { title, text, pageUrl, verdictUrl, alerts, approval } = message;
  const open = button('Open', { action_id: 'open', url: pageUrl });
  const value = approval === undefined ? '' : `${approval.namespace}/${approval.name}/${approval.uid}`;
  const asked =
    approval === undefined || !hasButtons
      ? []
      : [
          button('Approve', { action_id: 'mitigation:approve', value, style: 'primary', confirm: SURE }),
          button('Decline', { action_id: 'mitigation:decline', value, style: 'danger' }),
        ];
  const words =
    verdictUrl === undefined
      ? []
      : hasButtons
        ? Object.entries(WORDS).map(([word, label]) => button(label, { action_id: `verdict:${word}`, value: alerts[0]?.id ?? '' }))
        : [button('Judge', { action_id: 'judge', url: verdictUrl })];
  return [
    { type: 'section', text: { type: 'mrkdwn', text: `*${quote(title)}*${text === '' ? '' : `\n${quote(text)}`}` } },
    { type: 'actions', elements: [...asked, ...words, open] },
  ];
};

const checkAnswer = (text: string): Delivery => {
  // An incoming webhook says `ok`, the API an object.
  if (!text.startsWith('{')) return { ok: true };
  const { ok, error = 'no reason' } = JSON.parse(text) as { readonly ok?: boolean; readonly error?: string };
  return ok === false ? { ok: false, final: !PASSING.test(error), reason: error } : { ok: true };
};

/** A message in Slack: by an incoming webhook, whose address is the secret, or by `chat.postMessage` with the token of an app. */
export const sendToSlack: SendMessage = async ({ http, url, secret, slackApiUrl, hasButtons }, channel, message) => {
  const method = `${slackApiUrl().replace(/\/+$/, '')}/chat.postMessage`;
  const [address = method, token] = [await url(channel), await secret(channel)];
  if (token === undefined && address === method) throw new BellwetherError('invalid_config', `channel ${channel.name} has no token`);
  const target = channel.slackChannel === undefined ? {} : { channel: channel.slackChannel };
  const body = { ...target, text: quote(message.title), blocks: slackBlocks(message, hasButtons()), unfurl_links: false };
  return await postJson(http, { url: address, token, body }, checkAnswer);
};
