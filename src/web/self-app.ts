import express, { type Express } from 'express';
import type { Clock } from '../platform/index.ts';
import { countRequests } from './http-metrics.ts';
import type { ProcessInstruments } from './instruments.ts';
import { securityHeaders } from './security-headers.ts';

/** The text format that every Prometheus reads. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** An app without pages: no cookies, no ETags, nothing that names the library. */
export const bareApp = (): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(securityHeaders);
  return app;
};

export interface SelfAppDeps {
  readonly instruments: Pick<ProcessInstruments, 'httpRequests' | 'httpDuration'>;
  readonly clock: Clock;
  /** Why the process cannot go on and has to be started anew; undefined while it lives. */
  readonly broken: () => string | undefined;
  /** Why it cannot do its work now; undefined when it can. */
  readonly notReady: () => string | undefined;
  readonly render: () => Promise<string>;
}

/** The self port: `/metrics`, `/healthz`, `/readyz`. */
export const createSelfApp = ({ instruments, clock, broken, notReady, render }: SelfAppDeps): Express => {
  const app = bareApp();
  app.use(countRequests('self', instruments, clock));
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', METRICS_TYPE).send(await render());
  });
  // That the event loop comes round to answering is the proof of life; whether others answer us is not ours to die of.
  app.get('/healthz', (_request, response) => {
    const reason = broken();
    response
      .status(reason === undefined ? 200 : 500)
      .type('text/plain')
      .send(reason === undefined ? 'ok\n' : `${reason}\n`);
  });
  app.get('/readyz', (_request, response) => {
    const reason = notReady();
    response
      .status(reason === undefined ? 200 : 503)
      .type('text/plain')
      .send(reason === undefined ? 'ready\n' : `not ready: ${reason}\n`);
  });
  return app;
};
