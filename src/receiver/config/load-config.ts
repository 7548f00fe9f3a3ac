import { type ConfigChecks, configOrThrow, parseConfig, readConfigText, type Validation, validate } from '../../platform/index.ts';
import { checkReceiverConfig } from './check-config.ts';
import { RECEIVER_CONFIG_SCHEMA, type ReceiverConfig, type ReceiverConfigInput } from './schema.ts';

const bySchema = (tree: unknown) => validate(RECEIVER_CONFIG_SCHEMA, tree, { defaults: true });
const CHECKS: ConfigChecks<ReceiverConfig> = { schema: bySchema, rules: checkReceiverConfig };

/** The text of a configuration file (none: ''), and what flags say over it. */
export const loadReceiverConfig = (text: string, flags: ReceiverConfigInput): Validation<ReceiverConfig> =>
  parseConfig(CHECKS, text, flags);

/** The configuration of a file (none: defaults) with flags over it. Rejects with `invalid_config` that lists every problem. */
export const readReceiverConfig = async (path: string | undefined, flags: ReceiverConfigInput): Promise<ReceiverConfig> =>
  configOrThrow(loadReceiverConfig(await readConfigText(path), flags), path ?? 'the command line');
