import { type ConfigChecks, parseConfig, type Validation, validate } from '../../platform/index.ts';
import { checkConfig } from './check-config.ts';
import { CONFIG_SCHEMA, type ConfigInput, type ExporterConfig } from './schema.ts';

const bySchema = (tree: unknown) => validate(CONFIG_SCHEMA, tree, { defaults: true });
const CHECKS: ConfigChecks<ExporterConfig> = { schema: bySchema, rules: checkConfig };

/** The text of a configuration file (none: ''), and what flags say over it. */
export const loadConfig = (text: string, flags: ConfigInput): Validation<ExporterConfig> => parseConfig(CHECKS, text, flags);
