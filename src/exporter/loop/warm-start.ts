import { workloadId } from '../../conventions/index.ts';
import type { FeatureExtractor, PaceOptions } from '../../features/index.ts';
import { type Clock, type Logger, type Random, toBellwetherError } from '../../platform/index.ts';
import type { SeriesSource } from '../../prometheus/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import type { ScoreBoard } from '../board/score-board.ts';
import { type ExporterStatus, troubleOf } from '../exporter-status.ts';
import type { Ownership } from '../ownership.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';
import type { RestoreResult, SnapshotLimits, SnapshotStore } from '../snapshot/snapshot-store.ts';
import { runBackfill } from './backfill.ts';
import type { Pacer } from './pacer.ts';
import type { PipelineParts } from './scoring-pipeline.ts';

export interface WarmStartDeps {
  readonly source: SeriesSource | undefined;
  readonly createExtractor: (pace: PaceOptions) => FeatureExtractor;
  readonly scorer: Scorer;
  readonly board: Pick<ScoreBoard, 'restore'>;
  readonly pipeline: PipelineParts;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly status: ExporterStatus;
  readonly instruments: ExporterInstruments;
  readonly snapshots: SnapshotStore | undefined;
  readonly ownership: Pick<Ownership, 'scores' | 'resume'>;
}

export interface WarmStartOptions {
  readonly backfillMs: number;
  readonly stepMs: number;
  readonly sliceMs: number;
  readonly intervalMs: number;
  readonly snapshotLimits: () => SnapshotLimits;
}

/** Where the past ends and the live cycles begin. */
export interface WarmStart {
  readonly endMs: number;
  /** The back-fill's own, where it went at the pace of the live cycles. */
  readonly extractor?: FeatureExtractor;
  readonly restored: RestoreResult;
}

/** Read before the gap that a snapshot leaves: rates, owners and limits are known at its first instant, and states written a little earlier are covered. */
const PRIME_MS = 300_000;
/** A gap of at most as many cycles is replayed at the pace of the cycles, as if there had been no restart. */
const LIVE_PACE_INSTANTS = 1440;

const toFloor = (ms: number, stepMs: number): number => Math.floor(ms / stepMs) * stepMs;

/** Brings back what was learned: the snapshot first, then the past that it does not cover, from Prometheus. */
export const warmStart = async (deps: WarmStartDeps, options: WarmStartOptions, signal: AbortSignal): Promise<WarmStart> => {
  const { clock, status, instruments: m, log } = deps;

  const restore = async (): Promise<RestoreResult> => {
    if (!deps.snapshots) return { status: 'absent' };
    status.notReady = 'restoring_snapshot';
    const result = await deps.snapshots.restore(deps.scorer, options.snapshotLimits());
    if (result.status === 'refused') m.snapshotRefused.inc({ reason: result.reason });
    if (result.status === 'restored') {
      deps.ownership.resume(result.place);
      m.snapshotRestored.set(result.workloads.length);
      deps.board.restore(result.workloads, deps.scorer.modelVersion);
      log.info(
        { workloads: result.workloads.length, ageSeconds: Math.round((clock.nowMs() - result.createdMs) / 1000) },
        'snapshot restored',
      );
    }
    return result;
  };

  const restored = await restore();
  const nowMs = clock.nowMs();
  const knownMs = restored.status === 'restored' ? restored.knownMs : new Map<string, number>();
  const oldestMs = nowMs - options.backfillMs;
  // By the newest frame in it, not by when it was written: Prometheus may have been away for long before.
  const newestKnownMs = [...knownMs.values()].reduce((newest, timeMs) => Math.max(newest, timeMs), Number.NEGATIVE_INFINITY);
  const gapFromMs = Math.max(oldestMs, Math.min(nowMs, newestKnownMs) - PRIME_MS);
  const atLivePace = knownMs.size > 0 && (nowMs - gapFromMs) / options.intervalMs <= LIVE_PACE_INSTANTS;
  const stepMs = atLivePace ? options.intervalMs : options.stepMs;
  const fromMs = toFloor(gapFromMs, stepMs);
  const backfill = {
    fromMs,
    toMs: nowMs,
    doneMs: fromMs,
    startedMs: nowMs,
    endedMs: undefined as number | undefined,
    outcome: 'running' as 'running' | 'complete' | 'abandoned' | 'disabled',
    lastError: undefined as string | undefined,
  };
  status.backfill = backfill;
  if (!deps.source || options.backfillMs === 0) {
    backfill.outcome = 'disabled';
    backfill.endedMs = nowMs;
    return { endMs: nowMs, restored };
  }

  status.notReady = 'backfill_running';
  const extractor = deps.createExtractor({ pace: 'grid', stepMs });
  m.cycles.inc({ loop: 'backfill' });
  const outcome = await runBackfill(
    {
      ...deps,
      source: deps.source,
      extractor,
      pipeline: {
        ...deps.pipeline,
        isNews: ({ key, timeMs }) => deps.ownership.scores(key) && timeMs > (knownMs.get(workloadId(key)) ?? Number.NEGATIVE_INFINITY),
      },
      onProgress: (doneMs) => {
        backfill.doneMs = doneMs;
        status.notReady = 'backfill_running';
        status.trouble = undefined;
      },
      onError: (error) => {
        backfill.lastError = error.message;
        status.notReady = 'backfill_waiting';
        status.trouble = troubleOf(error, clock.nowMs());
        m.cycleFailures.inc({ loop: 'backfill', reason: error.code });
      },
    },
    { fromMs, toMs: nowMs, sliceMs: options.sliceMs },
    signal,
  ).catch((thrown: unknown) => {
    log.error({ err: toBellwetherError(thrown) }, 'the back-fill failed in a way that is a defect; starting without it');
    return 'abandoned' as const;
  });
  backfill.endedMs = clock.nowMs();
  backfill.outcome = outcome === 'complete' ? 'complete' : 'abandoned';
  if (outcome === 'complete') m.cycleLastSuccess.set({ loop: 'backfill' }, backfill.endedMs / 1000);
  log.info({ outcome, seconds: (backfill.endedMs - nowMs) / 1000, hours: (nowMs - fromMs) / 3_600_000 }, 'back-fill ended');
  return { endMs: outcome === 'complete' ? nowMs : backfill.doneMs, restored, ...(stepMs === options.intervalMs ? { extractor } : {}) };
};
