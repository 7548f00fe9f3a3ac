import { Command } from 'commander';
import { BellwetherError, createHttpClient, runProcess, sendMail, systemClock } from '../platform/index.ts';
import { readReceiverConfig } from './config/load-config.ts';
import type { ChannelDeps } from './notify/channel.ts';
import { testMessage } from './notify/channel-routes.ts';
import { deliver } from './notify/send-cycle.ts';
import { channelSecrets } from './notify/senders.ts';

interface Flags {
  readonly config: string;
}

const test = async (names: readonly string[], { config: path }: Flags): Promise<void> => {
  const { notify, listen } = await readReceiverConfig(path, { store: { path: 'unused' } });
  const known = notify.channels.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0 || known.length === 0)
    throw new BellwetherError('invalid_config', `${path} has ${known.length === 0 ? 'no channels' : `no channel ${unknown.join(', ')}`}`);
  const http = createHttpClient();
  const deps: ChannelDeps = { http, mail: sendMail, ...channelSecrets, slackApiUrl: () => notify.slackApiUrl, hasButtons: () => false };
  const failed: string[] = [];
  try {
    for (const channel of notify.channels) {
      if (names.length > 0 && !names.includes(channel.name)) continue;
      const message = testMessage(systemClock.nowMs(), 'The command line', listen.baseUrl ?? 'http://127.0.0.1:9467/');
      const result = await deliver(deps, channel, message);
      process.stdout.write(`${channel.name} (${channel.kind}): ${result.ok ? 'delivered' : result.reason}\n`);
      if (!result.ok) failed.push(channel.name);
    }
  } finally {
    await http.close();
  }
  if (failed.length > 0) throw new BellwetherError('upstream_unavailable', `not delivered: ${failed.join(', ')}`);
};

/** `bellwether notify test`: sends a message through the channels of a receiver's configuration. */
export const notifyCommand = (): Command => {
  const command = new Command('notify').description('Tries the channels through which the receiver tells of alerts.');
  command
    .command('test')
    .description('Sends a message that says it is a test.')
    .argument('[channel...]', 'names of channels; all where none is given')
    .requiredOption('--config <file>', 'configuration of the receiver')
    .addHelpText(
      'after',
      '\nExit code: 0 all delivered, 1 not, 2 wrong command line or configuration.\n\nExample:\n  $ bellwether notify test --config receiver.yaml team',
    )
    .action(async (names: readonly string[], flags: Flags) => {
      await runProcess(() => test(names, flags));
    });
  return command;
};
