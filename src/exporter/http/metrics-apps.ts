import express, { type Express } from 'express';
import type { Clock } from '../../platform/index.ts';
import type { ExporterStatus } from '../exporter-status.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';
import { countRequests } from './http-metrics.ts';
import { securityHeaders } from './security-headers.ts';

/** The text format that every Prometheus reads. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface MetricsAppDeps {
  readonly instruments: ExporterInstruments;
  readonly clock: Clock;
}

const bareApp = (): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(securityHeaders);
  return app;
};

/** The scores port: `/metrics` and nothing else. */
export const createScoresApp = ({ instruments, clock }: MetricsAppDeps, render: () => Buffer): Express => {
  const app = bareApp();
  app.use(countRequests('scores', instruments, clock));
  app.get('/metrics', (_request, response) => {
    response.set('Content-Type', METRICS_TYPE).send(render());
  });
  return app;
};

export interface SelfAppDeps extends MetricsAppDeps {
  readonly status: ExporterStatus;
  readonly render: () => Promise<string>;
}

/** The self port: `/metrics`, `/healthz`, `/readyz`. */
export const createSelfApp = ({ instruments, clock, status, render }: SelfAppDeps): Express => {
  const app = bareApp();
  app.use(countRequests('self', instruments, clock));
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', METRICS_TYPE).send(await render());
  });
  // That the event loop comes round to answering is the proof of life; whether Prometheus does is not ours to die of.
  app.get('/healthz', (_request, response) => {
    response
      .status(status.broken ? 500 : 200)
      .type('text/plain')
      .send(status.broken ? 'the scoring loop has ended\n' : 'ok\n');
  });
  app.get('/readyz', (_request, response) => {
    const { notReady } = status;
    response
      .status(notReady === undefined ? 200 : 503)
      .type('text/plain')
      .send(notReady === undefined ? 'ready\n' : `not ready: ${notReady}\n`);
  });
  return app;
};
