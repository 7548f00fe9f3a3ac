import { Ajv, type AnySchema, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';

export type { FromSchema, JSONSchema } from 'json-schema-to-ts';

/** One thing that is wrong with a value from outside. */
export interface Problem {
  /** Path of the field: `prometheus.timeoutMs`, `workloads[3].name`; empty for the whole value. */
  readonly key: string;
  /** What was given; `(hidden)` where the schema says `writeOnly`. */
  readonly value: unknown;
  /** What would be accepted: `at least 1`, `one of: a, b`. */
  readonly limit: string;
  /** Key, value and limit as one sentence. */
  readonly message: string;
}

export type Validation<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ValidateOptions {
  /** Fill in the schema's `default` values, in a copy. */
  readonly defaults?: boolean;
}

const settings = { allErrors: true, verbose: true, allowUnionTypes: true, strictRequired: false } as const;
// ajv-formats is CommonJS: its function is the default of the default.
const withFormats = (ajv: Ajv): Ajv => addFormats.default(ajv);
const plain = withFormats(new Ajv(settings));
const filling = withFormats(new Ajv({ ...settings, useDefaults: true }));
const compiled = { plain: new WeakMap<object, ValidateFunction>(), filling: new WeakMap<object, ValidateFunction>() };

const compile = (schema: JSONSchema & object, kind: 'plain' | 'filling'): ValidateFunction => {
  let check = compiled[kind].get(schema);
  if (!check) {
    check = (kind === 'plain' ? plain : filling).compile(schema as AnySchema);
    compiled[kind].set(schema, check);
  }
  return check;
};

// `/workloads/3/a~1b` (JSON pointer, RFC 6901) to `workloads[3].a/b`.
const keyOf = (pointer: string, child?: string): string => {
  const parts = pointer.split('/').slice(1);
  const names = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (child !== undefined) names.push(child);
  return names.map((name, i) => (/^\d+$/.test(name) ? `[${name}]` : i === 0 ? name : `.${name}`)).join('');
};

/** What comes from outside may be nested deeper than it can be written. */
const textOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'something nested too deep to be shown';
  }
};

const show = (value: unknown): string => {
  const text = typeof value === 'number' ? String(value) : textOf(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

/** Edits (insert, delete, replace) that turn one name into the other; used for "did you mean". */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
};

/** The name out of `known` that a mistyped one most likely means; undefined where none is close. */
export const nearestName = (name: string, known: readonly string[]): string | undefined => {
  const [best] = known
    .map((other) => ({ other, edits: distance(name.toLowerCase(), other.toLowerCase()) }))
    .sort((x, y) => x.edits - y.edits);
  return best && best.edits <= Math.max(2, name.length / 4) ? best.other : undefined;
};

const LIMITS: Readonly<Record<string, (params: Record<string, unknown>) => string>> = {
  type: ({ type }) => `a value of type ${[type].flat().join(' or ')}`,
  minimum: ({ limit }) => `at least ${limit}`,
  maximum: ({ limit }) => `at most ${limit}`,
  exclusiveMinimum: ({ limit }) => `more than ${limit}`,
  exclusiveMaximum: ({ limit }) => `less than ${limit}`,
  multipleOf: ({ multipleOf }) => `a multiple of ${multipleOf}`,
  minLength: ({ limit }) => (limit === 1 ? 'not empty' : `at least ${limit} characters`),
  maxLength: ({ limit }) => `at most ${limit} characters`,
  minItems: ({ limit }) => `at least ${limit} items`,
  maxItems: ({ limit }) => `at most ${limit} items`,
  minProperties: ({ limit }) => `at least ${limit} keys`,
  maxProperties: ({ limit }) => `at most ${limit} keys`,
  uniqueItems: () => 'items that differ from each other',
  enum: ({ allowedValues }) => `one of: ${(allowedValues as unknown[]).map(String).join(', ')}`,
  const: ({ allowedValue }) => `${show(allowedValue)}`,
  pattern: ({ pattern }) => `text that matches ${pattern}`,
  format: ({ format }) => `text in the form of ${format}`,
  oneOf: () => 'exactly one of its forms',
  anyOf: () => 'one of its forms',
};

const toProblem = (error: ErrorObject): Problem => {
  const params = error.params as Record<string, unknown>;
  const parent = (error.parentSchema ?? {}) as { writeOnly?: boolean; properties?: Record<string, unknown>; description?: string };
  if (error.keyword === 'required' || error.keyword === 'dependentRequired') {
    const key = keyOf(error.instancePath, String(params.missingProperty));
    return { key, value: undefined, limit: 'required', message: `${key} is missing` };
  }
  if (error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties') {
    const name = String(params.additionalProperty ?? params.unevaluatedProperty);
    const known = Object.keys(parent.properties ?? {});
    const key = keyOf(error.instancePath, name);
    const guess = nearestName(name, known);
    const hint = guess ? `did you mean ${guess}?` : known.length > 0 ? `known here: ${known.join(', ')}` : 'no keys are known here';
    return {
      key,
      value: (error.data as Record<string, unknown>)[name],
      limit: 'unknown key',
      message: `${key} is not a known key; ${hint}`,
    };
  }
  const key = keyOf(error.instancePath);
  const limit = LIMITS[error.keyword]?.(params) ?? error.message ?? error.keyword;
  const value = parent.writeOnly ? '(hidden)' : error.data;
  return { key, value, limit, message: `${key || 'the value'} is ${parent.writeOnly ? value : show(value)}, but must be ${limit}` };
};

/** A failed `anyOf` or `oneOf` reports each branch's errors too; they confuse more than they help, except where only one form was meant. */
const withoutBranches = (errors: readonly ErrorObject[]): ErrorObject[] => {
  const choices = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf').map((error) => `${error.schemaPath}/`);
  return errors.filter((error) => error.keyword !== 'if' && !choices.some((path) => error.schemaPath.startsWith(path)));
};

/**
 * Checks a value from outside against a JSON schema (write it `as const`, so that the type follows from it). All problems are told at
 * once. A `description` is not needed; `writeOnly: true` keeps a secret out of the problems. Nothing is converted: "5" is no number.
 */
export const validate = <const S extends JSONSchema & object>(
  schema: S,
  value: unknown,
  { defaults = false }: ValidateOptions = {},
): Validation<FromSchema<S>> => {
  const check = compile(schema, defaults ? 'filling' : 'plain');
  const subject = defaults ? structuredClone(value) : value;
  if (check(subject)) return { ok: true, value: subject as FromSchema<S> };
  return { ok: false, problems: withoutBranches(check.errors ?? []).map(toProblem) };
};
