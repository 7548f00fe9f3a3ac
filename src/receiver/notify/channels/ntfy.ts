import { BellwetherError } from '../../../platform/index.ts';
import type { SendMessage } from '../channel.ts';
import { postJson } from './post-json.ts';

/** 1 to 5, by https://docs.ntfy.sh/publish/#message-priority. */
const PRIORITIES: Readonly<Record<string, number>> = { critical: 5, warning: 4, info: 2 };

/** A push message of ntfy: the address is that of the topic, `https://ntfy.sh/TOPIC`; as JSON it goes to the root of the server. */
export const sendToNtfy: SendMessage = async ({ http, url, secret }, channel, { title, text, severity, pageUrl, verdictUrl }) => {
  const address = await url(channel);
  const [, root, topic] = /^(https?:\/\/.*\/)([A-Za-z0-9_-]{1,64})\/?$/.exec(address ?? '') ?? [];
  if (root === undefined || topic === undefined)
    throw new BellwetherError('invalid_config', `the address of channel ${channel.name} does not end with a topic`);
  const view = (label: string, link: string) => ({ action: 'view', label, url: link });
  const body = {
    topic,
    title,
    message: text || title,
    priority: PRIORITIES[severity] ?? 3,
    click: pageUrl,
    actions: [view('Open', pageUrl), ...(verdictUrl === undefined ? [] : [view('Judge', verdictUrl)])],
  };
  return await postJson(http, { url: root, token: await secret(channel), body });
};
