import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

type Json = Readonly<Record<string, unknown>>;

interface Button {
  readonly action_id: string;
  readonly value?: string;
  readonly url?: string;
  readonly style?: string;
  readonly confirm?: unknown;
}

/** A message as people see it now. */
export interface SlackMessage {
  text: string;
  buttons: readonly Button[];
  readonly channel: string;
  /** What came below it: for all, or for one. */
  readonly replies: { readonly text: string; readonly ephemeral: boolean }[];
}

export interface SlackClick {
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: string;
}

export interface FakeSlack {
  readonly url: string;
  readonly messages: readonly SlackMessage[];
  /** The payload of a click, with an address for answers that works five times. */
  payload(message: SlackMessage, actionId: string, user: { readonly id: string; readonly username: string }): Json;
  /** The call that Slack would make: a form, signed with the secret of the app. */
  sign(payload: Json, options?: { readonly secret?: string; readonly skewSeconds?: number }): SlackClick;
  /** Connections of Socket Mode that are open, in the order in which they came. */
  readonly sockets: readonly SlackSocket[];
  /** Whether the app has Socket Mode. */
  socketMode: boolean;
  close(): Promise<void>;
}

export interface SlackSocket {
  /** Ids of envelopes that were acknowledged. */
  readonly acknowledged: readonly string[];
  /** Sends an envelope as it is. */
  send(envelope: Json | string): void;
  /** Cuts the line without a farewell. */
  cut(): void;
}

export const APP_TOKEN = 'xapp-1-A1-1';

export const SIGNING_SECRET = 'e3b0c44298fc1c149afbf4c8996fb924';
export const BOT_TOKEN = 'xoxb-1';
/** https://docs.slack.dev/interactivity/handling-user-interaction: five answers within half an hour. */
const MOST_ANSWERS = 5;

const bodyOf = async (request: IncomingMessage): Promise<Json> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as Json;
};

const buttonsOf = (blocks: unknown): readonly Button[] =>
  ((blocks ?? []) as readonly { readonly elements?: readonly Button[] }[]).flatMap(({ elements = [] }) => elements);

/** Slack as its documentation tells it: `chat.postMessage`, signed clicks, and answers to them that reply to a message or replace it. */
export const startFakeSlack = async (): Promise<FakeSlack> => {
  const messages: SlackMessage[] = [];
  const answers = new Map<string, { readonly message: SlackMessage; left: number }>();
  let made = 0;
  const sockets: SlackSocket[] = [];
  const tickets = new Set<string>();
  const server = createServer(async (request, response) => {
    const say = (status: number, body: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body));
    if (request.url === '/api/apps.connections.open') {
      request.resume();
      if (request.headers.authorization !== `Bearer ${APP_TOKEN}`) return say(200, { ok: false, error: 'invalid_auth' });
      if (!slack.socketMode) return say(200, { ok: false, error: 'forbidden_team' });
      const ticket = `/link/?ticket=${++made}&app_id=A1`;
      tickets.add(ticket);
      return say(200, { ok: true, url: `${url.replace('http', 'ws')}${ticket}` });
    }
    const body = await bodyOf(request);
    if (request.url === '/api/chat.postMessage') {
      if (request.headers.authorization !== `Bearer ${BOT_TOKEN}`) return say(200, { ok: false, error: 'invalid_auth' });
      messages.push({ text: String(body.text), buttons: buttonsOf(body.blocks), channel: String(body.channel), replies: [] });
      return say(200, { ok: true, ts: String(messages.length) });
    }
    const open = answers.get(request.url ?? '');
    if (!open) return say(404, 'expired_url');
    if (open.left-- <= 0) return say(404, 'used_url');
    const text = String(body.text);
    if (body.replace_original === true) Object.assign(open.message, { text, buttons: buttonsOf(body.blocks) });
    else open.message.replies.push({ text, ephemeral: body.response_type !== 'in_channel' });
    say(200, 'ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const lines = new WebSocketServer({
    server,
    verifyClient: ({ req }: { readonly req: IncomingMessage }) => tickets.delete(req.url ?? ''),
  });
  lines.on('connection', (line: WebSocket) => {
    const acknowledged: string[] = [];
    const send = (envelope: Json | string): void => line.send(typeof envelope === 'string' ? envelope : JSON.stringify(envelope));
    const socket: SlackSocket = { acknowledged, send, cut: () => line.terminate() };
    sockets.push(socket);
    line.on('message', (data) => acknowledged.push(String((JSON.parse(String(data)) as Json).envelope_id)));
    line.on('close', () => sockets.splice(sockets.indexOf(socket), 1));
    send({
      type: 'hello',
      num_connections: sockets.length,
      connection_info: { app_id: 'A1' },
      debug_info: { approximate_connection_time: 18060 },
    });
  });
  const slack: FakeSlack = {
    url,
    messages,
    sockets,
    socketMode: true,
    payload: (message, actionId, { id, username }) => {
      const path = `/actions/T1/${++made}`;
      answers.set(path, { message, left: MOST_ANSWERS });
      const { value } = message.buttons.find((button) => button.action_id === actionId) ?? {};
      return {
        type: 'block_actions',
        team: { id: 'T1', domain: 'shop' },
        user: { id, username, name: username, team_id: 'T1' },
        api_app_id: 'A1',
        token: 'not to be trusted',
        container: { type: 'message', message_ts: '1.0', channel_id: message.channel, is_ephemeral: false },
        trigger_id: `${made}.1.a`,
        channel: { id: message.channel, name: 'team' },
        message: { type: 'message', text: message.text },
        response_url: `${url}${path}`,
        actions: [
          {
            type: 'button',
            block_id: 'b',
            action_id: actionId,
            text: { type: 'plain_text', text: 'x' },
            action_ts: String(made),
            ...(value === undefined ? {} : { value }),
          },
        ],
      };
    },
    sign: (payload, { secret = SIGNING_SECRET, skewSeconds = 0 } = {}) => {
      const raw = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      const timestamp = String(Math.floor(Date.now() / 1000) + skewSeconds);
      return {
        raw,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${raw}`).digest('hex')}`,
        },
      };
    },
    close: async () => {
      for (const line of lines.clients) line.terminate();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return slack;
};
