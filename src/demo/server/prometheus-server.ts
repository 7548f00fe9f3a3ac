import { BellwetherError, ERROR_CODES, type RequestListener, toBellwetherError } from '../../platform/index.ts';
import { type PlannedEvent, SCENARIO_KINDS, type ScenarioKind, scenarioNamed } from '../simulator/scenarios.ts';
import { createReadEndpoint } from './read-endpoint.ts';
import type { SeriesStore } from './series-store.ts';

export interface PrometheusServerDeps {
  readonly store: SeriesStore;
  /** Lets the simulated time pass up to now; called before every answer. */
  readonly catchUp: () => void;
  /** Begins a scenario; `workload` is its name, absent = any that suits. Throws `not_found` or `invalid_input`. */
  readonly begin: (kind: ScenarioKind, workload: string | undefined) => PlannedEvent;
}

const SCENARIO_PATH = '/scenario/';
const NOT_FOUND = ERROR_CODES.not_found.httpStatus;

const HELP = `A simulated Prometheus: remote read at POST /api/v1/read, nothing else of its API.
POST /scenario/NAME?workload=WORKLOAD begins a scenario now: ${SCENARIO_KINDS.join(', ')}.
`;

/** A simulated Prometheus on HTTP: remote read, readiness, and a way to begin scenarios by hand. */
export const createPrometheusServer = ({ store, catchUp, begin }: PrometheusServerDeps): RequestListener => {
  const read = createReadEndpoint(store);
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://simulated');
    const answer = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
    };
    const beginScenario = (): void => {
      const kind = scenarioNamed(pathname.slice(SCENARIO_PATH.length));
      if (!kind) throw new BellwetherError('not_found', `no such scenario; there are ${SCENARIO_KINDS.join(', ')}`);
      begin(kind, searchParams.get('workload') ?? undefined);
      answer(202, `${kind} begins within one scrape interval\n`);
    };
    try {
      catchUp();
      if (request.method === 'POST' && pathname === '/api/v1/read') {
        // The endpoint answers its own errors.
        void read(request, response);
      } else if (request.method === 'POST' && pathname.startsWith(SCENARIO_PATH)) beginScenario();
      else if (request.method !== 'GET') answer(NOT_FOUND, HELP);
      else if (pathname === '/-/ready' || pathname === '/-/healthy') answer(200, 'Simulated Prometheus is Ready.\n');
      else answer(pathname === '/' ? 200 : NOT_FOUND, HELP);
    } catch (thrown) {
      const error = toBellwetherError(thrown);
      answer(error.httpStatus, `${error.message}\n`);
    }
  };
};
