// A pattern with many stars could take long; nobody needs more.
const MAX_STARS = 8;

/** `*` is any run of characters, all else stands for itself. Throws for patterns that could be slow. */
export const compileGlob = (pattern: string): ((text: string) => boolean) => {
  const parts = pattern.split('*');
  if (parts.length === 1) return (text) => text === pattern;
  if (parts.length > MAX_STARS + 1) throw new Error(`${pattern} has more than ${MAX_STARS} stars`);
  const [first = '', ...rest] = parts;
  const last = rest.pop() ?? '';
  // Without backtracking: each part is looked for after the one before it.
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    for (const part of rest) {
      const at = text.indexOf(part, from);
      if (at < 0) return false;
      from = at + part.length;
    }
    return from <= text.length - last.length;
  };
};
