import express, { type Express, type RequestHandler, Router } from 'express';
import { BellwetherError, type Clock, type Logger } from '../platform/index.ts';
import { answerErrors, answerNotFound, countRequests, securityHeaders } from '../web/index.ts';
import { createAdminRoutes } from './api/admin-routes.ts';
import { createAlertRoutes } from './api/alert-routes.ts';
import { createEventRoutes } from './api/event-routes.ts';
import { createMitigationRoutes } from './api/mitigation-routes.ts';
import { createSilenceRoutes } from './api/silence-routes.ts';
import { createVerdictRoutes } from './api/verdict-routes.ts';
import type { ChannelDeps } from './notify/channel.ts';
import { createChannelRoutes } from './notify/channel-routes.ts';
import type { ClickDesk } from './notify/slack/click-desk.ts';
import { createSlackRoute, type SlackRouteDeps } from './notify/slack/slack-route.ts';
import { createMitigationPages } from './page/mitigation-pages.ts';
import { createPageRoutes } from './page/page-routes.ts';
import type { ReceiverInstruments } from './receiver-instruments.ts';
import type { ReceiverParts } from './receiver-parts.ts';
import { createPayloadTaker } from './webhook/take-payload.ts';
import { createWebhookRoute } from './webhook/webhook-route.ts';

export interface ReceiverApiDeps {
  readonly instruments: ReceiverInstruments;
  readonly clock: Clock;
  readonly log: Logger;
  readonly notReady: () => string;
}

/** What the routes of messages need besides. */
export interface NotifyDeps extends Pick<SlackRouteDeps, 'signingSecret' | 'failures'> {
  readonly channels: ChannelDeps;
  readonly clicks: ClickDesk;
}

/** The API port. It answers from the first moment on: 503 until the store is open, so that Alertmanager tries again. */
export const createReceiverApi = ({
  instruments,
  clock,
  log,
  notReady,
}: ReceiverApiDeps): { readonly app: Express; open(parts: ReceiverParts, notify: NotifyDeps): void } => {
  const app = express();
  let routes: RequestHandler | undefined;
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(securityHeaders, countRequests('api', instruments, clock));
  app.use((request, response, next) => {
    if (routes) routes(request, response, next);
    else {
      instruments.payloads.inc({ outcome: 'not_ready' });
      next(new BellwetherError('not_ready', notReady()));
    }
  });
  app.use(answerNotFound);
  app.use(answerErrors(log));
  return {
    app,
    open: (parts, notify) => {
      const router = Router();
      router.use(createWebhookRoute(parts, createPayloadTaker({ ...parts, channels: () => parts.config().notify.channels })));
      router.use(
        createVerdictRoutes(parts),
        createAlertRoutes(parts),
        createEventRoutes(parts),
        createSilenceRoutes(parts),
        createMitigationRoutes(parts),
        createAdminRoutes(parts),
        createChannelRoutes(parts, notify.channels),
        createSlackRoute({ ...parts, ...notify }),
        createMitigationPages(parts),
        createPageRoutes(parts),
      );
      routes = router;
    },
  };
};
