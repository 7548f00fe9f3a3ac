import { type ConfigChecks, configOrThrow, type Problem, parseConfig, readConfigText, validate } from '../../platform/index.ts';
import { COLLECTOR_CONFIG_SCHEMA, type CollectorConfig, type CollectorConfigInput } from './schema.ts';

const rules = ({ tetragon, kubernetes, listen }: CollectorConfig, broken: ReadonlySet<string>): readonly Problem[] => {
  const problems: Problem[] = [];
  if (!broken.has('tetragon') && !broken.has('kubernetes') && !tetragon.enabled && !kubernetes.enabled) {
    const limit = 'true, or kubernetes.enabled';
    problems.push({
      key: 'tetragon.enabled',
      value: false,
      limit,
      message: 'no source is switched on: tetragon.enabled or kubernetes.enabled must be true',
    });
  }
  if (!broken.has('listen') && listen.selfPort !== 0 && listen.selfPort === listen.countsPort)
    problems.push({
      key: 'listen.countsPort',
      value: listen.countsPort,
      limit: 'another port than listen.selfPort',
      message: 'listen.countsPort must differ from listen.selfPort',
    });
  return problems;
};

const bySchema = (tree: unknown) => validate(COLLECTOR_CONFIG_SCHEMA, tree, { defaults: true });
const CHECKS: ConfigChecks<CollectorConfig> = { schema: bySchema, rules };

/** The configuration of a file (none: defaults) with flags over it. Rejects with `invalid_config` that lists every problem. */
export const readCollectorConfig = async (path: string | undefined, flags: CollectorConfigInput): Promise<CollectorConfig> =>
  configOrThrow(parseConfig(CHECKS, await readConfigText(path), flags), path ?? 'the command line');
