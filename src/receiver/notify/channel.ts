import type { HttpClient, Mail, MailServer } from '../../platform/index.ts';
import type { ReceiverConfig } from '../config/schema.ts';
import type { Message } from './message.ts';

export type ChannelConfig = ReceiverConfig['notify']['channels'][number];

/** What became of a message. `final`: another try cannot help. */
export type Delivery =
  | { readonly ok: true }
  | { readonly ok: false; readonly final: boolean; readonly reason: string; readonly waitMs?: number };

export interface ChannelDeps {
  readonly http: HttpClient;
  readonly mail: (server: MailServer, mail: Mail, timeoutMs: number) => Promise<void>;
  /** The address of a channel and its secret, as they are now. Reject with `invalid_config` where they cannot be read. */
  readonly url: (channel: ChannelConfig) => Promise<string | undefined>;
  readonly secret: (channel: ChannelConfig) => Promise<string | undefined>;
  /** Where methods of Slack are. */
  readonly slackApiUrl: () => string;
  /** Whether buttons of Slack lead anywhere. */
  readonly hasButtons: () => boolean;
}

/** Sends one message. Errors of the network reject with a BellwetherError that says whether another try can help. */
export type SendMessage = (deps: ChannelDeps, channel: ChannelConfig, message: Message) => Promise<Delivery>;

export const TIMEOUT_MS = 10_000;
