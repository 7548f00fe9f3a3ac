import { once } from 'node:events';
import { Command } from 'commander';
import { addConfigFlags, configOfFlags } from '../command-line/index.ts';
import { createLogger, runProcess, systemClock, watchConfigFile } from '../platform/index.ts';
import { createReceiverApp } from './app.ts';
import { RECEIVER_FLAGS } from './config/flags.ts';
import { loadReceiverConfig, readReceiverConfig } from './config/load-config.ts';
import type { ReceiverConfigInput } from './config/schema.ts';
import { databaseOf, leadershipOf, mitigationClusterOf } from './parts.ts';

const HELP = `
Every flag has a key in the configuration file; a flag wins over the file. docs/receiver-configuration.md lists all keys.

Example, with a token for Alertmanager and one for people in the file:
  $ bellwether receiver --config receiver.yaml --store ./alerts.db
  $ open http://127.0.0.1:9467/      # alerts and verdicts`;

const run = async (path: string | undefined, options: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> => {
  const flags = configOfFlags(RECEIVER_FLAGS, options) as ReceiverConfigInput;
  const config = await readReceiverConfig(path, flags);
  const log = createLogger({ level: config.log.level, name: 'receiver' });
  const leadership = await leadershipOf(config, { clock: systemClock, log });
  const mitigation = await mitigationClusterOf(config);
  const app = createReceiverApp(
    {
      clock: systemClock,
      log,
      openDatabase: databaseOf(config),
      ...(leadership ? { leadership } : {}),
      ...(mitigation ? { mitigation } : {}),
    },
    config,
  );
  await app.start();
  const watcher =
    path === undefined ? undefined : watchConfigFile(path, (text) => loadReceiverConfig(text, flags), systemClock, app.reload);
  if (!signal.aborted) await once(signal, 'abort');
  watcher?.close();
  await app.stop();
};

export { notifyCommand } from './notify-command.ts';
export { storeCommand } from './store-command.ts';

/** `bellwether receiver`: keeps what Alertmanager sends, and what people say about it. */
export const receiverCommand = (): Command =>
  addConfigFlags(
    new Command('receiver')
      .description('Keeps the alerts that Alertmanager sends, and takes verdicts on them from silences, pages, links and the API.')
      .option('--config <file>', 'YAML file with everything else'),
    RECEIVER_FLAGS,
  )
    .addHelpText('after', HELP)
    .action(async ({ config, ...options }: { readonly config?: string }) => {
      await runProcess((signal) => run(config, options, signal));
    });
