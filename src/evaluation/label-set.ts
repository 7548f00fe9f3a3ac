import type { Labels } from '../conventions/index.ts';

/** What is wrong with a label set, and where: `offset` counts UTF-16 units from the start of the text. */
export interface LabelProblem {
  readonly offset: number;
  readonly message: string;
}

// Names that need no quotes (Prometheus data model); sticky, so that they match at one place of a longer text.
const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
// A quoted string up to its closing quote: anything but quote, backslash and line end, or an escaped character.
const QUOTED = /"((?:[^"\\\n]|\\.)*)"/y;
const ESCAPED = /\\(.)/g;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };
// An unknown escape keeps both characters: `\d` in a value means backslash, d.
const unescapeValue = (text: string): string => (text.includes('\\') ? text.replace(ESCAPED, (all, c: string) => ESCAPES[c] ?? all) : text);

/**
 * The labels of `name{a="b",...}`, `__name__` among them, also in the quoted form `{"name","a.b"="c"}`. Frozen, sorted by name.
 * Follows the OpenMetrics 1.0 text format and Prometheus' proposal for UTF-8 names.
 */
export const parseLabelSet = (text: string): Labels | LabelProblem => {
  const found = new Map<string, string>();
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const hit = pattern.exec(text);
    if (!hit) return undefined;
    at = pattern.lastIndex;
    return hit[1] ?? hit[0];
  };
  const problem = (message: string): LabelProblem => ({ offset: at, message });

  const name = match(METRIC_NAME);
  if (name !== undefined) found.set('__name__', name);
  if (at < text.length) {
    if (text[at] !== '{') return problem('expected a metric name, then "{" or a blank');
    at++;
    while (text[at] !== '}') {
      const start = at;
      const quoted = text[at] === '"';
      const label = quoted ? match(QUOTED) : match(LABEL_NAME);
      if (label === undefined) return problem('expected a label name');
      if (text[at] === '=') {
        at++;
        const value = match(QUOTED);
        if (value === undefined) return problem(`expected the value of label ${label} in quotes`);
        const key = quoted ? unescapeValue(label) : label;
        if (found.has(key)) return { offset: start, message: `label ${key} is given twice` };
        found.set(key, unescapeValue(value));
      } else if (quoted && !found.has('__name__')) found.set('__name__', unescapeValue(label));
      else return problem(`expected "=" after label ${label}`);
      if (text[at] === ',') at++;
      else if (text[at] !== '}') return problem('expected "," or "}" after a label');
    }
    at++;
    if (at < text.length) return problem('expected a blank after "}"');
  }
  if (!found.has('__name__')) return { offset: 0, message: 'expected a metric name' };
  return Object.freeze(Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1))));
};

/** Label values are strings, so a number can only be a problem's offset. */
export const isLabelProblem = (parsed: Labels | LabelProblem): parsed is LabelProblem => typeof parsed.offset === 'number';
