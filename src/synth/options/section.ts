import { formatDuration, parseDuration } from './duration.ts';

/** One thing that is wrong with the options: where, what was given, what is allowed. */
export interface OptionProblem {
  readonly path: string;
  readonly value: unknown;
  readonly limit: string;
}

/** Thrown at synth; lists every problem at once. */
export class BundleOptionsError extends Error {
  readonly problems: readonly OptionProblem[];
  constructor(problems: readonly OptionProblem[]) {
    const lines = problems.map(
      ({ path, value, limit }) => `  ${path}: ${JSON.stringify(value) ?? 'nothing'} is not allowed; it must be ${limit}`,
    );
    super(`The options of the bundle are wrong:\n${lines.join('\n')}`);
    this.name = 'BundleOptionsError';
    this.problems = problems;
  }
}

export interface TextRule {
  readonly pattern: RegExp;
  readonly limit: string;
}
interface Bounds {
  readonly min: number;
  readonly max: number;
}

/**
 * Reads one object of raw options key by key, with a default for what is absent. What is wrong is noted and the default given back,
 * so that one run finds everything. `end` also notes keys that nobody asked for.
 */
export interface OptionSection {
  readonly path: string;
  text(key: string, fallback: string, rule: TextRule): string;
  optionalText(key: string, rule: TextRule): string | undefined;
  /** Seconds. */
  duration(key: string, fallback: string, bounds: Bounds): number;
  integer(key: string, fallback: number, bounds: Bounds): number;
  number(key: string, fallback: number, bounds: Bounds): number;
  flag(key: string, fallback: boolean): boolean;
  oneOf<T extends string>(key: string, values: readonly T[], fallback: T): T;
  texts(key: string, rule: TextRule): readonly string[];
  labels(key: string, fallback?: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** Any object, taken as it is. */
  object(key: string): Readonly<Record<string, unknown>>;
  section(key: string): OptionSection;
  /** Whether the key is given at all. */
  has(key: string): boolean;
  /** Undefined where the key is absent. */
  optionalSection(key: string): OptionSection | undefined;
  /** One section per allowed key; a key with `false` is left out. */
  sections<T extends string>(key: string, allowed: readonly T[]): ReadonlyMap<T, OptionSection>;
  /** Notes that the value of a key does not go together with others. */
  refuse(key: string, limit: string): void;
  /** Notes a problem of a value elsewhere, by its whole path. */
  note(path: string, value: unknown, limit: string): void;
  end(): void;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

// Kubernetes: prefix/name with a DNS prefix, and a value of at most 63 characters.
const LABEL_NAME = /^(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/;

export const createOptionSection = (raw: unknown, path: string, problems: OptionProblem[]): OptionSection => {
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  const asked = new Set<string>();
  const children: OptionSection[] = [];
  if (raw !== undefined && !isObject(raw)) problems.push({ path: path || 'options', value: raw, limit: 'an object' });
  const values: Record<string, unknown> = isObject(raw) ? raw : {};

  const note = (key: string, limit: string): void => void problems.push({ path: at(key), value: values[key], limit });
  const take = <T>(key: string, fallback: T, limit: string, read: (value: unknown) => T | undefined): T => {
    asked.add(key);
    if (values[key] === undefined) return fallback;
    const value = read(values[key]);
    if (value === undefined) note(key, limit);
    return value ?? fallback;
  };
  const matching = ({ pattern }: TextRule) => {
    return (value: unknown): string | undefined => (typeof value === 'string' && pattern.test(value) ? value : undefined);
  };
  const within = ({ min, max }: Bounds, value: unknown): number | undefined =>
    typeof value === 'number' && value >= min && value <= max ? value : undefined;
  const child = (key: string, value: unknown): OptionSection => {
    const section = createOptionSection(value, at(key), problems);
    children.push(section);
    return section;
  };

  return {
    path,
    text: (key, fallback, rule) => take(key, fallback, rule.limit, matching(rule)),
    optionalText: (key, rule) => take<string | undefined>(key, undefined, rule.limit, matching(rule)),
    duration: (key, fallback, bounds) =>
      take(
        key,
        parseDuration(fallback) ?? 0,
        `a duration such as 30s or 1h30m, from ${formatDuration(bounds.min)} to ${formatDuration(bounds.max)}`,
        (value) => (typeof value === 'string' ? within(bounds, parseDuration(value)) : undefined),
      ),
    integer: (key, fallback, bounds) =>
      take(key, fallback, `a whole number from ${bounds.min} to ${bounds.max}`, (value) =>
        Number.isInteger(value) ? within(bounds, value) : undefined,
      ),
    number: (key, fallback, bounds) =>
      take(key, fallback, `a number from ${bounds.min} to ${bounds.max}`, (value) => within(bounds, value)),
    flag: (key, fallback) => take(key, fallback, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined)),
    oneOf: (key, allowed, fallback) => take(key, fallback, `one of ${allowed.join(', ')}`, (value) => allowed.find((one) => one === value)),
    texts: (key, rule) =>
      take<readonly string[]>(key, [], `a list, each ${rule.limit}`, (value) =>
        Array.isArray(value) && value.every((item) => matching(rule)(item) !== undefined) ? value : undefined,
      ),
    labels: (key, fallback = {}) =>
      take(key, fallback, 'an object of label names and values, each of at most 63 letters, digits, ".", "_" and "-"', (value) =>
        isObject(value) && Object.entries(value).every(([name, text]) => LABEL_NAME.test(name) && LABEL_VALUE.test(String(text)))
          ? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]))
          : undefined,
      ),
    object: (key) => take(key, {}, 'an object', (value) => (isObject(value) ? value : undefined)),
    section: (key) => {
      asked.add(key);
      return child(key, values[key]);
    },
    sections: (key, allowed) => {
      asked.add(key);
      const given = values[key];
      const found = new Map<(typeof allowed)[number], OptionSection>();
      if (given === undefined) {
        for (const name of allowed) found.set(name, child(`${key}.${name}`, undefined));
        return found;
      }
      if (!isObject(given)) {
        note(key, 'an object');
        return found;
      }
      for (const [name, value] of Object.entries(given)) {
        const known = allowed.find((one) => one === name);
        if (known === undefined) problems.push({ path: at(`${key}.${name}`), value: name, limit: `one of ${allowed.join(', ')}` });
        else if (value !== false) found.set(known, child(`${key}.${name}`, value));
      }
      return found;
    },
    has: (key) => values[key] !== undefined,
    optionalSection: (key) => {
      asked.add(key);
      return values[key] === undefined ? undefined : child(key, values[key]);
    },
    refuse: note,
    note: (elsewhere, value, limit) => void problems.push({ path: elsewhere, value, limit }),
    end: () => {
      const unknown = Object.keys(values).filter((key) => !asked.has(key));
      for (const key of unknown) note(key, `left out: the options here are ${[...asked].sort().join(', ')}`);
      for (const section of children) section.end();
    },
  };
};
