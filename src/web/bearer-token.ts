import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { BellwetherError, type Clock, type Logger, readFile, watchFile } from '../platform/index.ts';

const MAX_TOKEN_BYTES = 4096;
const WATCH_MS = 10_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compared as digests: in constant time, whatever the lengths. */
export const isToken = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

/** A token kept in a file. */
export interface TokenFile {
  /** Undefined while the file cannot be read or is empty: nobody is let in then. */
  readonly token: string | undefined;
  close(): void;
}

/** Reads the token and takes up its changes. */
export const openTokenFile = async (
  path: string,
  { clock, log }: { readonly clock: Clock; readonly log: Pick<Logger, 'warn'> },
): Promise<TokenFile> => {
  let token: string | undefined;
  const read = async (): Promise<void> => {
    try {
      token = new TextDecoder().decode(await readFile(path, { maxBytes: MAX_TOKEN_BYTES })).trim() || undefined;
      if (token === undefined) log.warn({ path }, 'the token file is empty; requests that need it are refused');
    } catch (error) {
      token = undefined;
      log.warn(
        { path, reason: error instanceof Error ? error.message : String(error) },
        'the token file cannot be read; requests that need it are refused',
      );
    }
  };
  await read();
  const watcher = watchFile(path, () => void read(), { clock, intervalMs: WATCH_MS });
  return {
    get token() {
      return token;
    },
    close: () => watcher.close(),
  };
};

/** Lets a request pass that carries the token; before its body is read. */
export const requireToken =
  (expected: () => string | undefined, onRefused: () => void): RequestHandler =>
  (request, response, next) => {
    const [, given = ''] = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
    const token = expected();
    if (token !== undefined && isToken(given, token)) {
      next();
      return;
    }
    onRefused();
    response.set('WWW-Authenticate', 'Bearer');
    next(new BellwetherError('unauthorized', 'a valid token is needed: Authorization: Bearer ...'));
  };
