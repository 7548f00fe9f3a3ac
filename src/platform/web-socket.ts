import type { RawData } from 'ws';
import { BellwetherError } from './error.ts';

export interface WebSocketOptions {
  /** `wss://`, or `ws://` on the same machine. */
  readonly url: string;
  readonly openTimeoutMs: number;
  /** Longer messages end the connection. */
  readonly maxBytes: number;
  /** A far end from which nothing comes for this long, not even an answer to a ping, is taken for gone. */
  readonly silenceMs: number;
  readonly onText: (text: string) => void;
}

/** An open connection (RFC 6455). Pings of the far end are answered, and it is pinged. */
export interface WebSocketConnection {
  /** Resolves with the reason once it is closed, by whichever side. */
  readonly closed: Promise<string>;
  /** What cannot be sent any more is lost. */
  send(text: string): void;
  close(): void;
}

/** How long the far end has for its part of the farewell. */
const FAREWELL_MS = 1_000;

const textOf = (data: RawData): string => (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString('utf8');

/** Opens a connection. Rejects with `upstream_unavailable`. Redirects are not followed. */
export const openWebSocket = async ({
  url,
  openTimeoutMs,
  maxBytes,
  silenceMs,
  onText,
}: WebSocketOptions): Promise<WebSocketConnection> => {
  // Loaded when it is needed: Node 20 has a WebSocket of its own only behind a flag.
  const { WebSocket } = await import('ws');
  const socket = new WebSocket(url, { handshakeTimeout: openTimeoutMs, maxPayload: maxBytes, perMessageDeflate: false });
  return await new Promise((resolve, reject) => {
    let why = '';
    let heardMs = performance.now();
    const heard = (): void => {
      heardMs = performance.now();
    };
    const beat = setInterval(() => {
      if (performance.now() - heardMs > silenceMs) {
        why = 'nothing came any more';
        socket.terminate();
      } else if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, silenceMs / 3);
    // By its name alone: the address has a ticket in it.
    socket.on('error', (error) => {
      why = error.message;
      reject(new BellwetherError('upstream_unavailable', `${new URL(url).host} opens no connection: ${error.message}`, error));
    });
    for (const sign of ['message', 'ping', 'pong'] as const) socket.on(sign, heard);
    socket.on('message', (data, isBinary) => {
      if (!isBinary) onText(textOf(data));
    });
    const closed = new Promise<string>((done) => {
      socket.on('close', (code, reason) => {
        clearInterval(beat);
        reject(new BellwetherError('upstream_unavailable', `${new URL(url).host} closed the connection: ${code}`));
        done(why || `closed with ${code} ${reason.toString('utf8')}`.trim());
      });
    });
    socket.on('open', () =>
      resolve({
        closed,
        send: (text) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(text);
        },
        close: () => {
          socket.close(1000);
          setTimeout(() => socket.terminate(), FAREWELL_MS).unref();
        },
      }),
    );
  });
};
