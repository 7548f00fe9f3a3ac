import { podSelectors } from '../features/index.ts';
import { createHttpClient, systemClock, systemRandom } from '../platform/index.ts';
import { createPrometheusSource } from '../prometheus/index.ts';
import { type ReadingFlags, type RecorderConfig, readingOf, sourceNameOf } from '../recorder/index.ts';
import { createShardedSource, type Shard } from '../sharding/index.ts';
import { recordTrainingData } from './record-training-data.ts';

export interface RecordServerDeps {
  /** Reads an exporter configuration; without it, `--config` is refused. */
  readonly loadConfig?: (path: string) => Promise<RecorderConfig>;
}

/** What commands that record a server first take from their command line. */
export interface RecordServerFlags extends ReadingFlags {
  readonly out: string;
  readonly hours: number;
  /** Seconds. */
  readonly step: number;
}

export const WEEK_HOURS = 168;
/** A month. */
export const MAX_HOURS = 744;
export const DEFAULT_STEP_SECONDS = 60;

/** Records the last hours of the server that the flags name, or one shard of it, and gives the path of the recording. */
export const recordServer = async (
  deps: RecordServerDeps,
  flags: RecordServerFlags,
  tell: (line: string) => void,
  signal: AbortSignal,
  shard?: Shard,
): Promise<string> => {
  const { catalog, http, prometheus } = await readingOf(deps, flags);
  const client = createHttpClient(http);
  const whole = createPrometheusSource({ http: client, clock: systemClock, random: systemRandom }, prometheus);
  const source = shard && shard.place.shards > 1 ? createShardedSource(whole, shard, podSelectors(catalog)) : whole;
  try {
    return await recordTrainingData(
      { source, catalog, clock: systemClock, tell },
      { out: flags.out, hours: flags.hours, stepMs: flags.step * 1000, sourceName: sourceNameOf(prometheus.url) },
      signal,
    );
  } finally {
    await source.close();
    await client.close();
  }
};
