import { once } from 'node:events';
import { Command } from 'commander';
import { addConfigFlags, type ConfigFlag, configOfFlags, number } from '../command-line/index.ts';
import { connectToCluster, createKubernetesClient, createLogger, env, runProcess, systemClock, systemRandom } from '../platform/index.ts';
import { createCollectorApp } from './app.ts';
import { readCollectorConfig } from './config/load-config.ts';

const FLAGS: readonly ConfigFlag[] = [
  { flag: '--node <name>', key: 'node', help: 'name of this node (default NODE_NAME)' },
  { flag: '--receiver <url>', key: 'receiver.url', help: 'address of the receiver (default http://127.0.0.1:9467)' },
  { flag: '--token-file <file>', key: 'receiver.tokenFile', help: 'file with a token of the role sender' },
  { flag: '--folder <folder>', key: 'tetragon.folder', help: 'folder of the export of Tetragon' },
  { flag: '--state-file <file>', key: 'tetragon.stateFile', help: 'where the places are kept' },
  { flag: '--host <address>', key: 'listen.host', help: 'address to listen on (default 127.0.0.1)' },
  { flag: '--self-port <port>', key: 'listen.selfPort', help: 'port of own metrics, /healthz, /readyz (default 9471)', parse: number },
  { flag: '--counts-port <port>', key: 'listen.countsPort', help: 'port of the counts by pod (default 9472)', parse: number },
  { flag: '--log-level <level>', key: 'log.level', help: 'trace, debug, info, warn, error, fatal or silent (default info)' },
];

const HELP = `
Each source has a section in the configuration file and is off until it is switched on there. docs/collector-configuration.md lists all keys.

Example, on a node with Tetragon, with "tetragon: {enabled: true}" in the file:
  $ bellwether collector --config collector.yaml --receiver http://receiver:9467 --token-file token`;

const run = async (path: string | undefined, options: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> => {
  const config = await readCollectorConfig(path, configOfFlags(FLAGS, options));
  const log = createLogger({ level: config.log.level, name: 'collector' });
  const node = config.node ?? env('NODE_NAME') ?? env('HOSTNAME') ?? 'node';
  const client = config.kubernetes.enabled ? createKubernetesClient(await connectToCluster()) : undefined;
  const app = createCollectorApp({ clock: systemClock, log, random: systemRandom, ...(client ? { client } : {}) }, node, config);
  await app.start();
  if (!signal.aborted) await once(signal, 'abort');
  await app.stop();
  await client?.close();
};

/** `bellwether collector`: brings what happens on a node to the receiver. */
export const collectorCommand = (): Command =>
  addConfigFlags(
    new Command('collector')
      .description('Reads the export of Tetragon, or Kubernetes Events, and brings it to the receiver.')
      .option('--config <file>', 'YAML file with the sources and everything else'),
    FLAGS,
  )
    .addHelpText('after', HELP)
    .action(async ({ config, ...options }: { readonly config?: string }) => {
      await runProcess((signal) => run(config, options, signal));
    });
