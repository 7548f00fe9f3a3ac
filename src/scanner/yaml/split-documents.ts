/** One document of a stream, as a stretch of its text. */
export interface DocumentSlice {
  /** Place in the stream, from 0, as any YAML loader counts: comments before the first `---` are no document. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

// At the start of a line these are markers, whatever is around them (YAML 1.2, 9.1.1); block scalars cannot contain them.
const MARKER = /^(---|\.\.\.)(?=[ \t\r\n]|$)/gm;
const HAS_CONTENT = /^[ \t]*[^\s#%]/m;
const HAS_DIRECTIVE = /^%/m;

/** The end of a JSON value and the start of the next one: kubectl reads such streams, YAML cannot hold the two beside each other. */
const NEXT_JSON = /\}[ \t]*\r?\n\s{0,1000}?(?=^\{(?!\{))/gm;
// Honest streams of JSON have some dozens; reading one costs ten times as much as a document of YAML.
const MAX_JSON_VALUES = 5000;
// Two braces begin a template.
const IS_JSON = /^\s*\{(?!\{)/;

/** Cuts a stream into documents, so that one that cannot be parsed does not hide the others. */
export function* splitDocuments(text: string): Generator<DocumentSlice> {
  let index = 0;
  for (const slice of splitAtMarkers(text)) {
    let { start } = slice;
    let left = MAX_JSON_VALUES;
    if (IS_JSON.test(text.slice(start, Math.min(slice.end, start + 1000))))
      for (const { 0: boundary, index: at } of text.slice(start, slice.end).matchAll(NEXT_JSON)) {
        left -= 1;
        if (left <= 0) break;
        const end = slice.start + at + boundary.length;
        yield { index: index++, start, end };
        start = end;
      }
    yield { index: index++, start, end: slice.end };
  }
}

function* splitAtMarkers(text: string): Generator<DocumentSlice> {
  let index = 0;
  // Where the current slice begins, whether a `---` began it, and whether directives before it belong to it.
  let start = 0;
  let explicit = false;
  let directives = -1;
  MARKER.lastIndex = 0;
  const marker = new RegExp(MARKER);
  for (let match = marker.exec(text); match !== null; match = marker.exec(text)) {
    const isEnd = match[1] === '...';
    const slice = text.slice(start, match.index);
    if (explicit || HAS_CONTENT.test(slice)) yield { index: index++, start: directives >= 0 ? directives : start, end: match.index };
    directives = !isEnd && !explicit && !HAS_CONTENT.test(slice) && HAS_DIRECTIVE.test(slice) ? start : -1;
    explicit = !isEnd;
    start = isEnd ? match.index + match[0].length : match.index;
  }
  if (explicit || HAS_CONTENT.test(text.slice(start))) yield { index, start: directives >= 0 ? directives : start, end: text.length };
}
