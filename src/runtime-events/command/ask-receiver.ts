import { BellwetherError, type Clock, type HttpClient, readBody } from '../../platform/index.ts';
import { EVENTS_PATH, type RuntimeEvent } from '../runtime-event.ts';
import type { EventFilter } from '../view/event-filter.ts';
import { queryOf } from './event-flags.ts';

const TIMEOUT_MS = 60_000;
/** A live tail is ended by the receiver after an hour, and begun again. */
const STREAM_MS = 2 * 3_600_000;
const MAX_BYTES = 64 * 2 ** 20;
const RETRY_MS = 2_000;
/** One event of a live tail; a receiver sends none that is longer. */
const MAX_FRAME = 2 ** 20;

/** Asks a receiver. Rejects with what it said. */
export const createReceiverReader = (http: HttpClient, receiver: string) => {
  const base = `${receiver.replace(/\/+$/, '')}${EVENTS_PATH}`;

  const open = async (path: string, headers: Readonly<Record<string, string>>, timeoutMs: number, signal: AbortSignal) => {
    const answer = await http.request({ method: 'GET', url: `${base}${path}`, headers, timeoutMs, signal });
    if (answer.status === 200) return answer;
    const text = Buffer.from(await readBody(answer.body, MAX_BYTES)).toString('utf8');
    let said = text;
    try {
      said = String((JSON.parse(text) as { message?: unknown }).message ?? text);
    } catch {
      // A proxy in between answers in its own words.
    }
    const code =
      answer.status === 400 ? 'invalid_input' : answer.status < 500 && answer.status !== 429 ? 'upstream_refused' : 'upstream_unavailable';
    throw new BellwetherError(code, `${receiver}: ${said.slice(0, 500)}`);
  };
  const json = async <T>(path: string, signal: AbortSignal): Promise<T> => {
    const { body } = await open(path, {}, TIMEOUT_MS, signal);
    return JSON.parse(Buffer.from(await readBody(body, MAX_BYTES)).toString('utf8')) as T;
  };

  return {
    /** Newest first. */
    list: async (filter: EventFilter, limit: number, signal: AbortSignal): Promise<readonly RuntimeEvent[]> => {
      const events: RuntimeEvent[] = [];
      for (let after: string | null = ''; after !== null && events.length < limit; ) {
        const page: { readonly events: readonly RuntimeEvent[]; readonly next: string | null } = await json(
          `?${queryOf(filter, { limit: String(Math.min(1000, limit - events.length)), ...(after === '' ? {} : { after }) })}`,
          signal,
        );
        events.push(...page.events);
        after = page.next;
      }
      return events;
    },
    /** The file as it comes, piece by piece. */
    exported: async (filter: EventFilter, format: string, limit: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> =>
      (await open(`/export?${queryOf(filter, { format, limit: String(limit) })}`, {}, STREAM_MS, signal)).body,
    /** What arrives from now on, over restarts of the receiver, until the signal. */
    async *follow(filter: EventFilter, clock: Clock, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
      let place = '';
      let wasThere = false;
      while (!signal.aborted) {
        try {
          const { body } = await open(`/stream?${queryOf(filter)}`, place === '' ? {} : { 'last-event-id': place }, STREAM_MS, signal);
          wasThere = true;
          const decoder = new TextDecoder();
          let text = '';
          for await (const piece of body) {
            text += decoder.decode(piece, { stream: true });
            const frames = text.split('\n\n');
            text = frames.pop() ?? '';
            if (text.length > MAX_FRAME) throw new BellwetherError('corrupt_response', `${receiver}: an event without an end`);
            for (const frame of frames) {
              const data = /^data: (.*)$/m.exec(frame)?.[1];
              place = /^id: (\d+)$/m.exec(frame)?.[1] ?? place;
              if (data !== undefined) yield JSON.parse(data) as RuntimeEvent;
            }
          }
        } catch (error) {
          if (signal.aborted) return;
          // One that never answered is most likely not there at all.
          if (!wasThere || (error instanceof BellwetherError && !error.retryable)) throw error;
        }
        await clock.sleep(RETRY_MS, signal);
      }
    },
  };
};
