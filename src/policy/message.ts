import { parsePointer } from './model/json-pointer.ts';
import type { ObjectRef } from './model/kubernetes-object.ts';
import type { Params, Violation } from './model/policy.ts';
import { jsonOf } from './model/value.ts';

/** What a message template may name in braces: {container} {who} {kind} {name} {path} {field} {value} {expected} {params.x}. */
export interface MessageFields {
  readonly violation: Violation;
  readonly object: ObjectRef;
  readonly params: Params;
}

export type MessageTemplate = (fields: MessageFields) => string;

const PLACEHOLDER = /\{([a-zA-Z][\w.]*)\}/;
// A message is one line on a terminal and has to fit into an admission response.
const MAX_VALUE_LENGTH = 120;

// Nearly no value has any: looking is cheaper than replacing.
const ODD_SPACE = /[^\S ]|\s\s/;

/** A value as messages show it: short, on one line. */
export const showValue = (value: unknown): string => {
  const text = typeof value === 'string' ? value : safeJson(value);
  const line = ODD_SPACE.test(text) ? text.replaceAll(/\s+/g, ' ') : text;
  return line.length > MAX_VALUE_LENGTH ? `${line.slice(0, MAX_VALUE_LENGTH - 3)}...` : line;
};

const safeJson = (value: unknown): string => {
  if (value === undefined) return 'absent';
  // Long structures are cut before they are turned to text.
  if (typeof value === 'object' && value !== null) {
    const size = Array.isArray(value) ? value.length : Object.keys(value).length;
    if (size > MAX_VALUE_LENGTH) return Array.isArray(value) ? `a list of ${size}` : `an object of ${size} keys`;
  }
  return jsonOf(value) ?? String(value);
};

const INDEX = /^\d+$/;
/** What leads to every field of a pod or its controller, and says nothing. */
const WRAPPING: ReadonlySet<string> = new Set(['spec', 'template', 'jobTemplate']);

/** A field as people write it: `/spec/containers/0/resources/limits/memory` is resources.limits.memory, `/spec/args/1` is args[1]. */
const fieldOf = (path: string): string => {
  const steps = parsePointer(path);
  const index = INDEX.test(steps.at(-1) ?? '') ? `[${steps.pop()}]` : '';
  const names = steps.slice(steps.findLastIndex((step) => INDEX.test(step)) + 1);
  const from = names.findIndex((name, i) => !WRAPPING.has(name) || i === names.length - 1);
  return names.slice(Math.max(0, from)).join('.') + index;
};

const FIELDS: Readonly<Record<string, (fields: MessageFields) => unknown>> = {
  container: ({ violation }) => violation.container ?? 'pod',
  who: ({ violation: { container } }) => (container === undefined ? 'the pod' : `container ${container}`),
  kind: ({ object }) => object.kind,
  name: ({ object }) => object.name,
  path: ({ violation }) => violation.path,
  field: ({ violation }) => fieldOf(violation.path),
  value: ({ violation }) => violation.value,
  expected: ({ violation }) => violation.expected ?? '',
};

/** Compiles a template; throws for a placeholder that does not exist. */
export const compileMessage = (template: string): MessageTemplate => {
  const pieces = template.split(PLACEHOLDER);
  const parts = pieces.map((piece, i): ((fields: MessageFields) => string) => {
    if (i % 2 === 0) return () => piece;
    if (piece.startsWith('params.')) return ({ params }) => showValue(params[piece.slice('params.'.length)]);
    const field = Object.hasOwn(FIELDS, piece) ? FIELDS[piece] : undefined;
    if (!field) throw new Error(`message: {${piece}} is not known; there are ${Object.keys(FIELDS).join(', ')}, params.NAME`);
    return (fields) => showValue(field(fields));
  });
  return (fields) => {
    let text = '';
    for (const part of parts) text += part(fields);
    return text;
  };
};
