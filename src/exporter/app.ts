import { podSelectors } from '../features/index.ts';
import {
  type Clock,
  createLiveConfig,
  type Listener,
  type LiveConfig,
  type Logger,
  listen,
  type Random,
  toBellwetherError,
  type Validation,
} from '../platform/index.ts';
import type { SeriesSource } from '../prometheus/index.ts';
import { learnedId, type Scorer, type ScorerOptions } from '../scoring/index.ts';
import { ALONE, createShardedSource, type ShardPlace } from '../sharding/index.ts';
import { createSelfApp, type ProcessMetrics, registerProcessMetrics } from '../web/index.ts';
import { countIncidents } from './api/list-incidents.ts';
import { createApiServer } from './api-server.ts';
import { createScoreBoard, type ScoreBoard } from './board/score-board.ts';
import { type ExporterConfig, LIVE_KEYS } from './config/schema.ts';
import { createExporterStatus, type ExporterStatus, isWithdrawn } from './exporter-status.ts';
import { createExpositionCache } from './exposition/exposition-cache.ts';
import { createLimitedStretches } from './feedback/limited-stretches.ts';
import { createPupil } from './feedback/pupil.ts';
import { withoutLimited } from './feedback/unlearning-scorer.ts';
import type { FlowMode } from './flows/flow-mode.ts';
import { withFlowParts } from './flows/flow-scorer.ts';
import { createScoresApp } from './http/scores-app.ts';
import { createIngestQueue } from './ingest/ingest-queue.ts';
import { createLiveCycle } from './loop/live-cycle.ts';
import { observeScores } from './loop/live-loop.ts';
import { createPacer } from './loop/pacer.ts';
import { runLoops } from './loop/run-loops.ts';
import type { PipelineParts } from './loop/scoring-pipeline.ts';
import { createOwnership } from './ownership.ts';
import { type ScoringParts, scoringPartsOf, snapshotFileOf, sourceOf, verdictSourcesOf } from './parts.ts';
import { createSelfMetrics } from './self/self-metrics.ts';
import { createSnapshotStore } from './snapshot/snapshot-store.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
/** Metric values are kept for an hour, scores for longer: values take one float per metric. */
const VALUES_HOURS = 1;
/** About a kilobyte each, and twice that with what the heap keeps free. */
const MAX_EXPLAINED_SCORES = 8_000;

export interface ExporterDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Instead of the configured Prometheus. */
  readonly source?: SeriesSource;
  /** Instead of the configured features and scorer. */
  readonly parts?: ScoringParts;
  /** A learned model beside the detectors; explanations of the past and predictions go without it. */
  readonly learned?: ScorerOptions['learned'];
  /** Network flows, with a part in the scores. */
  readonly flows?: FlowMode | undefined;
  /** Which of several exporters this is; the only one where absent. */
  readonly place?: ShardPlace;
}

/** Where an exporter listens. */
export interface ExporterAddresses {
  readonly scores: string;
  readonly self: string;
  readonly api: string;
}

export interface ExporterApp {
  /** Resolves once it listens; the back-fill goes on after that. Rejects with `invalid_config` where a port cannot be taken. */
  start(): Promise<ExporterAddresses>;
  /** Ends all loops, writes a last snapshot, closes the ports. May be called twice. */
  stop(): Promise<void>;
  /** Takes a newly read configuration file. */
  reload(result: Validation<ExporterConfig>): void;
  readonly board: ScoreBoard;
  readonly status: ExporterStatus;
}

/** The exporter: from a source of series to scores on ports. */
export const createExporterApp = (deps: ExporterDeps, initial: ExporterConfig): ExporterApp => {
  const { clock, random, log } = deps;
  const self = createSelfMetrics(process.version);
  const m = self.instruments;
  const config: LiveConfig<ExporterConfig> = createLiveConfig(initial, LIVE_KEYS, log, ({ log: { level } }) => {
    log.level = level;
  });
  const intervalMs = initial.intervalSeconds * SECOND_MS;
  const forgetAfterMs = (): number => config.current.freshness.forgetHours * HOUR_MS;

  const parts = deps.parts ?? scoringPartsOf(initial);
  const createScorer = (): Scorer => parts.createScorer(deps.learned ? { learned: deps.learned } : {});
  const stretches = createLimitedStretches();
  const scorer = withoutLimited(deps.flows ? withFlowParts(createScorer(), deps.flows) : createScorer(), stretches);
  const ownership = createOwnership(deps.place ?? ALONE);
  const { shard } = ownership;
  const source = deps.source ?? sourceOf(initial, { clock, random, onEvent: self.onSourceEvent });
  const ownSource = source && shard.place.shards > 1 ? createShardedSource(source, shard, podSelectors(parts.catalog)) : source;
  const verdicts = verdictSourcesOf(initial);
  const pupil = createPupil(scorer, verdicts.sources.length, shard.owns);
  const status = createExporterStatus(clock);
  const pacer = createPacer(clock);
  const board = createScoreBoard(scorer, {
    historySlots: Math.ceil((initial.api.historyHours * HOUR_MS) / intervalMs),
    valueSlots: Math.ceil((Math.min(VALUES_HOURS, initial.api.historyHours) * HOUR_MS) / intervalMs),
    maxHistoryBytes: initial.api.historyMaxBytes,
    maxExplainedScores: MAX_EXPLAINED_SCORES,
    limits: () => ({
      maxWorkloads: config.current.exposition.maxWorkloads,
      goneAfterMs: config.current.freshness.missedCycles * intervalMs,
      forgetAfterMs: forgetAfterMs(),
    }),
  });
  const pipeline: PipelineParts = { scorer, board, pacer, isNews: ({ key }) => ownership.scores(key) };
  const ingest = initial.ingest.enabled
    ? createIngestQueue(
        parts.catalog.inputs.map(({ selector }) => selector),
        clock,
        () => config.current.ingest,
      )
    : undefined;
  const sliceMs = initial.backfill.sliceHours * HOUR_MS;
  const cycle = createLiveCycle(
    {
      source: ownSource,
      createExtractor: parts.createExtractor,
      pipeline: { ...pipeline, onScores: observeScores(m) },
      ingest,
      pacer,
      clock,
      log,
    },
    { intervalMs, sliceMs, longestGapMs: Math.max(sliceMs, initial.backfill.hours * HOUR_MS) },
  );
  const snapshots =
    initial.snapshot.path === undefined
      ? undefined
      : createSnapshotStore(
          { file: snapshotFileOf(initial.snapshot.path), clock, pacer, log },
          `${parts.fingerprint}${deps.learned ? learnedId(deps.learned) : ''}`,
          ownership,
        );

  const withdrawn = (): boolean => isWithdrawn(status, clock.nowMs(), { missedCycles: config.current.freshness.missedCycles, intervalMs });
  const exposition = createExpositionCache(board, () => ({
    state: { withdrawn: withdrawn(), backfilling: status.notReady !== undefined },
    maxContributions: config.current.exposition.maxContributions,
  }));
  let processMetrics: ProcessMetrics | undefined;
  const renderSelf = (): Promise<string> =>
    self.render({
      nowMs: clock.nowMs(),
      status,
      withdrawn: withdrawn(),
      counts: board.counts(),
      incidents: countIncidents(board, clock.nowMs()),
      exposition: exposition.current(),
      features: cycle.extractor.stats,
      modelVersion: scorer.modelVersion,
      stateBytes: scorer.stateBytes,
      learned: scorer.learned,
      historyBytes: board.historyBytes,
      queuedSamples: ingest?.queuedSamples ?? 0,
      ownership,
      longestBlockSeconds: processMetrics?.takeLongestBlockSeconds() ?? 0,
    });

  const api = createApiServer({
    config: () => config.current,
    parts,
    board,
    status,
    source,
    ingest,
    scorer,
    pupil,
    pacer,
    instruments: m,
    flowModel: deps.flows?.stored,
    withdrawn,
    clock,
    log,
  });
  const stopping = new AbortController();
  const listeners: Listener[] = [];
  let loops: Promise<void> = Promise.resolve();
  let flowLoop: Promise<void> = Promise.resolve();
  let stopped: Promise<void> | undefined;

  const openPorts = async (): Promise<ExporterAddresses> => {
    const { host, scoresPort, selfPort, apiPort } = initial.listen;
    const common = { instruments: m, clock };
    const open = async (name: string, port: number, handler: Parameters<typeof listen>[0]): Promise<string> => {
      const listener = await listen(handler, { host, port, name });
      listeners.push(listener);
      return listener.url;
    };
    return {
      scores: await open(
        'scores',
        scoresPort,
        createScoresApp(common, () => exposition.current().bytes),
      ),
      self: await open(
        'self',
        selfPort,
        createSelfApp({
          ...common,
          broken: () => (status.broken ? 'the scoring loop has ended' : undefined),
          notReady: () => status.notReady,
          render: renderSelf,
        }),
      ),
      api: await open('api', apiPort, await api.open()),
    };
  };
  const stop = async (): Promise<void> => {
    status.notReady = 'stopping';
    stopping.abort();
    await loops;
    await flowLoop;
    deps.flows?.close();
    await Promise.all(listeners.map((listener) => listener.close()));
    api.close();
    processMetrics?.stop();
    await source?.close();
    await verdicts.close();
  };

  return {
    board,
    status,
    start: async () => {
      processMetrics = registerProcessMetrics(self.registry);
      const addresses = await openPorts().catch(async (error: unknown) => {
        await Promise.all(listeners.map((listener) => listener.close()));
        throw error;
      });
      m.configReloadOk.set(1);
      m.configReloadTime.set(clock.nowMs() / SECOND_MS);
      log.info(addresses, 'listening');
      flowLoop = deps.flows?.run(stopping.signal, m) ?? flowLoop;
      loops = runLoops(
        {
          source: ownSource,
          parts,
          scorer,
          createScorer,
          board,
          pipeline,
          cycle,
          ownership,
          snapshots,
          pupil,
          pacer,
          clock,
          random,
          log,
          status,
          verdicts: verdicts.sources,
          limited: verdicts.masks && { reader: verdicts.masks, stretches, held: () => scorer.heldWorkloads },
          instruments: m,
        },
        config,
        stopping.signal,
      ).catch((thrown: unknown) => {
        status.broken = true;
        log.fatal({ err: toBellwetherError(thrown) }, 'the scoring loop ended in a way that is a defect');
      });
      return addresses;
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
    reload: (result) => {
      m.cycles.inc({ loop: 'config' });
      const outcome = config.apply(result);
      m.configReloadOk.set(outcome.ok ? 1 : 0);
      if (!outcome.ok) {
        m.cycleFailures.inc({ loop: 'config', reason: 'invalid_config' });
        return;
      }
      m.configReloadTime.set(clock.nowMs() / SECOND_MS);
      m.cycleLastSuccess.set({ loop: 'config' }, clock.nowMs() / SECOND_MS);
      m.configRestartRequired.set(outcome.restartRequired.length);
    },
  };
};
