import { Router } from 'express';
import { BellwetherError } from '../../platform/index.ts';
import { html } from '../../web/index.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import { findAlert } from '../store/alert-query.ts';
import { alertFacts, verdictForm } from './alert-pages.ts';
import { field, formBody, type Show } from './forms.ts';
import { message } from './layout.ts';

/** Signed links: GET shows the alert and a button, POST gives the verdict. The link itself is the permission, so no login is asked for. */
export const createLinkRoutes = ({ links, database, book, instruments: m, notReady }: ReceiverParts, show: Show): Router => {
  const router = Router();

  router.get('/v/:link', async (request, response) => {
    const text = String(request.params.link);
    const { alert: id, word } = await links.read(text);
    const alert = await findAlert(database, id);
    if (!alert) throw new BellwetherError('not_found', 'the alert is no longer kept');
    show(
      request,
      response,
      'Your verdict – Bellwether',
      html`${alertFacts(alert)}<h2>Your verdict</h2>${verdictForm(`/v/${text}`, '', word)}`,
    );
  });

  router.post('/v/:link', formBody, async (request, response) => {
    const reason = notReady();
    if (reason !== undefined) throw new BellwetherError('not_ready', reason);
    const verdict = await links.use(String(request.params.link), (grant) => {
      const why = field(request, 'reason');
      const body = { alert: grant.alert, word: field(request, 'word') || grant.word, ...(why ? { reason: why } : {}) };
      return book.giveRequest(body, { by: grant.by, role: 'link', source: 'link' });
    });
    m.verdicts.inc({ word: verdict.word, source: verdict.source });
    show(
      request,
      response,
      'Thank you – Bellwether',
      message('Thank you', 'Your verdict is written down. This link does not work a second time.'),
    );
  });
  return router;
};
