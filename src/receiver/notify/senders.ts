import { BellwetherError, env, readFile } from '../../platform/index.ts';
import type { ChannelConfig, ChannelDeps, SendMessage } from './channel.ts';
import { sendAsMail } from './channels/email.ts';
import { sendToNtfy } from './channels/ntfy.ts';
import { sendToSlack } from './channels/slack.ts';
import { sendToWebhook } from './channels/webhook.ts';

const MAX_SECRET_BYTES = 16_384;

/** A secret out of a file or a variable, as it is now; undefined where neither is named. Rejects with `invalid_config` where it is not there. */
export const readSecret = async (file: string | undefined, variable: string | undefined): Promise<string | undefined> => {
  if (file !== undefined) {
    try {
      return Buffer.from(await readFile(file, { maxBytes: MAX_SECRET_BYTES }))
        .toString('utf8')
        .trim();
    } catch (error) {
      throw new BellwetherError('invalid_config', `the file ${file} with a secret cannot be read`, error);
    }
  }
  if (variable === undefined) return undefined;
  const value = env(variable);
  if (value === undefined) throw new BellwetherError('invalid_config', `the environment variable ${variable} with a secret is not set`);
  return value.trim();
};

/** Where channels get their addresses and secrets. */
export const channelSecrets: Pick<ChannelDeps, 'url' | 'secret'> = {
  url: async ({ url, urlFile, urlEnv }) => url ?? (await readSecret(urlFile, urlEnv)),
  secret: ({ secretFile, secretEnv }) => readSecret(secretFile, secretEnv),
};

/** One sender for each kind of channel. */
export const SENDERS: Readonly<Record<ChannelConfig['kind'], SendMessage>> = {
  slack: sendToSlack,
  email: sendAsMail,
  ntfy: sendToNtfy,
  webhook: sendToWebhook,
};
