import { type Event, parseEvents, YAMLException } from 'js-yaml';

/** The events of a text, and the text that their offsets are of: as long as the one given, and the same but for some line ends. */
export interface LenientEvents {
  readonly text: string;
  readonly events: readonly Event[];
}

const DEFICIENT = 'deficient indentation';
const COMMENT = /(^|\s)#/;
// Each line costs reading the document again; what people write has one or two, and hostile text must not take a second.
const MAX_REREAD = 2_000_000;

/**
 * Reads what Kubernetes reads: in quoted text and in brackets it lets a line stand as far left as the key, which YAML forbids. Such a
 * line is joined to the one before by a space in place of the line end, so that all offsets stay as they are. Throws `YAMLException`.
 */
export const parseLenientEvents = (source: string, maxDepth: number): LenientEvents => {
  let text = source;
  for (let left = MAX_REREAD; ; left -= text.length) {
    try {
      return { text, events: parseEvents(text, { maxDepth }) };
    } catch (error) {
      const joined =
        error instanceof YAMLException && error.reason === DEFICIENT && left > 0 ? joinLine(text, error.mark?.position ?? 0) : undefined;
      if (joined === undefined) throw error;
      text = joined;
    }
  }
};

/** The line at an offset, joined to the one before; undefined where a comment would swallow it. */
const joinLine = (text: string, offset: number): string | undefined => {
  const end = text.lastIndexOf('\n', offset - 1);
  if (end < 0) return undefined;
  const start = text[end - 1] === '\r' ? end - 1 : end;
  if (COMMENT.test(text.slice(text.lastIndexOf('\n', start - 1) + 1, start))) return undefined;
  return `${text.slice(0, start)}${' '.repeat(end + 1 - start)}${text.slice(end + 1)}`;
};
