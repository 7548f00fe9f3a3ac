import type { ReceiverConfig } from '../../config/schema.ts';
import { readSecret } from '../senders.ts';

/** What the configuration says of Slack, as it is now. Secrets are undefined where none is configured, and reject where they cannot be read. */
export interface SlackAccess {
  readonly signingSecret: () => Promise<string | undefined>;
  readonly appToken: () => Promise<string | undefined>;
  readonly slackApiUrl: () => string;
  /** Whether clicks on buttons come here by either way. */
  readonly hasButtons: () => boolean;
}

export const slackAccess = (config: () => ReceiverConfig): SlackAccess => {
  const notify = (): ReceiverConfig['notify'] => config().notify;
  return {
    signingSecret: () => readSecret(notify().slackSigningSecretFile, notify().slackSigningSecretEnv),
    appToken: () => readSecret(notify().slackAppTokenFile, notify().slackAppTokenEnv),
    slackApiUrl: () => notify().slackApiUrl,
    hasButtons: () => {
      const { slackSigningSecretFile, slackSigningSecretEnv, slackAppTokenFile, slackAppTokenEnv } = notify();
      return (slackSigningSecretFile ?? slackSigningSecretEnv ?? slackAppTokenFile ?? slackAppTokenEnv) !== undefined;
    },
  };
};
