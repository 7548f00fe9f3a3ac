import express, { type Express, type Router } from 'express';
import type { Clock, Logger } from '../../platform/index.ts';
import { answerErrors, answerNotFound, countRequests, securityHeaders } from '../../web/index.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';

export interface ApiAppDeps {
  readonly instruments: ExporterInstruments;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'error'>;
}

/** The API port: pages and `/api/v1`. */
export const createApiApp = ({ instruments, clock, log }: ApiAppDeps, routes: readonly Router[]): Express => {
  const app = express();
  app.disable('x-powered-by');
  // Only flat parameters: nested ones are nobody's here, and their parser is one more door.
  app.set('query parser', 'simple');
  app.use(securityHeaders, countRequests('api', instruments, clock));
  app.use(...routes);
  app.use(answerNotFound);
  app.use(answerErrors(log));
  return app;
};
