import type { Express } from 'express';
import type { Clock } from '../../platform/index.ts';
import { bareApp, countRequests, METRICS_TYPE } from '../../web/index.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';

export interface ScoresAppDeps {
  readonly instruments: ExporterInstruments;
  readonly clock: Clock;
}

/** The scores port: `/metrics` and nothing else. */
export const createScoresApp = ({ instruments, clock }: ScoresAppDeps, render: () => Buffer): Express => {
  const app = bareApp();
  app.use(countRequests('scores', instruments, clock));
  app.get('/metrics', (_request, response) => {
    response.set('Content-Type', METRICS_TYPE).send(render());
  });
  return app;
};
