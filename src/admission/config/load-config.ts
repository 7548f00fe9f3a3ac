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
  watchConfigFile,
} from '../../platform/index.ts';
import { createPolicyChooser, type PolicyConfig, parsePolicyConfig, policyPack } from '../../policy/index.ts';
import { ADMISSION_CONFIG_SCHEMA, type AdmissionConfig, type AdmissionConfigInput } from './schema.ts';

// The type that follows from the schema is too large for the compiler to derive a second time here.
const check = validate as unknown as (schema: object, value: unknown, options: ValidateOptions) => Validation<AdmissionConfig>;

/** The policy section, or any content of the same form, checked to the last policy id. Throws `invalid_config`. */
export const checkPolicies = (content: unknown, source: string, nowMs: number): PolicyConfig => {
  const config = parsePolicyConfig(content, source, nowMs);
  createPolicyChooser(policyPack(), { selection: config.selection, rules: config.namespaces });
  return config;
};

const problem = (key: string, value: unknown, limit: string, message: string): Problem => ({ key, value, limit, message });

const rulesBetween = (
  { policy, certificates, cluster }: AdmissionConfig,
  broken: ReadonlySet<string>,
  nowMs: number,
): readonly Problem[] => {
  const problems: Problem[] = [];
  if (!broken.has('policy')) {
    try {
      checkPolicies(policy, 'policy', nowMs);
    } catch (error) {
      if (!(error instanceof BellwetherError)) throw error;
      problems.push(problem('policy', undefined, 'a policy configuration', error.message));
    }
  }
  if (!broken.has('certificates') && !broken.has('cluster')) {
    const { mode, leafDays, authorityDays, renewBeforeDays } = certificates;
    if (mode === 'self-managed' && !cluster.enabled)
      problems.push(
        problem(
          'certificates.mode',
          mode,
          'files',
          'certificates.mode is "self-managed", but must be files where cluster.enabled is false',
        ),
      );
    if (renewBeforeDays >= leafDays)
      problems.push(
        problem(
          'certificates.renewBeforeDays',
          renewBeforeDays,
          `less than certificates.leafDays, ${leafDays}`,
          `certificates.renewBeforeDays is ${renewBeforeDays}, but must be less than certificates.leafDays, ${leafDays}`,
        ),
      );
    if (authorityDays < 2 * renewBeforeDays + leafDays)
      problems.push(
        problem(
          'certificates.authorityDays',
          authorityDays,
          'leafDays and twice renewBeforeDays at least',
          `certificates.authorityDays is ${authorityDays}, but must be at least ${2 * renewBeforeDays + leafDays}: leafDays and twice renewBeforeDays`,
        ),
      );
  }
  return problems;
};

/** The text of a configuration file (none: ''), with what flags say over it. */
export const loadConfig = (text: string, flags: AdmissionConfigInput, nowMs: number): Validation<AdmissionConfig> =>
  parseConfig<AdmissionConfig>(
    {
      schema: (tree) => check(ADMISSION_CONFIG_SCHEMA, tree, { defaults: true }),
      rules: (config, broken) => rulesBetween(config, broken, nowMs),
    },
    text,
    flags,
  );

/** Rejects with `invalid_config` that lists every problem. */
export const readConfig = async (path: string | undefined, flags: AdmissionConfigInput, clock: Clock): Promise<AdmissionConfig> =>
  configOrThrow(loadConfig(await readConfigText(path), flags, clock.nowMs()), path ?? 'the command line');

/** Calls back with each new content of the file, good or bad. */
export const watchConfig = (
  path: string,
  flags: AdmissionConfigInput,
  clock: Clock,
  onChange: (result: Validation<AdmissionConfig>) => void,
): { close(): void } => watchConfigFile(path, (text) => loadConfig(text, flags, clock.nowMs()), clock, onChange);
