import { BellwetherError, type HttpClient, type Problem, readBody } from '../platform/index.ts';
import { type FeedEntry, parseVerdictFeed, VERDICT_FEED_PATH, VERDICT_FEED_VERSION } from './verdict-feed.ts';
import { createWeightCap } from './weight-cap.ts';

/** What a source had to say. */
export interface VerdictNews {
  /** True where these entries are all there is, instead of those that came since. */
  readonly isWhole: boolean;
  readonly entries: readonly FeedEntry[];
}

/** Where verdicts come from: a receiver or a file. */
export interface VerdictReader {
  /** Rejects with a `BellwetherError`; what came before stays valid then. */
  read(signal: AbortSignal): Promise<VerdictNews>;
}

/** A thousand verdicts with long reasons. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Pages of one reading; what is left comes with the next one. */
const MOST_PAGES = 100;

const tell = (what: string, problems: readonly Problem[]): string =>
  `${what}: ${problems
    .slice(0, 3)
    .map(({ message }) => message)
    .join('; ')}`;

const parseJson = (bytes: Uint8Array, what: string): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new BellwetherError('corrupt_response', `${what} is not JSON`);
  }
};

/** The feed of a receiver, page by page from where it was left. Another log than before is read from its start. */
export const createReceiverReader = (http: HttpClient, options: { readonly url: string; readonly timeoutMs: number }): VerdictReader => {
  let log: string | undefined;
  let next = 0;
  const base = options.url.replace(/\/+$/, '');
  const readPage = async (signal: AbortSignal) => {
    const query = new URLSearchParams({ after: String(next), ...(log === undefined ? {} : { log }) });
    const url = `${base}${VERDICT_FEED_PATH}?${query.toString()}`;
    const response = await http.request({ method: 'GET', url, signal, timeoutMs: options.timeoutMs });
    const body = await readBody(response.body, MAX_BYTES);
    if (response.status === 401 || response.status === 403)
      throw new BellwetherError(
        'upstream_refused',
        `the receiver answered ${response.status}: the token of feedback.bearerTokenFile may not view`,
      );
    if (response.status !== 200) throw new BellwetherError('upstream_unavailable', `the receiver answered ${response.status}`);
    const feed = parseVerdictFeed(parseJson(body, 'the answer of the receiver'));
    if (!feed.ok) throw new BellwetherError('corrupt_response', tell('the receiver sent no feed of verdicts', feed.problems));
    return feed.value;
  };
  return {
    read: async (signal) => {
      const entries: FeedEntry[] = [];
      let isWhole = log === undefined;
      for (let page = 0; page < MOST_PAGES; page++) {
        const feed = await readPage(signal);
        if (log !== undefined && feed.log !== log) {
          // It began anew: what was read of the old log means nothing. A receiver gives a reader of another log the start of its own.
          isWhole = true;
          entries.length = 0;
        }
        log = feed.log;
        next = feed.next;
        entries.push(...feed.entries);
        if (!feed.more) break;
      }
      return { isWhole, entries };
    },
  };
};

/** A file in the form of the feed, read as a whole whenever its content has changed. The daily cap per identity holds here, too. */
export const createFileReader = (readText: () => Promise<Uint8Array>): VerdictReader => {
  let before = '';
  return {
    read: async () => {
      const bytes = await readText();
      const text = new TextDecoder().decode(bytes);
      if (text === before) return { isWhole: false, entries: [] };
      const value = parseJson(bytes, 'the verdict file');
      const given = typeof value === 'object' && value !== null ? value : {};
      const feed = parseVerdictFeed({ version: VERDICT_FEED_VERSION, log: 'file', next: 0, more: false, ...given });
      if (!feed.ok) throw new BellwetherError('invalid_input', tell('the verdict file is wrong', feed.problems));
      const cap = createWeightCap();
      const entries = feed.value.entries.map(
        (entry): FeedEntry => (entry.verdict ? { ...entry, verdict: cap.book(entry.verdict) } : entry),
      );
      before = text;
      return { isWhole: true, entries };
    },
  };
};
