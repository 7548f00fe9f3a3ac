import type { RequestHandler } from 'express';
import type { Clock } from '../platform/index.ts';
import type { ProcessInstruments } from './instruments.ts';

/** Counts and times each answer under its route's pattern, never under the path that was asked for: that would be without bound. */
export const countRequests =
  (
    /** The port, in one word: scores, self, api. */
    server: string,
    m: Pick<ProcessInstruments, 'httpRequests' | 'httpDuration'>,
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
