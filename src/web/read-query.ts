import type { Problem } from '../platform/index.ts';
import { FieldError } from './error-answer.ts';

type Properties = Readonly<Record<string, { readonly type?: unknown }>>;

/** Text of a query as the type that its schema asks for; what does not fit stays text and is refused by the schema. */
const typed = (value: unknown, type: unknown): unknown => {
  if (typeof value !== 'string') return value;
  if ((type === 'number' || type === 'integer') && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
};

/** The parameters of a query, each in its type. */
export const typedQuery = (properties: Properties, query: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, typed(value, properties[name]?.type)]));

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problems: readonly Problem[] };

/** The value, or a FieldError that names what is wrong with it. */
export const checked = <R extends Outcome>(result: R): Extract<R, { readonly ok: true }>['value'] => {
  if (!result.ok) throw new FieldError(result.problems);
  return result.value;
};
