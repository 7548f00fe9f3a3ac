import {
  BellwetherError,
  type Clock,
  configOrThrow,
  type Problem,
  parseConfig,
  readConfigText,
  type ValidateOptions,
  type Validation,
  validate,
} from '../../platform/index.ts';
import { createPolicyChooser, type PolicyConfig, parsePolicyConfig, policyPack } from '../../policy/index.ts';
import { BACKGROUND_SCAN_CONFIG_SCHEMA, type BackgroundScanConfig } from './schema.ts';

// The type that follows from the schema is too large for the compiler to derive a second time here.
const check = validate as unknown as (schema: object, value: unknown, options: ValidateOptions) => Validation<BackgroundScanConfig>;

/** A policy section, checked to the last policy id. Throws `invalid_config`. */
export const checkPolicies = (content: unknown, source: string, nowMs: number): PolicyConfig => {
  const config = parsePolicyConfig(content, source, nowMs);
  createPolicyChooser(policyPack(), { selection: config.selection, rules: config.namespaces });
  return config;
};

const policyProblems = ({ policy }: BackgroundScanConfig, broken: ReadonlySet<string>, nowMs: number): readonly Problem[] => {
  if (broken.has('policy')) return [];
  try {
    checkPolicies(policy, 'policy', nowMs);
    return [];
  } catch (error) {
    if (!(error instanceof BellwetherError)) throw error;
    return [{ key: 'policy', value: undefined, limit: 'a policy configuration', message: error.message }];
  }
};

/** The configuration of a file (none: defaults) with flags over it. Rejects with `invalid_config` that lists every problem. */
export const readBackgroundScanConfig = async (
  path: string | undefined,
  flags: Readonly<Record<string, unknown>>,
  clock: Clock,
): Promise<BackgroundScanConfig> =>
  configOrThrow(
    parseConfig<BackgroundScanConfig>(
      {
        schema: (tree) => check(BACKGROUND_SCAN_CONFIG_SCHEMA, tree, { defaults: true }),
        rules: (config, broken) => policyProblems(config, broken, clock.nowMs()),
      },
      await readConfigText(path),
      flags,
    ),
    path ?? 'the command line',
  );
