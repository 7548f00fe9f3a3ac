import type { FeatureCatalog } from '../../features/index.ts';
import { BellwetherError, type Clock, configOrThrow, readConfigText, type Validation, watchConfigFile } from '../../platform/index.ts';
import { catalogOf } from '../feature-catalog.ts';
import { type ReadingOptions, readingOf } from '../parts.ts';
import { loadConfig } from './load-config.ts';
import type { ConfigInput, ExporterConfig } from './schema.ts';

/** The configuration of a file (none: defaults) with flags over it. Rejects with `invalid_config` that lists every problem. */
export const readConfig = async (path: string | undefined, flags: ConfigInput = {}): Promise<ExporterConfig> => {
  const text = await readConfigText(path);
  return configOrThrow(loadConfig(text, flags), path ?? 'the command line');
};

/** The features that a configuration file describes; where it reads from does not matter then. */
export const loadCatalog = async (path: string): Promise<FeatureCatalog> =>
  catalogOf((await readConfig(path, { prometheus: { url: 'http://unused.invalid' } })).features);

/** What `record` and training take from a configuration file: server, credentials, features, and how workloads are shared. Rejects with `invalid_config` where it names no server. */
export const loadReading = async (
  path: string,
): Promise<ReadingOptions & Pick<ExporterConfig, 'sharding'> & { readonly catalog: FeatureCatalog }> => {
  const config = await readConfig(path);
  const reading = readingOf(config);
  if (!reading) throw new BellwetherError('invalid_config', `${path}: prometheus.url is missing`);
  return { ...reading, catalog: catalogOf(config.features), sharding: config.sharding };
};

/** Calls back with each new content of the file, good or bad. */
export const watchConfig = (
  path: string,
  flags: ConfigInput,
  clock: Clock,
  onChange: (result: Validation<ExporterConfig>) => void,
): { close(): void } => watchConfigFile(path, (text) => loadConfig(text, flags), clock, onChange);
