import { loadAll, YAMLException } from 'js-yaml';
import { BellwetherError, type Problem, type Validation, validate } from '../../platform/index.ts';
import { checkConfig } from './check-config.ts';
import { CONFIG_SCHEMA, type ConfigInput, type ExporterConfig } from './schema.ts';

/** Far more than the longest sensible file; a mistaken path to something large is told early. */
export const MAX_CONFIG_BYTES = 1_048_576;

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `top` wins; undefined in it means "not given". */
const merge = (base: Tree, top: Tree): Tree => {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(top)) {
    const below = merged[key];
    if (value !== undefined) merged[key] = isTree(value) ? merge(isTree(below) ? below : {}, value) : value;
  }
  return merged;
};

const parseYaml = (text: string): { readonly tree: Tree } | { readonly problems: readonly Problem[] } => {
  const wrong = (value: unknown, limit: string, message: string) => ({ problems: [{ key: '', value, limit, message }] });
  try {
    const [value = {}, ...others]: readonly unknown[] = loadAll(text).map((document) => document ?? {});
    if (others.length > 0) return wrong(others.length + 1, 'one document', 'the file must be one YAML document, without a line of ---');
    return isTree(value) ? { tree: value } : wrong(value, 'a mapping', 'the file must be a mapping of keys to values');
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line, column } = error.mark ?? {};
    const where = line === undefined ? '' : ` at line ${line + 1}, column ${(column ?? 0) + 1}`;
    return wrong(undefined, 'YAML', `the file is not YAML${where}: ${error.reason}`);
  }
};

const sectionOf = ({ key }: Problem): string => /^[^.[]*/.exec(key)?.[0] ?? '';

/** Checks a tree of keys: schema, defaults, then the rules between keys. All problems are told at once. */
export const checkTree = (tree: Tree): Validation<ExporterConfig> => {
  const checked = validate(CONFIG_SCHEMA, tree, { defaults: true });
  if (checked.ok) {
    const problems = checkConfig(checked.value);
    return problems.length === 0 ? checked : { ok: false, problems };
  }
  // The sections that are well formed are still checked against each other, so that one mistake does not hide another.
  const broken = new Set(checked.problems.map(sectionOf));
  const sound = validate(CONFIG_SCHEMA, Object.fromEntries(Object.entries(tree).filter(([key]) => !broken.has(key))), { defaults: true });
  return { ok: false, problems: [...checked.problems, ...(sound.ok ? checkConfig(sound.value, broken) : [])] };
};

/** The text of a configuration file (none: ''), and what flags say over it. */
export const loadConfig = (text: string, flags: ConfigInput): Validation<ExporterConfig> => {
  const parsed = parseYaml(text);
  return 'problems' in parsed ? { ok: false, problems: parsed.problems } : checkTree(merge(parsed.tree, flags));
};

/** One line per problem, for people. */
export const describeProblems = (problems: readonly Problem[], source: string): string =>
  [`${source} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:`, ...problems.map(({ message }) => `  - ${message}`)].join(
    '\n',
  );

/** The configuration, or an `invalid_config` error that lists every problem. */
export const configOrThrow = (result: Validation<ExporterConfig>, source: string): ExporterConfig => {
  if (result.ok) return result.value;
  throw new BellwetherError('invalid_config', describeProblems(result.problems, source));
};
