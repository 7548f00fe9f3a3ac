import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { request as secureRequest, Agent as TlsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { BellwetherError } from './error.ts';
import { readFile } from './files.ts';

/** Files are read again for every request, as Prometheus does, so that rotated tokens and certificates are taken up. */
export interface HttpClientOptions {
  readonly tls?: {
    /** PEM; instead of the system's authorities. */
    readonly caFile?: string;
    /** PEM; both for a client certificate. */
    readonly certFile?: string;
    readonly keyFile?: string;
    /** The same three as text; files win. */
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    /** Name to verify the server's certificate against, where it is not the URL's host. */
    readonly serverName?: string;
    /** Accept any certificate. */
    readonly insecureSkipVerify?: boolean;
  };
  readonly basicAuth?: { readonly username: string; readonly password?: string; readonly passwordFile?: string };
  readonly bearerToken?: string;
  readonly bearerTokenFile?: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly signal?: AbortSignal;
  /** For the whole exchange, the last byte of the body included. */
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; the first value of a repeated header. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be read to its end or left by `break`; either frees the connection. Rejects like `request`. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** An HTTP client for one server. Redirects are not followed. */
export interface HttpClient {
  /** Rejects with `timeout`, `cancelled`, `upstream_unavailable` (no answer, or cut short) or `upstream_refused` (TLS); any status is an answer. */
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

// A token, a password or a bundle of certificate authorities.
const MAX_SECRET_BYTES = 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5_000;
// Longer than the usual 30 s between two reads, so that a tick finds its connection open.
const KEEP_ALIVE_TIMEOUT_MS = 90_000;
// Node's names for what is wrong with a certificate: the far end answers, but is not to be trusted or does not trust us.
const TLS_ERROR = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/;

export const createHttpClient = (options: HttpClientOptions = {}): HttpClient => {
  let agent: PlainAgent | undefined;
  let agentTls = '';

  /** The pool of connections; a new one where certificate files have changed. */
  const currentAgent = async (secure: boolean): Promise<PlainAgent> => {
    const { caFile, certFile, keyFile, serverName, insecureSkipVerify, ...given } = options.tls ?? {};
    const [ca = given.ca, cert = given.cert, key = given.key] = secure ? await Promise.all([caFile, certFile, keyFile].map(readText)) : [];
    const tls = JSON.stringify([secure, ca, cert, key]);
    if (agent !== undefined && tls === agentTls) return agent;
    // Exchanges that run over the old pool end by themselves.
    if (agent !== undefined) for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    agentTls = tls;
    const pool = { keepAlive: true, timeout: KEEP_ALIVE_TIMEOUT_MS };
    agent = secure
      ? new TlsAgent({
          ...pool,
          ...(ca === undefined ? {} : { ca }),
          ...(cert === undefined ? {} : { cert }),
          ...(key === undefined ? {} : { key }),
          ...(serverName === undefined ? {} : { servername: serverName }),
          ...(insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
        })
      : new PlainAgent(pool);
    return agent;
  };

  const authorization = async (): Promise<Record<string, string>> => {
    const token = options.bearerToken ?? (await readText(options.bearerTokenFile))?.trim();
    if (token !== undefined) return { authorization: `Bearer ${token}` };
    if (options.basicAuth === undefined) return {};
    const { username, password, passwordFile } = options.basicAuth;
    const secret = password ?? (await readText(passwordFile))?.trim() ?? '';
    return { authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}` };
  };

  return {
    async request({ method, url, headers, body, signal, timeoutMs }) {
      if (!URL.canParse(url) || !/^https?:/.test(url)) throw new BellwetherError('invalid_input', 'not an http or https URL');
      const deadline = startDeadline(timeoutMs, signal);
      const fail = (thrown: unknown): BellwetherError => deadline.reason(url) ?? networkError(url, thrown);
      try {
        const secure = url.startsWith('https:');
        const exchange: Exchange = {
          url,
          secure,
          method,
          agent: await currentAgent(secure),
          headers: { ...options.headers, ...headers, ...(await authorization()), ...lengthOf(body) },
          body,
          signal: deadline.signal,
        };
        const response = await send(exchange);
        return {
          status: response.statusCode ?? 0,
          headers: firstValues(response.headers),
          body: guard(response, fail, deadline.stop),
        };
      } catch (thrown) {
        deadline.stop();
        throw fail(thrown);
      }
    },
    close: async () => {
      agent?.destroy();
      agent = undefined;
    },
  };
};

interface Exchange {
  readonly url: string;
  readonly secure: boolean;
  readonly method: string;
  readonly agent: PlainAgent;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | undefined;
  readonly signal: AbortSignal;
}

/** Told by us, because Node sends a body after DELETE without its length, and the server takes it for the next request. */
const lengthOf = (body: Uint8Array | string | undefined): Record<string, string> =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };

/** Sends a request; once more where a connection that had been kept turns out to be closed by the server in the meantime. */
const send = async (exchange: Exchange): Promise<IncomingMessage> => {
  try {
    return await sendOnce(exchange);
  } catch (error) {
    if (error instanceof StaleConnectionError) return await sendOnce(exchange);
    throw error;
  }
};

class StaleConnectionError extends Error {}

const sendOnce = ({ url, secure, method, agent, headers, body, signal }: Exchange): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = (secure ? secureRequest : plainRequest)(withoutCredentials(url), { method, agent, headers, signal }, resolve);
    request.on('error', (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted;
      reject(stale ? new StaleConnectionError(error.message, { cause: error }) : error);
    });
    request.on('socket', (socket) => limitConnecting(socket, (error) => request.destroy(error)));
    request.end(body);
  });

/** A server that does not answer at all is told apart from a slow one. */
const limitConnecting = (socket: Socket, fail: (error: Error) => void): void => {
  if (!socket.connecting) return;
  const timer = setTimeout(() => fail(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`)), CONNECT_TIMEOUT_MS);
  for (const event of ['connect', 'close'] as const) socket.once(event, () => clearTimeout(timer));
};

const withoutCredentials = (url: string): URL => {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
};

/** Collects a body. Rejects with `limit_exceeded` past `maxBytes`. */
export const readBody = async (body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > maxBytes) throw new BellwetherError('limit_exceeded', `an answer of more than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts, size);
};

const readText = async (path: string | undefined): Promise<string | undefined> =>
  path === undefined ? undefined : Buffer.from(await readFile(path, { maxBytes: MAX_SECRET_BYTES })).toString('utf8');

/** One signal for deadline and caller. `reason` tells which of them ended the exchange. */
const startDeadline = (timeoutMs: number, signal: AbortSignal | undefined) => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  return {
    signal: signal === undefined ? controller.signal : AbortSignal.any([controller.signal, signal]),
    stop: (): void => clearTimeout(timer),
    reason(url: string): BellwetherError | undefined {
      if (signal?.aborted) return new BellwetherError('cancelled', `${where(url)}: cancelled`, signal.reason);
      if (controller.signal.aborted) return new BellwetherError('timeout', `${where(url)}: no complete answer within ${timeoutMs} ms`);
      return undefined;
    },
  };
};

async function* guard(
  body: AsyncIterable<Uint8Array>,
  fail: (thrown: unknown) => BellwetherError,
  done: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (thrown) {
    throw fail(thrown);
  } finally {
    done();
  }
}

const networkError = (url: string, thrown: unknown): BellwetherError => {
  if (thrown instanceof BellwetherError) return thrown;
  const error = thrown as NodeJS.ErrnoException;
  const code = error.code ?? '';
  return new BellwetherError(
    TLS_ERROR.test(code) ? 'upstream_refused' : 'upstream_unavailable',
    `${where(url)}: ${error.message || code || 'no connection'}`,
    thrown,
  );
};

/** The URL without what may be secret: user, password and query. */
const where = (url: string): string => {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
};

const firstValues = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? (value[0] ?? '') : value]],
    ),
  );
