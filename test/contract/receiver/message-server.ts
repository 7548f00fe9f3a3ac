import { createServer } from 'node:http';

export interface ReceivedCall {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface MessageServer {
  readonly url: string;
  readonly calls: readonly ReceivedCall[];
  /** How the next calls are answered; 200 and `ok` at first. */
  answerWith(status: number, body: string, headers?: Readonly<Record<string, string>>): void;
  close(): Promise<void>;
}

/** A server that takes messages as Slack, ntfy and webhooks do. */
export const startMessageServer = async (): Promise<MessageServer> => {
  const calls: ReceivedCall[] = [];
  let answer = { status: 200, body: 'ok', headers: {} as Readonly<Record<string, string>> };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as ReceivedCall['body'];
    calls.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    calls,
    answerWith: (status, body, headers = {}) => {
      answer = { status, body, headers };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
};
