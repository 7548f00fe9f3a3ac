import { plainScalar } from './plain-scalar.ts';
import { readFlow } from './read-flow.ts';
import { readLiteral } from './read-literal.ts';
import { atLineEnd, type Cursor, endLine, HASH, isKeyCharacter, isKeyStart, LF, readQuoted, SPACE, toContent } from './text-cursor.ts';

/** Where the things of a document stand in its text, small enough to be kept. */
export interface PlainPlaces {
  /** Of each key and each list item, in the order in which a walk through the value meets them. */
  readonly offsets: readonly number[];
  /** Where the root begins. */
  readonly start: number;
}

/** A document that the short way could read. */
export interface PlainDocument extends PlainPlaces {
  readonly value: Readonly<Record<string, unknown>>;
}

// Text with anything else (tabs, carriage returns, control characters, surrogates) goes the long way.
const UNUSUAL = /[^\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe]/;
/** Nesting that the short way reads; far above what people write. */
export const PLAIN_DEPTH = 40;
const DASH = 0x2d;
const COLON = 0x3a;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const OPEN_LIST = 0x5b;
const OPEN_MAP = 0x7b;
const PIPE = 0x7c;
// Indicators of YAML that begin no plain scalar (YAML 1.2, 7.3.3), with those that would need a look at what follows.
const NO_PLAIN_START: ReadonlySet<number> = new Set([...'&*!%@`>?:,]}#|"\'[{'].map((character) => character.charCodeAt(0)));

/**
 * Reads the YAML that people write for Kubernetes several times faster than a full parser: block mappings and lists, collections on one
 * line, scalars on one line, literal blocks. Undefined for everything else, also for everything that is wrong: then the long way decides.
 * What it reads, it reads exactly as the long way does.
 */
export const readPlainDocument = (text: string): PlainDocument | undefined => {
  if (UNUSUAL.test(text)) return undefined;
  const cursor: Cursor = { text, pos: 0, column: 0, offsets: [] };
  if (text.startsWith('---')) {
    cursor.pos = 3;
    if (!endLine(cursor)) return undefined;
  }
  toContent(cursor);
  if (cursor.column !== 0) return undefined;
  const start = cursor.pos;
  const value = readMapping(cursor, 0, 1);
  return value === undefined || cursor.column >= 0 ? undefined : { value, offsets: cursor.offsets, start };
};

/** At its first key. Like all that read a block: afterwards the cursor is at what follows. */
const readMapping = (cursor: Cursor, indent: number, depth: number): Record<string, unknown> | undefined => {
  if (depth > PLAIN_DEPTH) return undefined;
  const target: Record<string, unknown> = {};
  for (;;) {
    const { pos } = cursor;
    const key = readKey(cursor);
    // Also refuses `__proto__` and its like.
    if (key === undefined || key in target) return undefined;
    cursor.offsets.push(pos);
    const value = atLineEnd(cursor) ? readBelow(cursor, indent, depth) : readInline(cursor, indent);
    if (value === undefined) return undefined;
    target[key] = value;
    if (cursor.column < indent) return target;
    if (cursor.column > indent) return undefined;
  }
};

/** What stands under `key:`; null where nothing does. */
const readBelow = (cursor: Cursor, indent: number, depth: number): unknown => {
  if (!endLine(cursor)) return undefined;
  toContent(cursor);
  const { column } = cursor;
  if (column < indent) return null;
  const isList = isDash(cursor);
  if (column === indent) return isList ? readList(cursor, column, depth + 1) : null;
  return isList ? readList(cursor, column, depth + 1) : readMapping(cursor, column, depth + 1);
};

const readList = (cursor: Cursor, indent: number, depth: number): unknown[] | undefined => {
  if (depth > PLAIN_DEPTH) return undefined;
  const target: unknown[] = [];
  do {
    const dash = cursor.pos;
    cursor.pos += 1;
    skipSpaces(cursor);
    cursor.offsets.push(cursor.pos);
    const column = indent + cursor.pos - dash;
    const value = isDash(cursor)
      ? readList(cursor, column, depth + 1)
      : startsKey(cursor)
        ? readMapping(cursor, column, depth + 1)
        : readInline(cursor, indent);
    if (value === undefined) return undefined;
    target.push(value);
    if (cursor.column > indent) return undefined;
  } while (cursor.column === indent && isDash(cursor));
  return target;
};

const isDash = ({ text, pos }: Cursor): boolean =>
  text.charCodeAt(pos) === DASH && (text.charCodeAt(pos + 1) === SPACE || text.charCodeAt(pos + 1) === LF);

const skipSpaces = (cursor: Cursor): void => {
  while (cursor.text.charCodeAt(cursor.pos) === SPACE) cursor.pos += 1;
};

// YAML 1.2 allows 1024 characters for a key without `?`.
const MAX_KEY_LENGTH = 1000;

/** Where the plain key that begins here ends; -1 where none does. */
const keyEnd = ({ text, pos }: Cursor): number => {
  if (!isKeyStart(text.charCodeAt(pos))) return -1;
  let end = pos + 1;
  while (isKeyCharacter(text.charCodeAt(end))) end += 1;
  const isKey = text.charCodeAt(end) === COLON && isBreak(text.charCodeAt(end + 1)) && end - pos <= MAX_KEY_LENGTH;
  return isKey ? end : -1;
};

const isBreak = (code: number): boolean => code === SPACE || code === LF || Number.isNaN(code);

const startsKey = (cursor: Cursor): boolean => keyEnd(cursor) >= 0;

/** A key and its colon, and the spaces after it. */
export const readKey = (cursor: Cursor): string | undefined => {
  const { text, pos } = cursor;
  const first = text.charCodeAt(pos);
  let key: string | undefined;
  if (first === DOUBLE_QUOTE || first === SINGLE_QUOTE) {
    key = readQuoted(cursor);
    // Number-like keys change their place in an object.
    if (key === undefined || !isKeyStart(key.charCodeAt(0)) || key.length > MAX_KEY_LENGTH) return undefined;
    if (text.charCodeAt(cursor.pos) !== COLON || !isBreak(text.charCodeAt(cursor.pos + 1))) return undefined;
  } else {
    const end = keyEnd(cursor);
    if (end < 0) return undefined;
    key = text.slice(pos, end);
    // `on:` is the key true.
    if (typeof plainScalar(key) !== 'string') return undefined;
    cursor.pos = end;
  }
  cursor.pos += 1;
  skipSpaces(cursor);
  return key;
};

/** A value that begins on this line. `indent` is that of the mapping or list that holds it. */
const readInline = (cursor: Cursor, indent: number): unknown => {
  const { text, pos } = cursor;
  const first = text.charCodeAt(pos);
  if (first === PIPE) return readLiteral(cursor, indent);
  let value: unknown;
  if (first === DOUBLE_QUOTE || first === SINGLE_QUOTE) value = readQuoted(cursor);
  else if (first === OPEN_LIST || first === OPEN_MAP) value = readFlow(cursor, readKey, 1);
  else value = readPlain(cursor);
  if (value === undefined || !endLine(cursor)) return undefined;
  toContent(cursor);
  return value;
};

const readPlain = (cursor: Cursor): unknown => {
  const { text, pos } = cursor;
  const first = text.charCodeAt(pos);
  if (NO_PLAIN_START.has(first) || isDash(cursor)) return undefined;
  let end = pos;
  for (let code = first; code !== LF && !Number.isNaN(code); code = text.charCodeAt(++end)) {
    if (code === COLON && isBreak(text.charCodeAt(end + 1))) return undefined;
    if (code === HASH && text.charCodeAt(end - 1) === SPACE) break;
  }
  while (end > pos && text.charCodeAt(end - 1) === SPACE) end -= 1;
  cursor.pos = end;
  return end === pos ? undefined : plainScalar(text.slice(pos, end));
};
