import { nearestName } from '../../platform/index.ts';
import { pointerToken } from '../model/json-pointer.ts';
import { parseQuantity } from '../model/quantity.ts';
import { isAbsent, isRecord, type JsonRecord } from '../model/value.ts';
import type { TypeCode, TypeTable } from './type-table.ts';

/** One place that the API server would not decode, or would drop. */
export interface TypeProblem {
  readonly kind: 'unknown-field' | 'wrong-type' | 'missing';
  readonly path: string;
  readonly value?: unknown;
  readonly expected: string;
}

// More of them in one object say nothing new.
const MAX_PROBLEMS = 50;
const INT32_LIMIT = 2 ** 31;
const BASE64 = /^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/;
const TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

const SCALARS: Readonly<Record<string, { readonly expected: string; readonly fits: (value: unknown) => boolean }>> = {
  string: { expected: 'text', fits: (value) => typeof value === 'string' },
  bytes: { expected: 'base64 text', fits: (value) => typeof value === 'string' && BASE64.test(value) },
  time: { expected: 'a time such as 2026-01-31T12:00:00Z', fits: (value) => typeof value === 'string' && TIME.test(value) },
  boolean: { expected: 'true or false', fits: (value) => typeof value === 'boolean' },
  int32: { expected: 'a whole number', fits: (value) => Number.isInteger(value) && Math.abs(value as number) < INT32_LIMIT },
  int64: { expected: 'a whole number', fits: (value) => Number.isInteger(value) },
  number: { expected: 'a number', fits: (value) => typeof value === 'number' },
  quantity: { expected: 'a quantity such as 500m or 1Gi', fits: (value) => parseQuantity(value) !== undefined },
  intOrString: { expected: 'a whole number or text', fits: (value) => typeof value === 'string' || Number.isInteger(value) },
  object: { expected: 'a mapping', fits: isRecord },
  any: { expected: 'anything', fits: () => true },
};

/** Compares an object with its type, `typeId` out of `table.kinds`. `base` is where the object lies in its document. */
export const checkTypes = (object: JsonRecord, table: TypeTable, typeId: string, base: string): TypeProblem[] => {
  const problems: TypeProblem[] = [];
  const isFull = (): boolean => problems.length >= MAX_PROBLEMS;
  const report = (problem: TypeProblem): void => {
    if (!isFull()) problems.push(problem);
  };

  const checkFields = (value: JsonRecord, id: string, path: string): void => {
    const { fields, required } = table.typeOf(id);
    if (fields === 'any') return;
    for (const key of Object.keys(value)) {
      if (isFull()) return;
      const child = value[key];
      const code = fields.get(key);
      const childPath = `${path}/${pointerToken(key)}`;
      if (code === undefined) report({ kind: 'unknown-field', path: childPath, value: child, expected: guess(key, fields) });
      else if (!isAbsent(child)) check(child, code, childPath);
    }
    for (const key of required)
      if (isAbsent(value[key])) report({ kind: 'missing', path: `${path}/${key}`, expected: expectedOf(fields.get(key) ?? 'any') });
  };

  const check = (value: unknown, code: TypeCode, path: string): void => {
    const first = code[0];
    if (first === '#') {
      if (isRecord(value)) checkFields(value, code.slice(1), path);
      else if (table.typeOf(code.slice(1)).fields !== 'any') report({ kind: 'wrong-type', path, value, expected: 'a mapping' });
    } else if (first === '[') {
      if (!Array.isArray(value)) report({ kind: 'wrong-type', path, value, expected: 'a list' });
      else for (let i = 0; i < value.length; i++) if (!isAbsent(value[i])) check(value[i], code.slice(1), `${path}/${i}`);
    } else if (first === '{') {
      if (!isRecord(value)) report({ kind: 'wrong-type', path, value, expected: 'a mapping' });
      else
        for (const key of Object.keys(value)) if (!isAbsent(value[key])) check(value[key], code.slice(1), `${path}/${pointerToken(key)}`);
    } else {
      const scalar = SCALARS[code] ?? SCALARS.any!;
      if (!scalar.fits(value)) report({ kind: 'wrong-type', path, value, expected: scalar.expected });
    }
  };

  checkFields(object, typeId, base);
  return problems;
};

const expectedOf = (code: TypeCode): string => {
  if (code[0] === '#' || code[0] === '{') return 'a mapping';
  return code[0] === '[' ? 'a list' : (SCALARS[code]?.expected ?? 'a value');
};

// A document with thousands of unknown keys must not be compared with every known name.
const MAX_GUESSED_LENGTH = 60;

const guess = (key: string, fields: ReadonlyMap<string, TypeCode>): string => {
  const nearest = key.length <= MAX_GUESSED_LENGTH ? nearestName(key, [...fields.keys()]) : undefined;
  return nearest === undefined ? 'a field of this type' : `did you mean ${nearest}?`;
};
