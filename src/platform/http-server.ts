import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { BellwetherError } from './error.ts';

export type { RequestListener } from 'node:http';

export interface ListenOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** What listens here, for messages: `scores`, `self`, `api`. */
  readonly name: string;
}

export interface Listener {
  readonly host: string;
  /** The port in use, also when 0 was asked for. */
  readonly port: number;
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  /** Takes no new connection, closes idle ones, lets running answers end for two seconds. May be called twice. */
  close(): Promise<void>;
}

// A client that sends its request drop by drop must not hold a connection for ever.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
// Longer than the usual scrape interval, so that a scraper's connection is kept.
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const CLOSE_GRACE_MS = 2_000;

const listenError = (error: NodeJS.ErrnoException, { host, port, name }: ListenOptions): BellwetherError => {
  const where = `${host}:${port} for ${name}`;
  if (error.code === 'EADDRINUSE') return new BellwetherError('invalid_config', `cannot listen on ${where}: the port is in use`, error);
  if (error.code === 'EACCES') return new BellwetherError('invalid_config', `cannot listen on ${where}: not permitted`, error);
  return new BellwetherError('invalid_config', `cannot listen on ${where}: ${error.message}`, error);
};

const closeServer = (server: Server | SecureServer): Promise<void> =>
  new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });

const LIMITS = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };

/** Serves `handler` over HTTP. Rejects with `invalid_config` where the address cannot be taken. */
export const listen = (handler: RequestListener, options: ListenOptions): Promise<Listener> =>
  open(createServer(LIMITS, handler), 'http', options);

/** PEM texts; the certificate may be a chain, the own one first. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
  /** Authorities of client certificates. A client is asked for one, but let in without: `clientNameOf` says whose it was. */
  readonly clientAuthorities?: string;
}

const contextOf = ({ certificate, key, clientAuthorities }: ServerCertificate) => ({
  cert: certificate,
  key,
  minVersion: 'TLSv1.2' as const,
  ...(clientAuthorities === undefined ? {} : { ca: clientAuthorities }),
});

/** Common name of the verified certificate of a client; undefined without one. */
export const clientNameOf = (socket: Socket): string | undefined => {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { CN } = socket.getPeerCertificate().subject ?? {};
  return Array.isArray(CN) ? CN[0] : CN;
};

export interface SecureListener extends Listener {
  /** New connections get this certificate; those that are open keep theirs. Throws `invalid_input` where the two do not belong together. */
  use(certificate: ServerCertificate): void;
}

/** The same over TLS 1.2 and above. */
export const listenSecure = async (
  handler: RequestListener,
  certificate: ServerCertificate,
  options: ListenOptions,
): Promise<SecureListener> => {
  const server = createSecureServer(
    { ...LIMITS, ...contextOf(certificate), requestCert: certificate.clientAuthorities !== undefined, rejectUnauthorized: false },
    handler,
  );
  const listener = await open(server, 'https', options);
  return {
    ...listener,
    use: (next) => {
      try {
        server.setSecureContext(contextOf(next));
      } catch (error) {
        throw new BellwetherError('invalid_input', `the certificate cannot be used: ${(error as Error).message}`, error);
      }
    },
  };
};

const open = async (server: Server | SecureServer, scheme: 'http' | 'https', options: ListenOptions): Promise<Listener> => {
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, options)));
    server.listen({ host: options.host, port: options.port }, resolve);
  });
  // After the start an error concerns one connection; Node closes it.
  server.on('error', () => undefined);
  const { port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    host: options.host,
    port,
    url: `${scheme}://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    close: () => {
      closing ??= closeServer(server);
      return closing;
    },
  };
};
