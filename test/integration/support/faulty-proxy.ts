import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { freePort } from './free-port.ts';

/**
 * What stands between the exporter and Prometheus, and does:
 * `pass` nothing · `refuse` no connection · `stall` no answer · `unavailable` 503 · `login` a page of a login proxy instead of an answer ·
 * `redirect` to that page · `cut` the connection breaks inside a frame · `truncate` the answer ends, properly, inside a frame ·
 * `error-text` half of the frames, then the plain text that a server writes when it fails after its 200 · `no-remote-read` 404 for remote read alone.
 */
export type FaultMode =
  | 'pass'
  | 'refuse'
  | 'stall'
  | 'unavailable'
  | 'login'
  | 'redirect'
  | 'cut'
  | 'truncate'
  | 'error-text'
  | 'no-remote-read';

export interface FaultyProxy {
  readonly url: string;
  set(mode: FaultMode): Promise<void>;
  /** Called when a remote read has been passed on. */
  onRead: (() => void) | undefined;
  close(): Promise<void>;
}

const LOGIN_PAGE = '<!doctype html><html><title>Sign in</title><form action="/login"><input name="user"></form></html>';
const READ_PATH = '/api/v1/read';

/** Where frames begin, in a streamed answer: a varint length, four bytes of checksum, that many bytes. */
const frameStarts = (bytes: Uint8Array): number[] => {
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    starts.push(at);
    let [length, factor] = [0, 1];
    for (let byte = 0x80; byte >= 0x80; factor *= 128) {
      byte = bytes[at++] ?? 0;
      length += (byte & 0x7f) * factor;
    }
    at += 4 + length;
  }
  return starts;
};

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

export const startFaultyProxy = async (upstream: string): Promise<FaultyProxy> => {
  const agent = new Agent({ keepAlive: true });
  let mode: FaultMode = 'pass';
  const proxy = { onRead: undefined as (() => void) | undefined };

  const ask = (incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { host: _, ...headers } = incoming.headers;
      const outgoing = request(`${upstream}${incoming.url}`, { method: incoming.method, headers, agent }, resolve);
      outgoing.once('error', reject);
      outgoing.end(body);
    });

  const damage = (response: ServerResponse, answer: Buffer): void => {
    const starts = frameStarts(answer);
    const middle = starts[Math.floor(starts.length / 2)] ?? 0;
    // Inside the checksum of the middle frame: all frames before it are whole.
    if (mode === 'cut') response.write(answer.subarray(0, middle + 3), () => response.destroy());
    else if (mode === 'truncate') response.end(answer.subarray(0, middle + 3));
    else
      response.end(Buffer.concat([answer.subarray(0, middle), Buffer.from('query processing would load too many samples into memory\n')]));
  };

  const forward = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await ask(incoming, await bodyOf(incoming));
    response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? 'text/plain' });
    if (mode === 'cut' || mode === 'truncate' || mode === 'error-text') damage(response, await bodyOf(answer));
    else answer.pipe(response);
    if (incoming.url === READ_PATH) proxy.onRead?.();
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (mode === 'stall') return;
    if (mode === 'unavailable') response.writeHead(503, { 'content-type': 'text/plain' }).end('upstream connect error or disconnect/reset');
    else if (mode === 'login') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(LOGIN_PAGE);
    else if (mode === 'redirect') response.writeHead(302, { location: 'https://sso.example.com/login' }).end();
    else if (mode === 'no-remote-read' && incoming.url === READ_PATH) response.writeHead(404).end('404 page not found\n');
    else await forward(incoming, response);
  };

  let server: Server | undefined;
  const port = await freePort();
  const open = async (): Promise<void> => {
    const opened = createServer((incoming, response) => {
      answer(incoming, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve, reject) => opened.once('error', reject).listen(port, '127.0.0.1', resolve));
    server = opened;
  };
  const shut = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    await new Promise<void>((resolve) => {
      if (!closing) return resolve();
      closing.close(() => resolve());
      closing.closeAllConnections();
    });
  };

  await open();
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${port}`,
    set: async (next: FaultMode): Promise<void> => {
      mode = next;
      // Requests that hang, and those who wait on a port that nobody listens on, belong to the fault that ends.
      server?.closeAllConnections();
      if (next === 'refuse') await shut();
      else if (!server) await open();
    },
    close: async (): Promise<void> => {
      await shut();
      agent.destroy();
    },
  });
};
