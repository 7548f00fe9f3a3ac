import { Router } from 'express';
import { parseWebhookPayload } from '../../alertmanager/index.ts';
import { BellwetherError, StoreError, toBellwetherError } from '../../platform/index.ts';
import { FieldError, jsonBody } from '../../web/index.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import type { PayloadTaker } from './take-payload.ts';

/** 200 alerts with long annotations are about 300 kB; whoever sends more than this is not Alertmanager. */
const MAX_BYTES = 5 * 2 ** 20;
const LIMITS = { maxBytes: MAX_BYTES, maxDepth: 12, maxKeys: 200_000 };
/** Calls that wait for the store; Alertmanager tries again, and this bounds the memory. */
const MOST_WAITING = 2_000;

/** `POST /api/v1/alertmanager`: 2xx once durable, 503 when a retry can help, 4xx where it cannot. */
export const createWebhookRoute = (
  parts: Pick<ReceiverParts, 'guard' | 'commit' | 'notReady' | 'instruments' | 'clock' | 'logger'>,
  taker: PayloadTaker,
): Router => {
  const { guard, commit, notReady, instruments: m, clock, logger } = parts;
  const router = Router();

  router.post(
    '/api/v1/alertmanager',
    guard.require('sender', { unlimited: true }),
    (_request, _response, next) => {
      const reason = notReady() ?? (commit.waiting > MOST_WAITING ? 'too many calls wait for the store' : undefined);
      if (reason !== undefined) m.payloads.inc({ outcome: 'not_ready' });
      next(reason === undefined ? undefined : new BellwetherError('not_ready', reason));
    },
    jsonBody(() => LIMITS),
    async (request, response) => {
      const startedMs = clock.monotonicMs();
      const parsed = parseWebhookPayload(request.body);
      if (!parsed.ok) {
        m.payloads.inc({ outcome: 'refused' });
        logger.warn(
          { problems: parsed.problems.slice(0, 3).map(({ message }) => message) },
          'a webhook call is not what Alertmanager sends',
        );
        throw new FieldError(parsed.problems);
      }
      try {
        const taken = await taker.take(parsed.value);
        for (const [outcome, count] of Object.entries(taken.outcomes)) if (count > 0) m.receivedAlerts.inc({ outcome }, count);
        m.payloads.inc({ outcome: 'stored' });
        m.storeWriteDuration.observe((clock.monotonicMs() - startedMs) / 1000);
        if (taken.isWatchdog) m.watchdog.set(clock.nowMs() / 1000);
      } catch (thrown) {
        const error = toBellwetherError(thrown);
        m.payloads.inc({ outcome: 'failed' });
        m.storeFailures.inc({ reason: error instanceof StoreError ? error.reason : 'other' });
        logger.error({ err: error }, 'alerts could not be stored; Alertmanager is told to try again');
        throw error instanceof StoreError ? error : new BellwetherError('not_ready', 'the alerts could not be stored', error);
      }
      response.status(204).end();
      const { truncatedAlerts } = parsed.value;
      if (truncatedAlerts === 0) return;
      m.truncatedAlerts.inc(truncatedAlerts);
      await taker.complete(parsed.value).catch((error: unknown) => {
        logger.warn({ err: toBellwetherError(error) }, 'the rest of a group that was cut could not be asked for');
      });
    },
  );
  return router;
};
