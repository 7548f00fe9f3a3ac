/** What follows a backslash for a single character (Go specification, "Rune literals"). */
const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
};

// The escapes with digits: \x and \ooo are single bytes, \u and \U are characters.
const NUMERIC = /^(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/;
const LAST_CODE_POINT = 0x10ffff;

/** The text of a PromQL string literal, quotes included; undefined where an escape is not one of Go's. */
export const unquote = (literal: string): string | undefined => {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  const parts: Buffer[] = [];
  for (let at = 0; at < inner.length; ) {
    const next = inner.indexOf('\\', at);
    const end = next < 0 ? inner.length : next;
    parts.push(Buffer.from(inner.slice(at, end), 'utf8'));
    if (next < 0) break;
    const escaped = readEscape(inner.slice(next + 1));
    if (escaped === undefined) return undefined;
    parts.push(escaped.bytes);
    at = next + 1 + escaped.length;
  }
  return Buffer.concat(parts).toString('utf8');
};

const readEscape = (rest: string): { bytes: Buffer; length: number } | undefined => {
  const simple = SIMPLE[rest.charAt(0)];
  if (simple !== undefined) return { bytes: Buffer.of(simple), length: 1 };
  const match = NUMERIC.exec(rest);
  if (match === null) return undefined;
  const [whole, hex, octal, short, long] = match;
  const { length } = whole;
  if (hex !== undefined) return { bytes: Buffer.of(Number.parseInt(hex, 16)), length };
  if (octal !== undefined) return { bytes: Buffer.of(Number.parseInt(octal, 8)), length };
  const point = Number.parseInt(short ?? long ?? '', 16);
  return point > LAST_CODE_POINT ? undefined : { bytes: Buffer.from(String.fromCodePoint(point), 'utf8'), length };
};
