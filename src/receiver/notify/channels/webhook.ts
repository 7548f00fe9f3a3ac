import { BellwetherError } from '../../../platform/index.ts';
import type { SendMessage } from '../channel.ts';
import { postJson } from './post-json.ts';

/** A plain call: what other channels would show, and the alerts, for whatever takes it from there. */
export const sendToWebhook: SendMessage = async ({ http, url, secret }, channel, message) => {
  const address = await url(channel);
  if (address === undefined) throw new BellwetherError('invalid_config', `channel ${channel.name} has no address`);
  const { id, title, text, severity, alerts, pageUrl, verdictUrl, approval } = message;
  const body = {
    version: 1,
    id,
    title,
    text,
    severity,
    pageUrl,
    verdictUrl: verdictUrl ?? null,
    approval: approval ?? null,
    alerts: alerts.map(({ startsMs, ...alert }) => ({ ...alert, startsSeconds: startsMs / 1000 })),
  };
  return await postJson(http, { url: address, token: await secret(channel), body });
};
