import { Router } from 'express';
import { VERDICT_FEED_PATH, type VerdictSource } from '../../feedback/index.ts';
import { BellwetherError, toBellwetherError, validate } from '../../platform/index.ts';
import { checked, jsonBody, typedQuery } from '../../web/index.ts';
import { identityOf } from '../auth/guard.ts';
import type { Identity } from '../auth/identity.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import { findAlert } from '../store/alert-query.ts';
import { findVerdicts, readFeed, type VerdictFilter } from '../store/verdict-store.ts';
import type { Giver } from '../verdicts/verdict-book.ts';
import { EXPORT_QUERY, FEED_QUERY, LINK_BODY, UNDO_BODY, VERDICT_QUERY } from './schemas.ts';
import { verdictsCsv, verdictView } from './views.ts';

export const BODY_LIMITS = { maxBytes: 65_536, maxDepth: 8, maxKeys: 500 };

export const giverOf = (identity: Identity, source: VerdictSource): Giver => ({ by: identity.name, role: identity.role, source });

type Times = { readonly from?: number | undefined; readonly to?: number | undefined; readonly inForce: boolean };

const filterOf = <T extends Times>({ from, to, inForce, ...exact }: T, nowMs: number): VerdictFilter =>
  Object.fromEntries(
    Object.entries({
      ...exact,
      fromMs: from === undefined ? undefined : from * 1000,
      toMs: to === undefined ? undefined : to * 1000,
      inForceMs: inForce ? nowMs : undefined,
    }).filter(([, value]) => value !== undefined),
  );

const refusalOf = (thrown: unknown): 'invalid' | 'cap' | 'unknown' | 'store' => {
  const { code } = toBellwetherError(thrown);
  if (code === 'invalid_input') return 'invalid';
  if (code === 'overloaded') return 'cap';
  return code === 'not_found' || code === 'conflict' ? 'unknown' : 'store';
};

/** Verdicts: giving, undoing, listing, exporting, and the feed that exporters read. */
export const createVerdictRoutes = (parts: ReceiverParts): Router => {
  const { guard, database, book, links, log, instruments: m, clock, notReady, baseUrl } = parts;
  const router = Router();
  const [viewer, responder] = [guard.require('viewer'), guard.require('responder')];
  const json = jsonBody(() => BODY_LIMITS);
  const assertReady = (): void => {
    const reason = notReady();
    if (reason !== undefined) throw new BellwetherError('not_ready', reason);
  };

  router.post('/api/v1/verdicts', responder, json, async (request, response) => {
    assertReady();
    try {
      const verdict = await book.giveRequest(request.body, giverOf(identityOf(request), 'api'));
      m.verdicts.inc({ word: verdict.word, source: verdict.source });
      response.status(201).json(verdict);
    } catch (error) {
      m.verdictsRefused.inc({ reason: refusalOf(error) });
      throw error;
    }
  });

  router.post('/api/v1/verdicts/:id/undo', responder, json, async (request, response) => {
    assertReady();
    const result = validate(UNDO_BODY, request.body);
    const { reason = '' } = checked(result);
    const undone = await book.undo(String(request.params.id), giverOf(identityOf(request), 'api'), reason);
    m.verdictsUndone.inc(undone.length);
    response.json({ undone });
  });

  router.get('/api/v1/verdicts', viewer, async (request, response) => {
    const result = validate(VERDICT_QUERY, typedQuery(VERDICT_QUERY.properties, request.query), { defaults: true });
    const { limit, before, ...query } = checked(result);
    const found = await findVerdicts(database, filterOf(query, clock.nowMs()), {
      limit: limit + 1,
      ...(before === undefined ? {} : { before }),
    });
    const shown = found.slice(0, limit);
    response.json({ verdicts: shown.map(verdictView), next: found.length > limit ? (shown.at(-1)?.sequence ?? null) : null });
  });

  router.get('/api/v1/verdicts/export', viewer, async (request, response) => {
    const result = validate(EXPORT_QUERY, typedQuery(EXPORT_QUERY.properties, request.query), { defaults: true });
    const { limit, format, before, ...query } = checked(result);
    const verdicts = await findVerdicts(database, filterOf(query, clock.nowMs()), { limit, ...(before === undefined ? {} : { before }) });
    response.set('Content-Disposition', `attachment; filename="verdicts.${format}"`);
    if (format === 'csv') response.type('text/csv').send(verdictsCsv(verdicts));
    else response.json({ verdicts: verdicts.map(verdictView) });
  });

  // Its own route before `:id` would be: exporters ask for it again and again.
  router.get(VERDICT_FEED_PATH, viewer, async (request, response) => {
    assertReady();
    const result = validate(FEED_QUERY, typedQuery(FEED_QUERY.properties, request.query), { defaults: true });
    const query = checked(result);
    // What a reader knows of another log is worth nothing here.
    const after = query.log === undefined || query.log === log ? query.after : 0;
    const feed = await readFeed(database, log, after, query.limit);
    m.verdictFeedRead.set(clock.nowMs() / 1000);
    parts.onFeedRead(after);
    response.json(feed);
  });

  router.post('/api/v1/links', responder, json, async (request, response) => {
    assertReady();
    const result = validate(LINK_BODY, request.body);
    const { alert, for: by, word } = checked(result);
    if (!(await findAlert(database, alert))) throw new BellwetherError('not_found', `there is no alert ${alert}`);
    const { path, untilMs } = links.make({ alert, by, ...(word === undefined ? {} : { word }) });
    response.status(201).json({ url: `${baseUrl()}${path}`, untilSeconds: untilMs / 1000 });
  });
  return router;
};
