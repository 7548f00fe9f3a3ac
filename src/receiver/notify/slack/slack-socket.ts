import {
  BellwetherError,
  type Clock,
  type FromSchema,
  type HttpClient,
  type Logger,
  openWebSocket,
  type Random,
  readBody,
  toBellwetherError,
  validate,
  type WebSocketConnection,
} from '../../../platform/index.ts';
import type { ReceiverParts } from '../../receiver-parts.ts';
import { clickOf } from './click.ts';
import type { ClickDesk } from './click-desk.ts';

export interface SlackSocketDeps extends Pick<ReceiverParts, 'config' | 'instruments'> {
  readonly http: HttpClient;
  readonly clicks: ClickDesk;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly random: Random;
  /** Only the leader has a connection: Slack gives each click to one of them. */
  readonly isOn: () => boolean;
  /** Undefined: Socket Mode is off. Rejects where it cannot be read. */
  readonly appToken: () => Promise<string | undefined>;
}

const ENVELOPE = {
  type: 'object',
  properties: {
    type: { type: 'string', maxLength: 100 },
    reason: { type: 'string', maxLength: 100 },
    envelope_id: { type: 'string', minLength: 1, maxLength: 200 },
    payload: {},
  },
} as const;

/** What Slack says over a connection; undefined where it means nothing. */
const envelopeOf = (text: string): FromSchema<typeof ENVELOPE> | undefined => {
  try {
    const result = validate(ENVELOPE, JSON.parse(text));
    return result.ok ? result.value : undefined;
  } catch {
    return undefined;
  }
};

const loop = 'slack';
/** How often it is looked whether this replica leads, and a token is configured. */
const LOOK_MS = 500;
const TIMEOUT_MS = 10_000;
/** As long as Slack's own clients wait for a sign of life. */
const SILENCE_MS = 30_000;
/** A click carries the message it was on. */
const MAX_BYTES = 1_048_576;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
/** One that ends sooner was of no use: the next one waits, so that a Slack that greets and hangs up is not asked without end. */
const SHORTEST_MS = 5_000;
/** An old connection may still bring what was on its way when the next one was opened. */
const OVERLAP_MS = 15_000;
/** Envelopes that are known when they come again: Slack repeats one within seconds. */
const REMEMBERED = 1_000;

const textOf = async (http: HttpClient, url: string, token: string): Promise<string> => {
  const { body } = await http.request({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: '',
    timeoutMs: TIMEOUT_MS,
  });
  return Buffer.from(await readBody(body, MAX_BYTES)).toString('utf8');
};

/** Clicks over connections that this side opens, where Slack cannot reach the receiver: https://docs.slack.dev/apis/events-api/using-socket-mode. */
export const runSlackSocket = async (deps: SlackSocketDeps, signal: AbortSignal): Promise<void> => {
  const { config, http, clicks, clock, log, random, isOn, appToken, instruments: m } = deps;
  const open = new Set<WebSocketConnection>();
  const done = new Set<string>();
  const under = new Set<Promise<void>>();
  let said = '';

  const later = (work: Promise<void>): void => {
    under.add(work);
    void work.finally(() => under.delete(work));
  };

  /** Asks for an address, which is good for one connection. */
  const addressOf = async (token: string): Promise<string> => {
    const api = config().notify.slackApiUrl.replace(/\/+$/, '');
    const text = await textOf(http, `${api}/apps.connections.open`, token);
    let answer: { readonly ok?: boolean; readonly url?: string; readonly error?: string };
    try {
      answer = JSON.parse(text) as typeof answer;
    } catch {
      throw new BellwetherError('upstream_unavailable', 'apps.connections.open: no JSON came');
    }
    const { ok, url = '', error = 'no reason' } = answer;
    if (ok !== true) throw new BellwetherError('upstream_unavailable', `apps.connections.open: ${error}`);
    // Plain only where the API itself is, on the same machine.
    if (!url.startsWith('wss://') && !(url.startsWith('ws://') && api.startsWith('http://')))
      throw new BellwetherError('upstream_unavailable', 'apps.connections.open: no address of a secure connection came');
    return url;
  };

  const takeClick = async (connection: WebSocketConnection, id: string, payload: unknown): Promise<void> => {
    try {
      if (!done.has(id)) await clicks.take(clickOf(payload));
      done.add(id);
      for (const old of done) if (done.size > REMEMBERED) done.delete(old);
    } catch (thrown) {
      const error = toBellwetherError(thrown);
      log.warn({ err: error }, 'a click could not be taken');
      // Without an acknowledgement Slack tells who clicked that it did not work.
      if (error.code !== 'invalid_input') return;
    }
    connection.send(JSON.stringify({ envelope_id: id }));
  };

  /** One connection. Resolves when another is needed, with whether it was of use. Rejects where it cannot be opened. */
  const connect = async (token: string): Promise<boolean> => {
    let greetedMs: number | undefined;
    let next: (() => void) | undefined;
    const isOver = new Promise<void>((resolve) => {
      next = resolve;
    });
    const early: string[] = [];
    let connection: WebSocketConnection | undefined;
    const hear = (text: string): void => {
      if (!connection) return void early.push(text);
      const { type, reason, envelope_id: id, payload } = envelopeOf(text) ?? {};
      if (type === 'hello') {
        greetedMs = clock.monotonicMs();
        said = '';
        m.slackConnected.set({ mode: 'socket' }, 1);
      } else if (type === 'disconnect') {
        if (reason === 'link_disabled') {
          greetedMs = undefined;
          log.warn('Slack has closed the connection: Socket Mode of the app is off');
        }
        next?.();
      } else if (id !== undefined) {
        if (type === 'interactive') later(takeClick(connection, id, payload));
        // Nothing else was asked for; left unanswered it would come again.
        else connection.send(JSON.stringify({ envelope_id: id }));
      }
    };
    connection = await openWebSocket({
      url: await addressOf(token),
      openTimeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      silenceMs: SILENCE_MS,
      onText: hear,
    });
    const own = connection;
    open.add(own);
    void own.closed.then(() => {
      open.delete(own);
      next?.();
    });
    for (const text of early) hear(text);
    const over = isOver.then(() => true);
    while (!(await Promise.race([over, clock.sleep(LOOK_MS, signal).then(() => false)]))) {
      if (signal.aborted || !isOn() || (await appToken()) !== token) {
        own.close();
        return true;
      }
    }
    void clock.sleep(OVERLAP_MS, signal).then(() => own.close());
    return greetedMs !== undefined && clock.monotonicMs() - greetedMs >= SHORTEST_MS;
  };

  let failures = 0;
  while (!signal.aborted) {
    let token: string | undefined;
    try {
      token = isOn() ? await appToken() : undefined;
      if (token === undefined) {
        m.slackConnected.reset();
        failures = 0;
        await clock.sleep(LOOK_MS, signal);
        continue;
      }
      m.cycles.inc({ loop });
      const wasOfUse = await connect(token);
      failures = wasOfUse ? 0 : failures + 1;
      if (wasOfUse) m.cycleLastSuccess.set({ loop }, clock.nowMs() / 1000);
    } catch (thrown) {
      const error = toBellwetherError(thrown);
      failures++;
      m.cycleFailures.inc({ loop, reason: error.code });
      if (error.message !== said && !signal.aborted) log.warn({ err: error }, 'no connection to Slack; it is tried again');
      said = error.message;
    }
    if (open.size === 0) m.slackConnected.set({ mode: 'socket' }, 0);
    // Many receivers that lost the same Slack must not come back in step.
    if (failures > 0) await clock.sleep(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)) * (0.5 + random() / 2), signal);
  }
  for (const connection of open) connection.close();
  await Promise.all([...open].map(({ closed }) => closed));
  await Promise.all(under);
};
