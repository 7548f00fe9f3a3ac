/** A place in the text of a document, for the short way of reading it. */
export interface Cursor {
  readonly text: string;
  pos: number;
  /** Of the content that `toContent` found; -1 at the end of the text. */
  column: number;
  readonly offsets: number[];
}

export const LF = 0x0a;
export const SPACE = 0x20;
export const HASH = 0x23;
const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;

const tableOf = (characters: string): Uint8Array => {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
};
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_';
const KEY_START = tableOf(LETTERS);
const KEY = tableOf(`${LETTERS}0123456789-./`);

export const isKeyStart = (code: number): boolean => KEY_START[code] === 1;
export const isKeyCharacter = (code: number): boolean => KEY[code] === 1;

/** From the start of a line to the next content, over empty lines and comments. */
export const toContent = (cursor: Cursor): void => {
  const { text } = cursor;
  let { pos } = cursor;
  for (;;) {
    const start = pos;
    let code = text.charCodeAt(pos);
    while (code === SPACE) code = text.charCodeAt(++pos);
    if (code === LF) pos += 1;
    else if (code === HASH) {
      const end = text.indexOf('\n', pos);
      pos = end < 0 ? text.length : end + 1;
    } else {
      cursor.pos = pos;
      cursor.column = pos >= text.length ? -1 : pos - start;
      return;
    }
  }
};

/** Nothing more on this line but a comment. */
export const atLineEnd = ({ text, pos }: Cursor): boolean => {
  const code = text.charCodeAt(pos);
  return code === LF || pos >= text.length || (code === HASH && text.charCodeAt(pos - 1) === SPACE);
};

/** To the start of the next line; false where something else follows. */
export const endLine = (cursor: Cursor): boolean => {
  const { text } = cursor;
  while (text.charCodeAt(cursor.pos) === SPACE) cursor.pos += 1;
  if (!atLineEnd(cursor)) return false;
  const end = text.indexOf('\n', cursor.pos);
  cursor.pos = end < 0 ? text.length : end + 1;
  return true;
};

/** Quoted text on one line; the cursor is behind the quote afterwards. Undefined for what is not closed there, and for rare escapes. */
export const readQuoted = (cursor: Cursor): string | undefined => {
  const { text, pos } = cursor;
  const quote = text.charCodeAt(pos);
  let hasEscapes = false;
  let end = pos + 1;
  let code = text.charCodeAt(end);
  while (code !== quote) {
    if (code === LF || Number.isNaN(code)) return undefined;
    if (code === BACKSLASH && quote === DOUBLE_QUOTE) {
      hasEscapes = true;
      end += 1;
    }
    code = text.charCodeAt(++end);
  }
  // '' is a quote inside single quotes.
  if (text.charCodeAt(end + 1) === quote) return undefined;
  cursor.pos = end + 1;
  return hasEscapes ? unescapeQuoted(text.slice(pos, end + 1)) : text.slice(pos + 1, end);
};

// Escapes that mean the same in YAML and JSON. Each character is matched in one way, so the time is linear.
const JSON_LIKE = /^"(?:[^"\\\n]|\\["\\/nrt])*"$/;

const unescapeQuoted = (quoted: string): string | undefined => (JSON_LIKE.test(quoted) ? (JSON.parse(quoted) as string) : undefined);
