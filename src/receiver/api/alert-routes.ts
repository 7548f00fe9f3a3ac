import { Router } from 'express';
import { BellwetherError, validate } from '../../platform/index.ts';
import { checked, typedQuery } from '../../web/index.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import { type AlertFilter, findAlert, findAlerts } from '../store/alert-query.ts';
import { findMitigationsOf } from '../store/mitigation-store.ts';
import { findMasks, findSilences } from '../store/silence-store.ts';
import { findVerdicts } from '../store/verdict-store.ts';
import { ALERT_QUERY, MASK_QUERY } from './schemas.ts';
import { alertView, maskEvents, verdictView } from './views.ts';

const MOST_SILENCES = 500;

const defined = <T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  // Absent and undefined are the same to those who write filters, but not to the compiler.
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };

/** The filter and the page that a query asks for; throws FieldError. */
export const alertQueryOf = (query: Readonly<Record<string, unknown>>) => {
  const result = validate(ALERT_QUERY, typedQuery(ALERT_QUERY.properties, query), { defaults: true });
  const { from, to, limit, after, ...exact } = checked(result);
  const filter: AlertFilter = defined({
    ...exact,
    fromMs: from === undefined ? undefined : from * 1000,
    toMs: to === undefined ? undefined : to * 1000,
  });
  return { filter, page: after === undefined ? { limit } : { limit, after } };
};

/** Reading alerts, silences and masked stretches. */
export const createAlertRoutes = ({ guard, database }: ReceiverParts): Router => {
  const router = Router();
  const viewer = guard.require('viewer');

  router.get('/api/v1/alerts', viewer, async (request, response) => {
    const { filter, page } = alertQueryOf(request.query);
    const { alerts, next } = await findAlerts(database, filter, page);
    response.json({ alerts: alerts.map((alert) => ({ ...alertView(alert), evidence: undefined })), next: next ?? null });
  });

  router.get('/api/v1/alerts/:id', viewer, async (request, response) => {
    const id = String(request.params.id);
    const alert = await findAlert(database, id);
    if (!alert) throw new BellwetherError('not_found', `there is no alert ${id}`);
    const verdicts = await findVerdicts(database, { alertId: id }, { limit: 100 });
    const mitigations = await findMitigationsOf(database, id);
    response.json({ ...alertView(alert), verdicts: verdicts.map(verdictView), mitigations });
  });

  router.get('/api/v1/silences', viewer, async (_request, response) => {
    const silences = await findSilences(database, MOST_SILENCES);
    response.json({
      silences: silences.map(({ startsMs, endsMs, updatedMs, word, ...silence }) => ({
        ...silence,
        startsSeconds: startsMs / 1000,
        endsSeconds: endsMs / 1000,
        updatedSeconds: updatedMs / 1000,
        word: word ?? null,
      })),
    });
  });

  router.get('/api/v1/masks', viewer, async (request, response) => {
    const result = validate(MASK_QUERY, typedQuery(MASK_QUERY.properties, request.query), { defaults: true });
    const { from, to, limit, format, stepSeconds } = checked(result);
    const masks = await findMasks(database, from * 1000, to * 1000, limit);
    response.json(
      format === 'events'
        ? maskEvents(masks, stepSeconds)
        : { masks: masks.map(({ fromMs, toMs, ...mask }) => ({ ...mask, fromSeconds: fromMs / 1000, toSeconds: toMs / 1000 })) },
    );
  });
  return router;
};
