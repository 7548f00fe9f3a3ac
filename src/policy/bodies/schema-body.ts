import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { createLinearRegExp } from '../../platform/index.ts';
import { joinPointer, valueAt } from '../model/json-pointer.ts';
import { containerRule, FINE, objectRule, podRule, type Rule, type Target, type Violation } from '../model/policy.ts';
import type { JsonRecord } from '../model/value.ts';
import { effectiveContainer, realPath } from '../pods/effective-container.ts';
import { addKeywords } from './schema-keywords.ts';

// More violations of one policy in one container say nothing new.
const MAX_VIOLATIONS = 20;
// These report for a group of alternatives; what the branches say is noise.
const GROUP_KEYWORDS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'not', 'contains', 'propertyNames']);
const NOISE: ReadonlySet<string> = new Set(['if', 'allOf']);

/** `pattern` of a schema, in linear time: policies come from their authors, objects from anybody. */
const regExp = Object.assign((pattern: string): RegExp => createLinearRegExp(pattern), { code: 'createLinearRegExp' });

const ajv = addKeywords(
  new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false, validateFormats: false, code: { regExp } }),
);

/**
 * A rule from a JSON Schema (2020-12) that good targets fit. Containers are seen with what they inherit. Each failing place is a violation
 * of its own, unless `path` (a JSON Pointer in the target) says where to report. null counts as absent, as everywhere in Kubernetes.
 */
export const createSchemaRule = (target: Target, schema: JsonRecord, path: string | undefined): Rule => {
  const check = ajv.compile(schema);
  const pointersOf = (value: JsonRecord): readonly string[] => {
    if (check(nullFree(value))) return NONE;
    return path === undefined ? errorPointers(check) : [path];
  };
  if (target === 'container') {
    return containerRule((container) => {
      const view = effectiveContainer(container);
      return toViolations(pointersOf(view), view, (pointer) => realPath(container, pointer));
    });
  }
  if (target === 'pod') {
    return podRule((pod) => toViolations(pointersOf(pod.spec), pod.spec, (pointer) => pod.path + pointer));
  }
  return objectRule((object, { base }) => toViolations(pointersOf(object), object, (pointer) => base + pointer));
};

const NONE: readonly string[] = [];

const toViolations = (pointers: readonly string[], view: JsonRecord, place: (pointer: string) => string): readonly Violation[] =>
  pointers.length === 0 ? FINE : pointers.map((pointer) => ({ path: place(pointer), value: valueAt(view, pointer) }));

const errorPointers = ({ errors }: ValidateFunction): string[] => {
  const all = errors ?? [];
  const groups = all.filter(({ keyword }) => GROUP_KEYWORDS.has(keyword)).map(({ schemaPath }) => `${schemaPath}/`);
  const told = all.filter(({ keyword, schemaPath }) => !NOISE.has(keyword) && !groups.some((group) => schemaPath.startsWith(group)));
  return [...new Set(told.map(pointerOf))].slice(0, MAX_VIOLATIONS);
};

const pointerOf = ({ instancePath, keyword, params }: ErrorObject): string => {
  const { missingProperty, additionalProperty, unevaluatedProperty, propertyName } = params as Record<string, string | undefined>;
  const child =
    keyword === 'required' || keyword === 'dependentRequired'
      ? missingProperty
      : (additionalProperty ?? unevaluatedProperty ?? propertyName);
  return child === undefined ? instancePath : joinPointer(instancePath, child);
};

const nullFreeValues = new WeakMap<object, unknown>();

/** Many schemas look at the same container, pod or object: nulls are looked for once. */
const nullFree = (value: JsonRecord): unknown => {
  let cleaned = nullFreeValues.get(value);
  if (cleaned === undefined) {
    cleaned = withoutNulls(value);
    nullFreeValues.set(value, cleaned);
  }
  return cleaned;
};

/** The same value without null fields; the value itself where it has none, which is nearly always. */
const withoutNulls = (value: unknown): unknown => {
  if (!hasNull(value)) return value;
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, child]) => (child === null ? [] : [[key, withoutNulls(child)]])));
};

const hasNull = (value: unknown): boolean => {
  if (typeof value !== 'object') return false;
  if (value === null) return true;
  for (const key in value) if (hasNull((value as JsonRecord)[key])) return true;
  return false;
};
