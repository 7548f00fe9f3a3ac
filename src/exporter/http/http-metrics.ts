import type { RequestHandler } from 'express';
import type { Clock } from '../../platform/index.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';

/** Counts and times each answer under its route's pattern, never under the path that was asked for: that would be without bound. */
export const countRequests =
  (
    server: 'scores' | 'self' | 'api',
    m: Pick<ExporterInstruments, 'httpRequests' | 'httpDuration'>,
    clock: Pick<Clock, 'monotonicMs'>,
  ): RequestHandler =>
  (request, response, next) => {
    const startedMs = clock.monotonicMs();
    response.once('finish', () => {
      const pattern: unknown = request.route?.path;
      const route = typeof pattern === 'string' ? pattern : 'other';
      m.httpRequests.inc({ server, route, code: String(response.statusCode) });
      m.httpDuration.observe({ server, route }, (clock.monotonicMs() - startedMs) / 1000);
    });
    next();
  };
