import { once } from 'node:events';
import { type Response, Router } from 'express';
import { BellwetherError, StoreError, toBellwetherError, validate } from '../../platform/index.ts';
import {
  EVENT_BATCH,
  EVENT_CSV_HEAD,
  type EventFilter,
  eventCsvLine,
  MAX_BATCH_BYTES,
  MAX_BATCH_EVENTS,
  processTree,
} from '../../runtime-events/index.ts';
import { FieldError, jsonBody } from '../../web/index.ts';
import { alertEvents } from '../events/alert-events.ts';
import { EVENT_EXPORT_QUERY, EVENT_QUERY, EVENT_STREAM_QUERY, EVENT_TREE_QUERY, eventQueryOf, filterOf } from '../events/event-query.ts';
import { streamEvents } from '../events/stream-events.ts';
import { createEventTeller } from '../events/tell-events.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import { findAlert } from '../store/alert-query.ts';
import { findEvents, writeEvents } from '../store/event-store.ts';

/** An event has 20 keys. */
const LIMITS = { maxBytes: MAX_BATCH_BYTES, maxDepth: 6, maxKeys: MAX_BATCH_EVENTS * 25 };
/** Batches that wait for the store; a collector tries again, and this bounds the memory. */
const MOST_WAITING = 200;
const MOST_STREAMS = 20;
const EXPORT_PAGE = 1_000;

const put = async (response: Response, text: string): Promise<void> => {
  if (!response.write(text) && !response.closed) await Promise.race([once(response, 'drain'), once(response, 'close')]);
};

/** Runtime events: taken from collectors, listed, exported, followed, and as a tree of processes. */
export const createEventRoutes = (parts: ReceiverParts): Router => {
  const { guard, database, commit, clock, notReady, instruments: m, logger, stopping } = parts;
  const router = Router();
  const viewer = guard.require('viewer');
  const teller = createEventTeller(m);
  let streams = 0;

  router.post(
    '/api/v1/events',
    guard.require('sender', { unlimited: true }),
    (_request, _response, next) => {
      const reason = notReady() ?? (commit.waiting > MOST_WAITING ? 'too many calls wait for the store' : undefined);
      if (reason !== undefined) m.eventBatches.inc({ outcome: 'not_ready' });
      next(reason === undefined ? undefined : new BellwetherError('not_ready', reason));
    },
    jsonBody(() => LIMITS),
    async (request, response) => {
      const checked = validate(EVENT_BATCH, request.body);
      if (!checked.ok) {
        m.eventBatches.inc({ outcome: 'refused' });
        throw new FieldError(checked.problems);
      }
      const { node, events } = checked.value;
      try {
        const written = await commit.write((tx) => writeEvents(tx, events, clock.nowMs()));
        teller.stored(written, clock.nowMs());
        teller.seen(node, clock.nowMs());
        m.eventDuplicates.inc(events.length - written.length);
        m.eventBatches.inc({ outcome: 'stored' });
        response.json({ stored: written.length, duplicates: events.length - written.length });
      } catch (thrown) {
        const error = toBellwetherError(thrown);
        m.eventBatches.inc({ outcome: 'failed' });
        m.storeFailures.inc({ reason: error instanceof StoreError ? error.reason : 'other' });
        logger.error({ err: error }, 'runtime events could not be stored; the collector is told to try again');
        throw error instanceof StoreError ? error : new BellwetherError('not_ready', 'the events could not be stored', error);
      }
    },
  );

  router.get('/api/v1/events', viewer, async (request, response) => {
    const query = eventQueryOf(EVENT_QUERY, request.query);
    const { limit, after } = query;
    const { events, next } = await findEvents(database, filterOf(query), after === undefined ? { limit } : { limit, after });
    response.json({ events, next: next ?? null });
  });

  router.get('/api/v1/events/export', viewer, async (request, response) => {
    const query = eventQueryOf(EVENT_EXPORT_QUERY, request.query);
    const isCsv = query.format === 'csv';
    response.set('Content-Disposition', `attachment; filename="events.${isCsv ? 'csv' : 'jsonl'}"`);
    response.type(isCsv ? 'text/csv' : 'application/x-ndjson');
    if (isCsv) await put(response, EVENT_CSV_HEAD);
    // Page by page: a file of a million events is never in memory.
    const filter: EventFilter = filterOf(query);
    let after: string | undefined;
    for (let left = query.limit; left > 0 && !response.closed; ) {
      const page = await findEvents(database, filter, { limit: Math.min(left, EXPORT_PAGE), ...(after === undefined ? {} : { after }) });
      await put(response, page.events.map((event) => (isCsv ? eventCsvLine(event) : `${JSON.stringify(event)}\n`)).join(''));
      left -= page.events.length;
      after = page.next;
      if (after === undefined) break;
    }
    response.end();
  });

  router.get('/api/v1/events/stream', viewer, async (request, response) => {
    const query = eventQueryOf(EVENT_STREAM_QUERY, request.query);
    const seen = request.get('last-event-id') ?? '';
    // A reader that comes again says itself where it was.
    const place = /^\d{1,15}$/.test(seen) ? Number(seen) : query.after;
    if (streams >= MOST_STREAMS) throw new BellwetherError('overloaded', `${MOST_STREAMS} live tails are open already`);
    streams++;
    m.eventStreams.set(streams);
    try {
      await streamEvents({ database, clock }, response, filterOf(query), place, stopping);
    } finally {
      streams--;
      m.eventStreams.set(streams);
    }
  });

  router.get('/api/v1/events/tree', viewer, async (request, response) => {
    const query = eventQueryOf(EVENT_TREE_QUERY, request.query);
    const { events } = await findEvents(database, { ...filterOf(query), source: 'tetragon' }, { limit: query.limit });
    response.json({ processes: processTree(events), events: events.length });
  });

  router.get('/api/v1/alerts/:id/events', viewer, async (request, response) => {
    const id = String(request.params.id);
    const alert = await findAlert(database, id);
    if (!alert) throw new BellwetherError('not_found', `there is no alert ${id}`);
    response.json({ events: await alertEvents(database, alert, clock.nowMs()) });
  });
  return router;
};
