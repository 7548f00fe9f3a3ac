import { type Request, type RequestHandler, Router } from 'express';
import { parseSlug, VERSION, type WorkloadKey } from '../../conventions/index.ts';
import type { StoredFlowModel } from '../../flows/index.ts';
import { BellwetherError, type Clock, parseTime, validate } from '../../platform/index.ts';
import type { Rung } from '../../prometheus/index.ts';
import { type BodyLimits, checked, FieldError, jsonBody, requireToken, typedQuery } from '../../web/index.ts';
import type { ScoreBoard } from '../board/score-board.ts';
import { backfillProgress, type ExporterStatus } from '../exporter-status.ts';
import { byWorkload, type Pupil } from '../feedback/pupil.ts';
import type { IngestQueue, IngestResult } from '../ingest/ingest-queue.ts';
import { parseBatch } from '../ingest/parse-batch.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';
import type { Explainer } from './explain-service.ts';
import { listIncidents } from './list-incidents.ts';
import { listWorkloads } from './list-workloads.ts';
import { openApiDocument } from './openapi.ts';
import { predictFlows } from './predict-flow.ts';
import { type Predictor, sizeProblem, windowProblem } from './predict-window.ts';
import { EXPLAIN_QUERY } from './schema/explanation.ts';
import { PREDICT_FLOW_REQUEST } from './schema/flow-prediction.ts';
import { PREDICT_REQUEST } from './schema/prediction.ts';
import { WORKLOAD_QUERY } from './schema/workloads.ts';
import { type StatusView, statusView } from './status-view.ts';
import { explanationView } from './views.ts';

export interface IngestSettings {
  readonly maxBatchSamples: number;
  readonly maxSampleAgeMs: number;
}

export interface ApiDeps {
  readonly board: ScoreBoard;
  readonly status: ExporterStatus;
  readonly explainer: Explainer;
  readonly predictor: Predictor;
  readonly pupil: Pick<Pupil, 'verdicts'>;
  readonly instruments: ExporterInstruments;
  /** Absent where no flow model is configured. */
  readonly flowModel?: StoredFlowModel | undefined;
  readonly clock: Clock;
  readonly modelVersion: string;
  readonly withdrawn: () => boolean;
  readonly rung: () => Rung | undefined;
  readonly maxBodyBytes: () => number;
  /** Absent where pushed samples are not accepted. */
  readonly ingest?:
    | {
        readonly queue: IngestQueue;
        readonly token: () => string | undefined;
        readonly settings: () => IngestSettings;
        readonly retrySeconds: number;
      }
    | undefined;
}

/** A batch is an object of lists of objects of lists of pairs; a window less. */
const MAX_DEPTH = 6;
const PREDICT_BODY = { maxBytes: 1_048_576, maxDepth: MAX_DEPTH, maxKeys: 500 };
/** A thousand flows of ninety columns each. */
const PREDICT_FLOW_BODY = { maxBytes: 4_194_304, maxDepth: 4, maxKeys: 120_000 };
const MOST_IGNORED_NAMED = 100;

/** Ends with the connection: nobody waits for the answer any more. */
const signalOf = (request: Request): AbortSignal => {
  const gone = new AbortController();
  request.res?.once('close', () => gone.abort());
  return gone.signal;
};

export const keyOf = (slug: string): WorkloadKey => {
  const key = parseSlug(slug);
  if (!key)
    throw new FieldError([{ key: 'workload', value: slug, limit: '', message: 'workload must be a name such as Deployment~shop~cart' }]);
  return key;
};

export const timeOf = (text: string | undefined, nowMs: number): number => {
  const timeMs = text === undefined ? nowMs : parseTime(text);
  if (timeMs === undefined)
    throw new FieldError([{ key: 'time', value: text, limit: '', message: 'time must be unix seconds or RFC 3339' }]);
  if (timeMs > nowMs + 1000) throw new FieldError([{ key: 'time', value: text, limit: '', message: 'time must not lie in the future' }]);
  return timeMs;
};

const ingestHandlers = (deps: ApiDeps): readonly RequestHandler[] => {
  const { ingest, instruments: m, clock } = deps;
  if (!ingest) {
    return [
      (_request, _response, next) =>
        next(new BellwetherError('forbidden', 'pushed samples are not accepted here: ingest.enabled is false')),
    ];
  }
  const limits = (): BodyLimits => ({ maxBytes: deps.maxBodyBytes(), maxDepth: MAX_DEPTH, maxKeys: 1_000_000 });
  const take: RequestHandler = (request, response) => {
    const { maxBatchSamples, maxSampleAgeMs } = ingest.settings();
    const parsed = parseBatch(request.body, { nowMs: clock.nowMs(), maxSamples: maxBatchSamples, maxAgeMs: maxSampleAgeMs });
    if (!parsed.ok) {
      m.ingestBatches.inc({ result: 'refused' });
      throw new FieldError([parsed.problem]);
    }
    const { id } = parsed.batch;
    const result: IngestResult = ingest.queue.offer(parsed.batch);
    m.ingestBatches.inc({ result: result.status === 'conflict' ? 'refused' : result.status });
    if (result.status === 'conflict') throw new BellwetherError('conflict', `the batch ${id} was sent before with other content`);
    if (result.status === 'overloaded') {
      response.set('Retry-After', String(ingest.retrySeconds));
      throw new BellwetherError('overloaded', `too many ${result.limit} wait for the next cycle`);
    }
    const accepted = result.status === 'accepted' ? result : { samples: 0, ignored: [] };
    m.ingestSamples.inc(accepted.samples);
    m.ingestIgnoredSeries.inc(accepted.ignored.length);
    const ignoredSeries = accepted.ignored.slice(0, MOST_IGNORED_NAMED);
    response.status(result.status === 'duplicate' ? 200 : 202).json({
      id,
      duplicate: result.status === 'duplicate',
      acceptedSamples: accepted.samples,
      ignoredSeries,
    });
  };
  return [requireToken(ingest.token, () => m.ingestBatches.inc({ result: 'unauthorized' })), jsonBody(limits), take];
};

/** Everything below `/api/v1`. */
export const createApiRoutes = (deps: ApiDeps): Router => {
  const { board, explainer, predictor, clock, status } = deps;
  const router = Router();

  router.get('/api/v1/status', (_request, response) => {
    const view: StatusView = statusView({
      version: VERSION,
      modelVersion: deps.modelVersion,
      nowMs: clock.nowMs(),
      status,
      progress: backfillProgress(status),
      withdrawn: deps.withdrawn(),
      counts: board.counts(),
      rung: deps.rung(),
    });
    response.json(view);
  });
  router.get('/api/v1/openapi.json', (_request, response) => {
    response.json(openApiDocument());
  });
  router.get('/api/v1/verdicts', (_request, response) => {
    response.json({ items: deps.pupil.verdicts(clock.nowMs() / 1000).toSorted(byWorkload) });
  });
  router.get('/api/v1/incidents', (_request, response) => {
    response.json(listIncidents(board, clock.nowMs()));
  });
  router.get('/api/v1/workloads', (request, response) => {
    const result = validate(WORKLOAD_QUERY, typedQuery(WORKLOAD_QUERY.properties, request.query), { defaults: true });
    response.json(listWorkloads(board, checked(result), clock.nowMs()));
  });
  router.get('/api/v1/workloads/:workload/explain', async (request, response) => {
    const result = validate(EXPLAIN_QUERY, typedQuery(EXPLAIN_QUERY.properties, request.query), { defaults: true });
    const { time, series, replay } = checked(result);
    const timeMs = timeOf(time, clock.nowMs());
    const explanation = await explainer.explain(keyOf(request.params.workload), timeMs, { replay }, signalOf(request));
    response.json(explanationView(explanation, series));
  });
  router.post(
    '/api/v1/predict/window',
    jsonBody(() => PREDICT_BODY),
    async (request, response) => {
      const tooLarge = sizeProblem(request.body);
      if (tooLarge) throw new FieldError([tooLarge]);
      const result = validate(PREDICT_REQUEST, request.body);
      const window = checked(result);
      const odd = windowProblem(window);
      if (odd) throw new FieldError([odd]);
      const endMs = window.endSeconds === undefined ? clock.nowMs() : window.endSeconds * 1000;
      response.json(await predictor.predict(window, endMs));
    },
  );
  router.post(
    '/api/v1/predict/flow',
    jsonBody(() => PREDICT_FLOW_BODY),
    (request, response) => {
      const result = validate(PREDICT_FLOW_REQUEST, request.body);
      response.json(predictFlows(deps.flowModel, checked(result)));
    },
  );
  router.post('/api/v1/ingest', ...ingestHandlers(deps));
  return router;
};
