import { Registry } from 'prom-client';
import { COLLECTOR_METRICS, PROCESS_METRICS, VERSION } from '../../conventions/index.ts';
import { type Clock, createHttpClient, type Listener, type Logger, listen, type Random } from '../../platform/index.ts';
import { createShipper, type RuntimeEvent } from '../../runtime-events/index.ts';
import { createInstruments, createSelfApp, type ProcessMetrics, registerProcessMetrics } from '../../web/index.ts';
import { hitOf } from '../hit.ts';
import { techniqueOf } from '../techniques.ts';

type Handler = Parameters<typeof listen>[0];
type IncomingMessage = Parameters<Handler>[0];
type ServerResponse = Parameters<Handler>[1];

export interface DecoyOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly selfPort: number;
  readonly receiver: { readonly url: string; readonly tokenFile?: string; readonly caFile?: string; readonly timeoutMs: number };
}

export interface DecoyDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
  readonly newId: () => string;
}

const SOURCE = 'decoy';
/** A flood at the decoy must cost nothing: more are counted as dropped. */
const MOST_WAITING = 2_000;
const MOST_ADDRESSES = 1_000;
const SHIP_MS = 1_000;
const SIGN_OF_LIFE_MS = 60_000;
/** Nobody is kept waiting, and nobody keeps us waiting. */
const ANSWER_MS = 2_000;

/** The same for everybody: no version, no name, no data. */
const BODIES: Readonly<Record<number, string>> = {
  400: 'Bad Request\n',
  401: 'Unauthorized\n',
  403: 'Forbidden\n',
  404: 'Not Found\n',
  405: 'Method Not Allowed\n',
};

/** A server that has nothing, and tells the receiver of everybody who asks. */
export const createDecoyApp = ({ clock, log, random, newId }: DecoyDeps, options: DecoyOptions) => {
  const registry = new Registry();
  const m = { ...createInstruments(PROCESS_METRICS, registry), ...createInstruments(COLLECTOR_METRICS, registry) };
  const { receiver, name } = options;
  const http = createHttpClient({
    ...(receiver.tokenFile === undefined ? {} : { bearerTokenFile: receiver.tokenFile }),
    ...(receiver.caFile === undefined ? {} : { tls: { caFile: receiver.caFile } }),
  });
  let failing = false;
  const shipper = createShipper(
    {
      http,
      clock,
      random,
      onFailure: (source, error) => {
        m.failedBatches.inc({ source, reason: error.code });
        if (!failing) log.warn({ err: error }, 'the receiver does not take hits; they are sent again until it does');
        failing = true;
      },
      onRefused: (source) => m.droppedEvents.inc({ source, reason: 'refused' }),
      onShipped: (source, events) => {
        failing = false;
        m.shipped.inc({ source }, events);
        m.lastShipped.set(clock.nowMs() / 1000);
      },
    },
    { url: receiver.url, sender: name, timeoutMs: receiver.timeoutMs },
  );
  const waiting: RuntimeEvent[] = [];
  const lastMs = new Map<string, number>();

  const note = (request: IncomingMessage): number => {
    const atMs = clock.nowMs();
    const [method, path, address] = [request.method ?? '', request.url ?? '', request.socket.remoteAddress ?? ''];
    const technique = techniqueOf(method, path.split('?')[0] ?? '');
    m.lines.inc({ source: SOURCE });
    if (waiting.length >= MOST_WAITING) m.droppedEvents.inc({ source: SOURCE, reason: 'full' });
    else {
      const before = lastMs.get(address);
      const seen = {
        method,
        path,
        rawHeaders: request.rawHeaders,
        address,
        atMs,
        ...(before === undefined ? {} : { sinceMs: atMs - before }),
      };
      waiting.push(hitOf(seen, technique, name, newId()));
    }
    lastMs.delete(address);
    lastMs.set(address, atMs);
    // Insertion order: the first is the one that was quiet for longest.
    const [quietest] = lastMs.keys();
    if (lastMs.size > MOST_ADDRESSES && quietest !== undefined) lastMs.delete(quietest);
    return technique.status;
  };

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const status = note(request);
    response.setTimeout(ANSWER_MS, () => request.socket.destroy());
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      // What is sent along is not read: the connection ends with the answer.
      connection: 'close',
      ...(status === 401 ? { 'www-authenticate': 'Basic realm="restricted"' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : (BODIES[status] ?? ''));
  };

  const stopping = new AbortController();
  const listeners: Listener[] = [];
  let processMetrics: ProcessMetrics | undefined;
  let work: Promise<void> = Promise.resolve();
  const ship = async (signal: AbortSignal): Promise<void> => {
    let saidMs = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      const events = waiting.slice(0, 500);
      const isDue = clock.monotonicMs() - saidMs >= SIGN_OF_LIFE_MS;
      try {
        if (events.length > 0 || isDue) {
          await shipper.ship(SOURCE, events, signal);
          saidMs = clock.monotonicMs();
        }
        waiting.splice(0, events.length);
      } catch {
        // Told to stop.
        return;
      }
      if (waiting.length === 0) await clock.sleep(SHIP_MS, signal);
    }
  };

  return {
    start: async (): Promise<{ readonly url: string; readonly self: string }> => {
      processMetrics = registerProcessMetrics(registry);
      m.buildInfo.set({ version: VERSION, nodeversion: process.version }, 1);
      const front = await listen(answer, { host: options.host, port: options.port, name: 'decoy' });
      listeners.push(front);
      const self = await listen(
        createSelfApp({ instruments: m, clock, broken: () => undefined, notReady: () => undefined, render: () => registry.metrics() }),
        { host: options.host, port: options.selfPort, name: 'self' },
      );
      listeners.push(self);
      work = ship(stopping.signal);
      log.info({ url: front.url, self: self.url }, 'waiting for those who look around');
      return { url: front.url, self: self.url };
    },
    stop: async (): Promise<void> => {
      await Promise.all(listeners.map((listener) => listener.close()));
      stopping.abort();
      await work;
      processMetrics?.stop();
      await http.close();
    },
  };
};
