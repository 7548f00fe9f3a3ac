import { Router } from 'express';
import { BellwetherError, validate } from '../../platform/index.ts';
import { checked, jsonBody } from '../../web/index.ts';
import { identityOf } from '../auth/guard.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import type { SilenceWriter } from '../silences/silence-writer.ts';
import { ACKNOWLEDGE_BODY, EXTEND_BODY, SILENCE_BODY } from './schemas.ts';
import { BODY_LIMITS, giverOf } from './verdict-routes.ts';

/** Silences written to Alertmanager: made with a verdict, extended, ended; an acknowledgement is a short one. */
export const createSilenceRoutes = ({ guard, book, silences, config, instruments: m, notReady }: ReceiverParts): Router => {
  const router = Router();
  const responder = guard.require('responder');
  const json = jsonBody(() => BODY_LIMITS);
  const writer = (): SilenceWriter => {
    const reason = notReady();
    if (reason !== undefined) throw new BellwetherError('not_ready', reason);
    if (!silences) throw new BellwetherError('not_ready', 'no Alertmanager is configured: alertmanager.urls');
    return silences;
  };

  router.post('/api/v1/silences', responder, json, async (request, response) => {
    const result = validate(SILENCE_BODY, request.body);
    const { alert, minutes, word, reason = '' } = checked(result);
    const giver = giverOf(identityOf(request), 'api');
    const silence = writer();
    // The word first: a silence without its verdict would be heard as a weaker one.
    const verdict = word === undefined ? undefined : await book.giveRequest({ alert, word, ...(reason ? { reason } : {}) }, giver);
    if (verdict) m.verdicts.inc({ word: verdict.word, source: verdict.source });
    const id = await silence.make({ alert, minutes, reason, ...(verdict ? { word: verdict.word, verdictId: verdict.id } : {}) }, giver);
    response.status(201).json({ silenceId: id, verdictId: verdict?.id ?? null });
  });

  router.post('/api/v1/silences/:id/extend', responder, json, async (request, response) => {
    const result = validate(EXTEND_BODY, request.body);
    const { minutes } = checked(result);
    const id = await writer().extend(String(request.params.id), minutes, giverOf(identityOf(request), 'api'));
    response.json({ silenceId: id });
  });

  router.post('/api/v1/silences/:id/expire', responder, json, async (request, response) => {
    await writer().expire(String(request.params.id), giverOf(identityOf(request), 'api'));
    response.status(204).end();
  });

  router.post('/api/v1/alerts/:id/acknowledge', responder, json, async (request, response) => {
    const result = validate(ACKNOWLEDGE_BODY, request.body);
    const { minutes = config().verdicts.acknowledgeMinutes, reason = 'seen' } = checked(result);
    const id = await writer().make({ alert: String(request.params.id), minutes, reason }, giverOf(identityOf(request), 'api'));
    response.status(201).json({ silenceId: id });
  });
  return router;
};
