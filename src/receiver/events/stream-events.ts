import { once } from 'node:events';
import type { Response } from 'express';
import type { Clock, Database } from '../../platform/index.ts';
import type { EventFilter } from '../../runtime-events/index.ts';
import { eventsAfter, lastEventSequence } from '../store/event-store.ts';

const LOOK_MS = 1_000;
const HEARTBEAT_MS = 15_000;
/** The reader comes again by itself, with the place of what it saw last; one that is gone unnoticed is let go by then. */
const LONGEST_MS = 3_600_000;
/** A reader that takes nothing for so long is gone. */
const DRAIN_MS = 30_000;
const PAGE = 200;

export interface StreamDeps {
  readonly database: Database;
  readonly clock: Clock;
}

const write = async (response: Response, text: string, clock: Clock, signal: AbortSignal): Promise<boolean> => {
  if (signal.aborted) return false;
  if (response.write(text)) return true;
  return await Promise.race([
    once(response, 'drain', { signal }).then(
      () => true,
      () => false,
    ),
    clock.sleep(DRAIN_MS, signal).then(() => false),
  ]);
};

/** Server-sent events (WHATWG): one per event, with its place as id, from after `place` on. Resolves when the reader or the signal ends it. */
export const streamEvents = async (
  { database, clock }: StreamDeps,
  response: Response,
  filter: EventFilter,
  place: number | undefined,
  stopping: AbortSignal,
): Promise<void> => {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, stopping]);
  let sequence = place ?? (await lastEventSequence(database));
  const untilMs = clock.monotonicMs() + LONGEST_MS;
  let quietSinceMs = clock.monotonicMs();
  response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  response.flushHeaders();
  let more = await write(response, `retry: ${LOOK_MS}\n\n`, clock, signal);
  while (more && !signal.aborted && clock.monotonicMs() < untilMs) {
    // Where nothing is wanted, the place still moves on: what was looked at need not be looked at again.
    const newest = await lastEventSequence(database);
    const events = newest > sequence ? await eventsAfter(database, filter, sequence, PAGE) : [];
    if (events.length > 0) {
      more = await write(
        response,
        events.map((event) => `id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
        clock,
        signal,
      );
      quietSinceMs = clock.monotonicMs();
    } else if (clock.monotonicMs() - quietSinceMs >= HEARTBEAT_MS) {
      more = await write(response, ': still here\n\n', clock, signal);
      quietSinceMs = clock.monotonicMs();
    }
    sequence = events.length === PAGE ? (events.at(-1)?.sequence ?? sequence) : Math.max(sequence, newest);
    if (events.length < PAGE) await clock.sleep(LOOK_MS, signal);
  }
  response.end();
};
