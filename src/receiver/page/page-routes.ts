import { type Request, Router } from 'express';
import { BellwetherError, parseTime } from '../../platform/index.ts';
import { html, ICON } from '../../web/index.ts';
import { alertQueryOf } from '../api/alert-routes.ts';
import { giverOf } from '../api/verdict-routes.ts';
import { identityOf } from '../auth/guard.ts';
import { mayAct } from '../auth/identity.ts';
import { alertEvents } from '../events/alert-events.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import { findAlert, findAlerts } from '../store/alert-query.ts';
import { findMitigationsOf } from '../store/mitigation-store.ts';
import { findVerdicts } from '../store/verdict-store.ts';
import { alertListPage, alertPage, loginForm, missedForm } from './alert-pages.ts';
import { answerWithPage } from './error-page.ts';
import { field, formBody, type Show } from './forms.ts';
import { message, page } from './layout.ts';
import { createLinkRoutes } from './link-routes.ts';
import { mitigationsOfAlert } from './mitigation-list.ts';
import { STYLESHEET } from './stylesheet.ts';

const ASSET_AGE = 'public, max-age=300';
const ROWS = 50;

const filled = (query: Request['query']): Record<string, string> =>
  Object.fromEntries(Object.entries(query).flatMap(([name, value]) => (typeof value === 'string' && value !== '' ? [[name, value]] : [])));

/** What a `datetime-local` field sends, taken as UTC. */
const localTime = (text: string): number => {
  const ms = parseTime(`${text.length === 16 ? `${text}:00` : text}Z`);
  if (ms === undefined) throw new BellwetherError('invalid_input', `${text || 'nothing'} is no time`);
  return ms / 1000;
};

/** The pages for people: the list, an alert, the forms, the login. Everything that changes something is a POST with a token of the session. */
export const createPageRoutes = (parts: ReceiverParts): Router => {
  const { guard, database, book, instruments: m, notReady, clock } = parts;
  const router = Router();
  const show: Show = (request, response, title, content) => {
    response
      .type('html')
      .set('Cache-Control', 'no-store')
      .send(page({ title, identity: guard.session(request), csrf: guard.csrfToken(request), content }));
  };
  const assertReady = (): void => {
    const reason = notReady();
    if (reason !== undefined) throw new BellwetherError('not_ready', reason);
  };
  const form = [guard.require('responder', { form: true }), formBody] as const;

  router.get(
    '/assets/page.css',
    (_request, response) => void response.set({ 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': ASSET_AGE }).send(STYLESHEET),
  );
  router.get(
    '/assets/icon.svg',
    (_request, response) => void response.set({ 'Content-Type': 'image/svg+xml', 'Cache-Control': ASSET_AGE }).send(ICON),
  );
  router.get('/login', (request, response) => show(request, response, 'Log in', loginForm(false)));
  router.post('/login', formBody, (request, response) => {
    if (guard.logIn(request, response, field(request, 'token'))) response.redirect(303, '/');
    else {
      response.status(401);
      show(request, response, 'Log in', loginForm(true));
    }
  });
  router.post('/logout', formBody, (request, response) => {
    guard.checkForm(request, field(request, 'csrf'));
    guard.logOut(response);
    response.redirect(303, '/login');
  });
  router.use(createLinkRoutes(parts, show));

  router.get('/', guard.require('viewer'), async (request, response) => {
    const query = filled(request.query);
    const { filter, page: wanted } = alertQueryOf({ limit: String(ROWS), ...query });
    const found = await findAlerts(database, filter, wanted);
    const link = (change: Readonly<Record<string, string>>): string => `/?${new URLSearchParams({ ...query, ...change }).toString()}`;
    show(request, response, 'Alerts – Bellwether', alertListPage(found, query, link));
  });

  router.get('/alerts/:id', guard.require('viewer'), async (request, response) => {
    const alert = await findAlert(database, String(request.params.id));
    if (!alert) throw new BellwetherError('not_found', 'there is no such alert');
    const verdicts = await findVerdicts(database, { alertId: alert.id }, { limit: 100 });
    const children = [];
    for (const { verdict } of verdicts)
      children.push(...(await findVerdicts(database, { parent: verdict.id, inForceMs: clock.nowMs() }, { limit: 50 })));
    const done = await findMitigationsOf(database, alert.id);
    const mayJudge = mayAct(identityOf(request).role, 'responder');
    show(
      request,
      response,
      `${alert.labels.alertname ?? 'Alert'} – Bellwether`,
      html`${alertPage(alert, verdicts, {
        csrf: guard.csrfToken(request),
        mayJudge,
        children,
        events: await alertEvents(database, alert, clock.nowMs()),
      })}${mitigationsOfAlert(done)}`,
    );
  });

  router.post('/alerts/:id/verdict', ...form, async (request, response) => {
    guard.checkForm(request, field(request, 'csrf'));
    assertReady();
    const reason = field(request, 'reason');
    const id = String(request.params.id);
    const verdict = await book.giveRequest(
      { alert: id, word: field(request, 'word'), ...(reason ? { reason } : {}) },
      giverOf(identityOf(request), 'form'),
    );
    m.verdicts.inc({ word: verdict.word, source: verdict.source });
    response.redirect(303, `/alerts/${id}`);
  });

  router.post('/verdicts/:id/undo', ...form, async (request, response) => {
    guard.checkForm(request, field(request, 'csrf'));
    assertReady();
    const undone = await book.undo(String(request.params.id), giverOf(identityOf(request), 'form'), 'by form');
    m.verdictsUndone.inc(undone.length);
    response.redirect(303, '/');
  });

  router.get('/missed', guard.require('responder'), (request, response) =>
    show(request, response, 'No alert came – Bellwether', missedForm(guard.csrfToken(request))),
  );
  router.post('/missed', ...form, async (request, response) => {
    guard.checkForm(request, field(request, 'csrf'));
    assertReady();
    const reason = field(request, 'reason');
    const workload = {
      namespace: field(request, 'namespace'),
      workload: field(request, 'workload'),
      workloadKind: field(request, 'workloadKind'),
    };
    const request_ = {
      word: 'missed',
      workload,
      fromSeconds: localTime(field(request, 'from')),
      toSeconds: localTime(field(request, 'to')),
    };
    const verdict = await book.giveRequest({ ...request_, ...(reason ? { reason } : {}) }, giverOf(identityOf(request), 'form'));
    m.verdicts.inc({ word: verdict.word, source: verdict.source });
    show(request, response, 'Thank you – Bellwether', message('Thank you', 'It is written down. Like events will be found earlier.'));
  });

  router.use(answerWithPage(show));
  return router;
};
