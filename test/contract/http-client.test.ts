import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient, type HttpClientOptions, type HttpRequest, readBody } from '../../src/platform/index.ts';

const servers: ReturnType<typeof createServer>[] = [];
const clients: ReturnType<typeof createHttpClient>[] = [];
const folder = mkdtempSync(join(tmpdir(), 'bellwether-http-'));

const serve = async (handler: RequestListener): Promise<string> => {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const clientWith = (options: HttpClientOptions = {}) => {
  const client = createHttpClient(options);
  clients.push(client);
  return client;
};
const get = (url: string, over: Partial<HttpRequest> = {}): HttpRequest => ({ method: 'GET', url, timeoutMs: 5_000, ...over });
const echo = (request: IncomingMessage, response: ServerResponse): void => {
  response.end(JSON.stringify(request.headers));
};

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(folder, { recursive: true, force: true });
});

describe('createHttpClient', () => {
  it('gives status, headers and body of any answer', async () => {
    const url = await serve((request, response) => {
      response.writeHead(418, { 'X-Kind': 'teapot' });
      request.pipe(response);
    });
    const answer = await clientWith().request(get(url, { method: 'POST', body: Buffer.from('short and stout') }));
    expect(answer.status).toBe(418);
    expect(answer.headers).toMatchObject({ 'x-kind': 'teapot' });
    expect(Buffer.from(await readBody(answer.body, 100)).toString()).toBe('short and stout');
  });

  it('sends a body with every method so that the next request on the connection is not lost', async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += String(chunk);
      });
      request.on('end', () => {
        seen.push(`${request.method} ${text}`);
        response.end('x');
      });
    });
    const client = clientWith();
    for (const method of ['DELETE', 'PUT', 'DELETE', 'PATCH'] as const)
      await readBody((await client.request(get(url, { method, body: `${method}-body` }))).body, 10);
    expect(seen).toEqual(['DELETE DELETE-body', 'PUT PUT-body', 'DELETE DELETE-body', 'PATCH PATCH-body']);
  });

  it('keeps its connections for the next requests', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('x');
    });
    const client = clientWith();
    for (let i = 0; i < 8; i++) await readBody((await client.request(get(url))).body, 10);
    // A second one may open when a request comes before the first is marked free.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('does not follow redirects', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: 'http://elsewhere.invalid/' }).end());
    const answer = await clientWith().request(get(url));
    await readBody(answer.body, 10);
    expect([answer.status, answer.headers.location]).toEqual([302, 'http://elsewhere.invalid/']);
  });

  const tokenFile = join(folder, 'token');
  const passwordFile = join(folder, 'password');
  it.each([
    { name: 'a bearer token', options: { bearerToken: 't0' }, header: 'Bearer t0' },
    { name: 'a bearer token of a file', options: { bearerTokenFile: tokenFile }, header: 'Bearer first' },
    { name: 'basic auth', options: { basicAuth: { username: 'u', password: 'p:w' } }, header: `Basic ${btoa('u:p:w')}` },
    { name: 'basic auth with a file', options: { basicAuth: { username: 'u', passwordFile } }, header: `Basic ${btoa('u:secret')}` },
  ])('sends $name', async ({ options, header }) => {
    writeFileSync(tokenFile, 'first\n');
    writeFileSync(passwordFile, 'secret\n');
    const url = await serve(echo);
    const answer = await clientWith({ ...options, headers: { 'X-Team': 'a' } }).request(get(url));
    const headers = JSON.parse(Buffer.from(await readBody(answer.body, 1e4)).toString()) as Record<string, string>;
    expect(headers).toMatchObject({ authorization: header, 'x-team': 'a' });
  });

  it('reads a token file again for every request', async () => {
    const url = await serve((request, response) => response.end(request.headers.authorization));
    const client = clientWith({ bearerTokenFile: tokenFile });
    for (const token of ['one', 'two']) {
      writeFileSync(tokenFile, token);
      const { body } = await client.request(get(url));
      expect(Buffer.from(await readBody(body, 100)).toString()).toBe(`Bearer ${token}`);
    }
    rmSync(tokenFile);
    await expect(client.request(get(url))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('fails where nobody listens', async () => {
    const url = await serve(echo);
    servers.at(-1)?.close();
    await expect(clientWith().request(get(url))).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('fails where the connection breaks before the answer has ended', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    const { body } = await clientWith().request(get(url));
    await expect(readBody(body, 1e4)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it.each([
    { name: 'no answer', handler: () => undefined },
    { name: 'an answer drop by drop', handler: (_: IncomingMessage, response: ServerResponse) => drip(response) },
  ])('ends at its deadline with $name', async ({ handler }) => {
    const url = await serve(handler);
    const startedMs = performance.now();
    const read = async () => readBody((await clientWith().request(get(url, { timeoutMs: 200 }))).body, 1e6);
    await expect(read()).rejects.toMatchObject({ code: 'timeout' });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it('ends when it is cancelled, before the answer and within', async () => {
    const silent = await serve(() => undefined);
    const dripping = await serve((_, response) => drip(response));
    for (const url of [silent, dripping]) {
      const controller = new AbortController();
      const read = async () => readBody((await clientWith().request(get(url, { signal: controller.signal }))).body, 1e6);
      setTimeout(() => controller.abort(), 50);
      await expect(read()).rejects.toMatchObject({ code: 'cancelled' });
    }
  });

  it('says no secret in its messages', async () => {
    const url = await serve(echo);
    servers.at(-1)?.close();
    const secret = `${url.replace('http://', 'http://user:secret@')}/path?token=secret`;
    const error = await clientWith({ bearerToken: 'secret' })
      .request(get(secret))
      .catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining('/path') });
    expect((error as Error).message).not.toContain('secret');
  });

  it('refuses what is no URL', async () => {
    await expect(clientWith().request(get('nowhere'))).rejects.toMatchObject({ name: 'BellwetherError' });
  });
});

describe('readBody', () => {
  it('stops at its limit and leaves the rest unread', async () => {
    let ended = false;
    const url = await serve((_, response) => {
      response.on('close', () => {
        ended = true;
      });
      drip(response, Buffer.alloc(10_000));
    });
    const { body } = await clientWith().request(get(url));
    await expect(readBody(body, 25_000)).rejects.toMatchObject({ code: 'limit_exceeded' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ended).toBe(true);
  });
});

/** Writes for ever, a little at a time. */
const drip = (response: ServerResponse, part: Uint8Array = Buffer.from('x')): void => {
  response.writeHead(200);
  const timer = setInterval(() => response.write(part), 10);
  response.on('close', () => clearInterval(timer));
};
