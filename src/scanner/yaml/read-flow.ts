import { plainScalar } from './plain-scalar.ts';
import { type Cursor, isKeyStart, LF, readQuoted, SPACE } from './text-cursor.ts';

const MAX_DEPTH = 20;
const codeOf = (character: string): number => character.charCodeAt(0);
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [codeOf('['), codeOf(']'), codeOf('{'), codeOf('}')];
const [COMMA, COLON, HASH, DASH] = [codeOf(','), codeOf(':'), codeOf('#'), codeOf('-')];
const [DOUBLE_QUOTE, SINGLE_QUOTE, SLASH, DOT] = [codeOf('"'), codeOf("'"), codeOf('/'), codeOf('.')];

/** `[a, b]` and `{a: b}` on one line, without a comma at the end; undefined for all other forms. */
export const readFlow = (cursor: Cursor, readKey: (cursor: Cursor) => string | undefined, depth: number): unknown => {
  const { text } = cursor;
  const isList = text.charCodeAt(cursor.pos) === OPEN_LIST;
  const close = isList ? CLOSE_LIST : CLOSE_MAP;
  const list: unknown[] = [];
  const map: Record<string, unknown> = {};
  if (depth > MAX_DEPTH) return undefined;
  cursor.pos += 1;
  skipSpaces(cursor);
  if (text.charCodeAt(cursor.pos) === close) {
    cursor.pos += 1;
    return isList ? list : map;
  }
  for (;;) {
    cursor.offsets.push(cursor.pos);
    const key = isList ? undefined : readKey(cursor);
    if (!isList && (key === undefined || key in map)) return undefined;
    const value = readValue(cursor, readKey, depth);
    if (value === undefined) return undefined;
    if (key === undefined) list.push(value);
    else map[key] = value;
    skipSpaces(cursor);
    const code = text.charCodeAt(cursor.pos);
    cursor.pos += 1;
    if (code === close) return isList ? list : map;
    if (code !== COMMA || text.charCodeAt(cursor.pos) !== SPACE) return undefined;
    skipSpaces(cursor);
  }
};

const skipSpaces = (cursor: Cursor): void => {
  while (cursor.text.charCodeAt(cursor.pos) === SPACE) cursor.pos += 1;
};

const readValue = (cursor: Cursor, readKey: (cursor: Cursor) => string | undefined, depth: number): unknown => {
  const code = cursor.text.charCodeAt(cursor.pos);
  if (code === OPEN_LIST || code === OPEN_MAP) return readFlow(cursor, readKey, depth + 1);
  return code === DOUBLE_QUOTE || code === SINGLE_QUOTE ? readQuoted(cursor) : readPlain(cursor);
};

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isPlainStart = (code: number): boolean => isKeyStart(code) || isDigit(code) || code === SLASH || code === DOT || code === DASH;

const readPlain = (cursor: Cursor): unknown => {
  const { text, pos } = cursor;
  const first = text.charCodeAt(pos);
  if (!isPlainStart(first)) return undefined;
  if (first === DASH && !isPlainStart(text.charCodeAt(pos + 1))) return undefined;
  let end = pos;
  for (let code = first; code !== COMMA && code !== CLOSE_LIST && code !== CLOSE_MAP; code = text.charCodeAt(++end)) {
    if (code === LF || Number.isNaN(code) || code === OPEN_LIST || code === OPEN_MAP || code === HASH) return undefined;
    if (code === COLON && !isPlainStart(text.charCodeAt(end + 1))) return undefined;
  }
  while (text.charCodeAt(end - 1) === SPACE) end -= 1;
  cursor.pos = end;
  return plainScalar(text.slice(pos, end));
};
