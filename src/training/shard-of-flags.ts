import type { Command } from 'commander';
import { wholeNumber } from '../command-line/index.ts';
import { BellwetherError, env } from '../platform/index.ts';
import type { RecorderConfig } from '../recorder/index.ts';
import { createShard, type Shard } from '../sharding/index.ts';

/** What a command line says of one part of the workloads. */
export interface ShardFlags {
  readonly out: string;
  readonly config?: string;
  readonly shards?: number;
  readonly shard?: number;
}

/** Stands for the number of the shard in the name of a folder, here and in `scoring.models` of the exporter. */
const SHARD_MARK = '{shard}';
/** As of `sharding.shards`. */
const MAX_SHARDS = 64;

export const addShardFlags = (command: Command): Command =>
  command
    .option('--shards <number>', `exporters that share the workloads; with ${SHARD_MARK} in --out`, wholeNumber(1, MAX_SHARDS))
    .option(
      '--shard <number>',
      'which of them to learn for, from 0; JOB_COMPLETION_INDEX where absent, as an Indexed Job gives it',
      wholeNumber(0, MAX_SHARDS - 1),
    );

const indexFromJob = (): number | undefined => {
  const text = env('JOB_COMPLETION_INDEX');
  return text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : undefined;
};

/**
 * The folder of models, and the workloads that it is for: one shard where `--out` holds the mark, by the same hashing as that of the exporters. The
 * number of shards is that of `--shards`, or else of the exporter's configuration. Rejects with `invalid_input`.
 */
export const shardOfFlags = async (
  { loadConfig }: { readonly loadConfig?: (path: string) => Promise<Pick<RecorderConfig, 'sharding'>> },
  { out, config, shards: given, shard: index }: ShardFlags,
): Promise<{ readonly out: string; readonly shard: Shard | undefined }> => {
  if (!out.includes(SHARD_MARK)) {
    if (given !== undefined || index !== undefined)
      throw new BellwetherError('invalid_input', `--shards and --shard need ${SHARD_MARK} in --out: each shard has a folder of its own`);
    return { out, shard: undefined };
  }
  const configured = config === undefined ? undefined : (await loadConfig?.(config))?.sharding;
  const shards = given ?? configured?.shards ?? 1;
  const place = index ?? indexFromJob() ?? configured?.index ?? (shards === 1 ? 0 : undefined);
  if (place === undefined || place >= shards)
    throw new BellwetherError('invalid_input', `--shard must say which of ${shards} shards this is, from 0 to ${shards - 1}`);
  return { out: out.replaceAll(SHARD_MARK, String(place)), shard: createShard({ index: place, shards }) };
};

/** Whether a workload or node is of the shard. What shares a namespace shares a shard, so kinds do not matter. */
export const ownsOf =
  (shard: Shard | undefined) =>
  ({ namespace, workload }: { readonly namespace: string; readonly workload: string }): boolean =>
    shard === undefined || shard.owns({ namespace, workload, workloadKind: '' });
