import { BellwetherError, type ErrorCode } from '../../platform/index.ts';

/** An answer that is not the series that were asked for. */
export class UpstreamError extends BellwetherError {
  readonly status: number;
  /** How long the server asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, status: number, retryAfterMs?: number) {
    super(code, message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

// Not there (404, 410), not for POST (405), not this content (415), not built (501): this server does not have the interface.
const UNSUPPORTED = new Set([404, 405, 410, 415, 501]);
const TOO_LARGE = 413;
const TOO_MANY = 429;
// Words of Prometheus, Mimir, Cortex and Thanos where a query is beyond a limit that a smaller one may keep.
const LIMIT_WORDS = /exceed|too many|limit|too large|max-/i;
// Prometheus answers 500 to a regular expression that does not parse; asking again would not help.
const BAD_QUERY_WORDS = /error parsing regexp|parse error|invalid matcher/i;
const QUOTED_CHARACTERS = 200;

/** The error of an HTTP status other than 200. */
export const statusError = (endpoint: string, status: number, headers: Readonly<Record<string, string>>, text: string): UpstreamError => {
  const words = text.replace(/\s+/g, ' ').trim().slice(0, QUOTED_CHARACTERS);
  const target = status >= 300 && status < 400 ? ` to ${headers.location ?? 'nowhere'}` : '';
  const message = `${endpoint} answered ${status}${target}${words === '' ? '' : `: ${words}`}`;
  return new UpstreamError(statusCode(status, text), message, status, retryAfterMs(headers['retry-after']));
};

const statusCode = (status: number, text: string): ErrorCode => {
  if (UNSUPPORTED.has(status) || status < 400) return 'upstream_unsupported';
  if (status === TOO_LARGE) return 'limit_exceeded';
  if (status === TOO_MANY) return 'upstream_unavailable';
  if (status < 500) return status !== 401 && status !== 403 && LIMIT_WORDS.test(text) ? 'limit_exceeded' : 'upstream_refused';
  return BAD_QUERY_WORDS.test(text) ? 'upstream_refused' : 'upstream_unavailable';
};

/** Seconds; the form with a date is not read. */
const retryAfterMs = (header: string | undefined): number | undefined => {
  const seconds = Number(header);
  return header === undefined || !Number.isFinite(seconds) || seconds < 0 ? undefined : seconds * 1000;
};
