import { BellwetherError, type Clock, type HttpClient, type Random, readBody, toBellwetherError } from '../../platform/index.ts';
import { EVENTS_PATH, MAX_BATCH_EVENTS, type RuntimeEvent } from '../runtime-event.ts';

export interface ShipperDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  /** After each try that brought no acknowledgement; `code` is the label of a metric. */
  readonly onFailure: (source: string, error: BellwetherError) => void;
  readonly onRefused: (source: string, event: RuntimeEvent, error: BellwetherError) => void;
  readonly onShipped: (source: string, events: number) => void;
}

export interface ShipperOptions {
  /** Address of the receiver. */
  readonly url: string;
  /** Who sends: the node, or the name of a decoy. */
  readonly sender: string;
  readonly timeoutMs: number;
}

/** Brings events to a receiver. */
export interface Shipper {
  /**
   * Resolves once every event is acknowledged, or given up because the receiver refuses its form; tries for as long as it takes. Without events it is a sign of
   * life. Rejects with `cancelled` when the signal is aborted.
   */
  ship(source: string, events: readonly RuntimeEvent[], signal: AbortSignal): Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;
const MAX_ANSWER_BYTES = 65_536;

const errorOf = (status: number, text: string): BellwetherError => {
  const said = text.slice(0, 300);
  if (status === 400) return new BellwetherError('invalid_input', said);
  if (status === 413) return new BellwetherError('too_large', said);
  // A token may be put right while we wait, and a receiver may be upgraded.
  return new BellwetherError(
    status === 401 || status === 403 || status === 404 ? 'upstream_refused' : 'upstream_unavailable',
    `status ${status}: ${said}`,
  );
};

export const createShipper = (
  { http, clock, random, onFailure, onRefused, onShipped }: ShipperDeps,
  { url, sender, timeoutMs }: ShipperOptions,
): Shipper => {
  const address = `${url.replace(/\/+$/, '')}${EVENTS_PATH}`;

  const post = async (events: readonly RuntimeEvent[], signal: AbortSignal): Promise<void> => {
    const body = JSON.stringify({ node: sender, events });
    const answer = await http.request({
      method: 'POST',
      url: address,
      headers: { 'content-type': 'application/json' },
      body,
      timeoutMs,
      signal,
    });
    const text = Buffer.from(await readBody(answer.body, MAX_ANSWER_BYTES)).toString('utf8');
    if (answer.status < 200 || answer.status > 299) throw errorOf(answer.status, text);
  };

  const persist = async (source: string, events: readonly RuntimeEvent[], signal: AbortSignal): Promise<void> => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2)) {
      if (signal.aborted) throw new BellwetherError('cancelled', 'told to stop');
      try {
        await post(events, signal);
        onShipped(source, events.length);
        return;
      } catch (thrown) {
        const error = toBellwetherError(thrown);
        if (signal.aborted) throw new BellwetherError('cancelled', 'told to stop');
        if ((error.code === 'invalid_input' || error.code === 'too_large') && events.length > 0) {
          const [only] = events;
          if (events.length === 1 && only) {
            onRefused(source, only, error);
            return;
          }
          // One of them is wrong, or all together are too large: half of it may pass.
          const middle = Math.ceil(events.length / 2);
          await persist(source, events.slice(0, middle), signal);
          await persist(source, events.slice(middle), signal);
          return;
        }
        onFailure(source, error);
        await clock.sleep(pauseMs * (0.5 + random()), signal);
      }
    }
  };

  return {
    ship: async (source, events, signal) => {
      if (events.length === 0) return await persist(source, events, signal);
      for (let from = 0; from < events.length; from += MAX_BATCH_EVENTS)
        await persist(source, events.slice(from, from + MAX_BATCH_EVENTS), signal);
    },
  };
};
