import { type Cursor, endLine, LF, SPACE, toContent } from './text-cursor.ts';

const MINUS = 0x2d;
const PLUS = 0x2b;

const spacesAt = (text: string, pos: number): number => {
  let end = pos;
  while (text.charCodeAt(end) === SPACE) end += 1;
  return end - pos;
};

/**
 * A literal block (`|`, `|-`, `|+`) without an indentation indicator (YAML 1.2, 8.1); undefined for empty ones and for text that ends
 * without a line break. `indent` is that of the parent.
 */
export const readLiteral = (cursor: Cursor, indent: number): string | undefined => {
  const { text } = cursor;
  const mark = text.charCodeAt(cursor.pos + 1);
  cursor.pos += mark === MINUS || mark === PLUS ? 2 : 1;
  if (!endLine(cursor)) return undefined;
  const lines: string[] = [];
  let own = -1;
  let filled = 0;
  let { pos } = cursor;
  while (pos < text.length) {
    const spaces = spacesAt(text, pos);
    const end = text.indexOf('\n', pos);
    if (end < 0) return undefined;
    const isBlank = text.charCodeAt(pos + spaces) === LF;
    if (own < 0) {
      // Blank lines before the first content have rules of their own.
      if (isBlank || spaces <= indent) return undefined;
      own = spaces;
    }
    if (!isBlank && spaces < own) break;
    lines.push(isBlank && spaces <= own ? '' : text.slice(pos + own, end));
    if (lines.at(-1) !== '') filled = lines.length;
    pos = end + 1;
  }
  if (filled === 0) return undefined;
  cursor.pos = pos;
  toContent(cursor);
  if (mark === PLUS) return `${lines.join('\n')}\n`;
  const content = lines.slice(0, filled).join('\n');
  return mark === MINUS ? content : `${content}\n`;
};
