import { loadAll, YAMLException } from 'js-yaml';
import { BellwetherError } from './error.ts';
import type { Problem, Validation } from './validate.ts';

/** Far more than the longest sensible file; a mistaken path to something large is told early. */
export const MAX_CONFIG_BYTES = 1_048_576;

/** Keys of a configuration as they were written. */
export type ConfigTree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is ConfigTree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `top` wins; undefined in it means "not given". */
export const mergeConfig = (base: ConfigTree, top: ConfigTree): ConfigTree => {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(top)) {
    const below = merged[key];
    if (value !== undefined) merged[key] = isTree(value) ? mergeConfig(isTree(below) ? below : {}, value) : value;
  }
  return merged;
};

const parseYaml = (text: string): { readonly tree: ConfigTree } | { readonly problems: readonly Problem[] } => {
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

/** How a kind of configuration is checked. */
export interface ConfigChecks<T> {
  /** The schema, with its defaults filled in: `(tree) => validate(SCHEMA, tree, { defaults: true })`. */
  readonly schema: (tree: ConfigTree) => Validation<T>;
  /** Rules between keys. Sections in `broken` failed the schema, so that their values cannot be trusted. */
  readonly rules: (config: T, broken: ReadonlySet<string>) => readonly Problem[];
}

const NONE: ReadonlySet<string> = new Set();

/** Schema, defaults, then the rules between keys. All problems are told at once. */
const checkTree = <T>({ schema, rules }: ConfigChecks<T>, tree: ConfigTree): Validation<T> => {
  const checked = schema(tree);
  if (checked.ok) {
    const problems = rules(checked.value, NONE);
    return problems.length === 0 ? checked : { ok: false, problems };
  }
  // The sections that are well formed are still checked against each other, so that one mistake does not hide another.
  const broken = new Set(checked.problems.map(sectionOf));
  const sound = schema(Object.fromEntries(Object.entries(tree).filter(([key]) => !broken.has(key))));
  return { ok: false, problems: [...checked.problems, ...(sound.ok ? rules(sound.value, broken) : [])] };
};

/** The text of a configuration file (none: ''), with what flags say over it, checked. */
export const parseConfig = <T>(checks: ConfigChecks<T>, text: string, flags: ConfigTree): Validation<T> => {
  const parsed = parseYaml(text);
  return 'problems' in parsed ? { ok: false, problems: parsed.problems } : checkTree(checks, mergeConfig(parsed.tree, flags));
};

/** One line per problem, for people. */
export const describeProblems = (problems: readonly Problem[], source: string): string =>
  [`${source} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:`, ...problems.map(({ message }) => `  - ${message}`)].join(
    '\n',
  );

/** The configuration, or an `invalid_config` error that lists every problem. */
export const configOrThrow = <T>(result: Validation<T>, source: string): T => {
  if (result.ok) return result.value;
  throw new BellwetherError('invalid_config', describeProblems(result.problems, source));
};
