import type { Express } from 'express';
import { VERSION } from '../conventions/index.ts';
import type { StoredFlowModel } from '../flows/index.ts';
import type { Clock, Logger } from '../platform/index.ts';
import type { SeriesSource } from '../prometheus/index.ts';
import type { Scorer } from '../scoring/index.ts';
import { openTokenFile, type TokenFile } from '../web/index.ts';
import { createApiRoutes } from './api/api-routes.ts';
import { createExplainer } from './api/explain-service.ts';
import { narrowInputs } from './api/narrow-inputs.ts';
import { createPredictor } from './api/predict-window.ts';
import { createReplayer } from './api/replay.ts';
import { statusView } from './api/status-view.ts';
import type { ScoreBoard } from './board/score-board.ts';
import type { ExporterConfig } from './config/schema.ts';
import { backfillProgress, type ExporterStatus } from './exporter-status.ts';
import type { Pupil } from './feedback/pupil.ts';
import { createApiApp } from './http/api-app.ts';
import type { IngestQueue } from './ingest/ingest-queue.ts';
import type { Pacer } from './loop/pacer.ts';
import { createPageRoutes } from './page/page-routes.ts';
import type { ScoringParts } from './parts.ts';
import type { ExporterInstruments } from './self/self-metrics.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

export interface ApiServerDeps {
  /** In force now. */
  readonly config: () => ExporterConfig;
  readonly parts: ScoringParts;
  readonly board: ScoreBoard;
  readonly status: ExporterStatus;
  readonly source: SeriesSource | undefined;
  readonly ingest: IngestQueue | undefined;
  readonly scorer: Scorer;
  readonly pupil: Pupil;
  readonly pacer: Pacer;
  readonly instruments: ExporterInstruments;
  readonly flowModel?: StoredFlowModel | undefined;
  readonly withdrawn: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The API and the page over the state of an exporter. */
export const createApiServer = (deps: ApiServerDeps) => {
  const { config, parts, board, status, source, ingest, scorer, pacer, clock, log } = deps;
  const intervalMs = config().intervalSeconds * SECOND_MS;
  const { modelVersion } = scorer;
  let tokenFile: TokenFile | undefined;

  const replayer = createReplayer(
    {
      source,
      createExtractor: parts.createExtractor,
      inputsOf: (key) => narrowInputs(parts.catalog, key),
      // Below every score: a replay is asked for to see the reasons of quiet instants, too.
      createScorer: () => parts.createScorer({ contributorFloor: -1, classes: scorer.classes }),
      pacer,
      clock,
    },
    { replayMs: () => config().api.replayHours * HOUR_MS, intervalMs, backfillStepMs: config().backfill.stepSeconds * SECOND_MS },
  );
  const explainer = createExplainer({ board, replayer, modelVersion, stepMs: intervalMs, clock });
  const predictor = createPredictor({ createScorer: parts.createScorer, pacer });
  // A feature of the user's without a text has one that says no more than its name.
  const untold = new Set(config().features.selectors.flatMap((one) => (one.help === undefined ? [one.name] : [])));
  const help = new Map(parts.catalog.features.filter(({ name }) => !untold.has(name)).map((feature) => [feature.name, feature.help]));

  const api = createApiRoutes({
    ...deps,
    explainer,
    predictor,
    modelVersion,
    rung: () => source?.rung,
    maxBodyBytes: () => config().api.maxBodyBytes,
    ingest: ingest && {
      queue: ingest,
      token: () => tokenFile?.token,
      settings: () => ({
        maxBatchSamples: config().ingest.maxBatchSamples,
        maxSampleAgeMs: config().ingest.maxSampleAgeSeconds * SECOND_MS,
      }),
      retrySeconds: Math.max(1, Math.ceil(config().intervalSeconds)),
    },
  });
  const pages = createPageRoutes({
    board,
    explainer,
    clock,
    describe: (metric) => help.get(metric),
    intervalMs,
    status: () =>
      statusView({
        version: VERSION,
        modelVersion,
        nowMs: clock.nowMs(),
        status,
        progress: backfillProgress(status),
        withdrawn: deps.withdrawn(),
        counts: board.counts(),
        rung: source?.rung,
      }),
  });

  return {
    /** Reads the token and gives the handler to listen with. */
    open: async (): Promise<Express> => {
      const { tokenFile: path } = config().api;
      if (ingest && path !== undefined) tokenFile = await openTokenFile(path, { clock, log });
      return createApiApp(deps, [api, pages]);
    },
    close: () => tokenFile?.close(),
  };
};
