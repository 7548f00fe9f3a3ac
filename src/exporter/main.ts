import { once } from 'node:events';
import { Command } from 'commander';
import { addConfigFlags, configOfFlags } from '../command-line/index.ts';
import { BellwetherError, createLogger, env, limitHeapGrowth, runProcess, systemClock, systemRandom } from '../platform/index.ts';
import { ordinalOf, type ShardPlace } from '../sharding/index.ts';
import { createExporterApp } from './app.ts';
import { readConfig, watchConfig } from './config/config-file.ts';
import { CONFIG_FLAGS } from './config/flags.ts';
import type { ConfigInput, ExporterConfig } from './config/schema.ts';
import { openFlowMode } from './flows/flow-mode.ts';
import { startLearnedModel } from './learned-model.ts';

const HELP = `
Every flag has a key in the configuration file; a flag wins over the file. docs/configuration.md lists all keys.
The file is read again when it changes: what can change while running does, the rest is named in the log.

Example:
  $ bellwether exporter --prometheus http://127.0.0.1:9090
  $ curl 127.0.0.1:9464/metrics      # scores, once 127.0.0.1:9465/readyz answers 200
  $ open http://127.0.0.1:9466/      # what is anomalous, and why`;

/** Throws `invalid_config` where several share the work and nothing says which one this is. */
const placeOf = ({ sharding: { shards, index } }: ExporterConfig): ShardPlace => {
  const place = index ?? (shards === 1 ? 0 : ordinalOf(env('POD_NAME') ?? ''));
  if (place === undefined)
    throw new BellwetherError(
      'invalid_config',
      `sharding.index must be given where sharding.shards is ${shards} and POD_NAME ends in no number`,
    );
  return { index: place, shards };
};

const run = async (path: string | undefined, options: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> => {
  limitHeapGrowth();
  const flags = configOfFlags(CONFIG_FLAGS, options) as ConfigInput;
  const config = await readConfig(path, flags);
  const log = createLogger({ level: config.log.level, name: 'exporter' });
  const { scoring, intervalSeconds } = config;
  const place = placeOf(config);
  const models = scoring.models?.replaceAll('{shard}', String(place.index));
  const learned = await startLearnedModel({ setting: scoring.learned, models, stepSeconds: intervalSeconds }, systemClock, log);
  const flows = await openFlowMode(config.flows, systemClock, log);
  const app = createExporterApp(
    { clock: systemClock, random: systemRandom, log, flows, place, ...(learned ? { learned: learned.options } : {}) },
    config,
  );
  await app.start();
  const watcher = path === undefined ? undefined : watchConfig(path, flags, systemClock, app.reload);
  if (!signal.aborted) await once(signal, 'abort');
  watcher?.close();
  await app.stop();
  await learned?.close();
};

/** `bellwether exporter`: reads Prometheus, scores every workload, exposes the scores. */
export const exporterCommand = (): Command =>
  addConfigFlags(
    new Command('exporter')
      .description('Reads Prometheus, learns how each workload usually behaves and exposes anomaly_score; 1 and above is an anomaly.')
      .option('--config <file>', 'YAML file with everything else'),
    CONFIG_FLAGS,
  )
    .addHelpText('after', HELP)
    .action(async ({ config, ...options }: { readonly config?: string }) => {
      await runProcess((signal) => run(config, options, signal));
    });
