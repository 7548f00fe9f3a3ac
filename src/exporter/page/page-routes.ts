import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import { parseSlug, workloadId, workloadSlug } from '../../conventions/index.ts';
import { type Clock, toBellwetherError, validate } from '../../platform/index.ts';
import { checked, html, ICON, STYLESHEET, typedQuery } from '../../web/index.ts';
import { keyOf, timeOf } from '../api/api-routes.ts';
import type { Explainer } from '../api/explain-service.ts';
import { listWorkloads } from '../api/list-workloads.ts';
import { EXPLAIN_QUERY } from '../api/schema/explanation.ts';
import { WORKLOAD_QUERY } from '../api/schema/workloads.ts';
import type { StatusView } from '../api/status-view.ts';
import type { ScoreBoard } from '../board/score-board.ts';
import { BROWSER_SCRIPT } from './browser-script.ts';
import { messagePage, page } from './layout.ts';
import { overview } from './overview.ts';
import { workloadPage } from './workload-page.ts';

export interface PageDeps {
  readonly board: ScoreBoard;
  readonly explainer: Explainer;
  readonly clock: Clock;
  readonly status: () => StatusView;
  readonly describe: (metric: string) => string | undefined;
  readonly intervalMs: number;
}

/** Follows the cycles, but neither hurries nor dozes. */
const refreshSecondsOf = (intervalMs: number): number => Math.min(30, Math.max(2, intervalMs / 1000 / 2));
const SPARK_MS = 3_600_000;
const ROWS = 50;
const ASSET_AGE = 'public, max-age=300';

const ASSETS = [
  ['/assets/page.css', 'text/css; charset=utf-8', STYLESHEET],
  ['/assets/page.js', 'text/javascript; charset=utf-8', BROWSER_SCRIPT],
  ['/assets/icon.svg', 'image/svg+xml', ICON],
] as const;

/** The fields of a form that was sent empty say nothing. */
const filled = (query: Request['query']): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));

/** The pages for people. */
export const createPageRoutes = (deps: PageDeps): Router => {
  const { board, explainer, clock, intervalMs } = deps;
  const router = Router();
  const refreshSeconds = refreshSecondsOf(intervalMs);

  const send = (response: Response, title: string, content: ReturnType<typeof html>, refresh: number): void => {
    response
      .type('html')
      .set('Cache-Control', 'no-store')
      .send(page({ title, status: deps.status(), nowMs: clock.nowMs(), refreshSeconds: refresh, content }));
  };

  for (const [path, type, text] of ASSETS) {
    router.get(path, (_request, response) => {
      response.set({ 'Content-Type': type, 'Cache-Control': ASSET_AGE }).send(text);
    });
  }

  router.get('/', (request, response) => {
    const wanted = { sort: 'peak', limit: String(ROWS), ...filled(request.query) };
    const result = validate(WORKLOAD_QUERY, typedQuery(WORKLOAD_QUERY.properties, wanted), { defaults: true });
    const query = checked(result);
    const nowMs = clock.nowMs();
    const list = listWorkloads(board, query, nowMs);
    const { total: alerting } = listWorkloads(board, { sort: 'name', limit: 1, offset: 0, state: 'alerting' }, nowMs);
    const points = ({ id }: { readonly id: string }) => {
      const key = parseSlug(id);
      return key ? board.points(workloadId(key), nowMs - SPARK_MS, nowMs) : [];
    };
    const content = overview({ status: deps.status(), query, list, alerting, points, sparkMs: SPARK_MS, stepMs: intervalMs, nowMs });
    send(response, alerting > 0 ? `(${alerting}) Bellwether` : 'Bellwether', content, refreshSeconds);
  });

  // Where an alert's labels lead: its link only has to put them into the query.
  router.get('/explain', (request, response) => {
    const { namespace = '', workload = '', workload_kind: workloadKind = '', time } = filled(request.query);
    const slug = workloadSlug({ namespace: String(namespace), workload: String(workload), workloadKind: String(workloadKind) });
    response.redirect(302, `/workloads/${slug}${typeof time === 'string' ? `?time=${encodeURIComponent(time)}` : ''}`);
  });

  router.get('/workloads/:workload', async (request, response) => {
    const result = validate(EXPLAIN_QUERY, typedQuery(EXPLAIN_QUERY.properties, filled(request.query)), { defaults: true });
    const { time, replay } = checked(result);
    const key = keyOf(request.params.workload);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const explanation = await explainer.explain(key, timeOf(time, clock.nowMs()), { replay }, gone.signal);
    const live = time === undefined;
    send(response, `${key.workload} – Bellwether`, workloadPage({ explanation, describe: deps.describe, live }), live ? refreshSeconds : 0);
  });
  router.use(answerWithPage(send));
  return router;
};

const TITLES: Readonly<Record<string, string>> = {
  not_found: 'Nothing known of this workload',
  invalid_input: 'That is not a question that can be answered',
  overloaded: 'Busy',
};

/** An error as a page. */
const answerWithPage =
  (send: (response: Response, title: string, content: ReturnType<typeof html>, refresh: number) => void): ErrorRequestHandler =>
  (thrown, _request, response, next) => {
    const error = toBellwetherError(thrown);
    if (response.headersSent || error.code === 'internal') {
      next(thrown);
      return;
    }
    response.status(error.httpStatus);
    const title = TITLES[error.code] ?? 'This could not be worked out';
    send(response, `${title} – Bellwether`, html`${messagePage(title, error.message)}`, 0);
  };
