import type { VerdictReader } from '../../feedback/index.ts';
import type { Clock, LiveConfig, Logger, Random } from '../../platform/index.ts';
import type { SeriesSource } from '../../prometheus/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import type { ScoreBoard } from '../board/score-board.ts';
import type { ExporterConfig } from '../config/schema.ts';
import type { ExporterStatus } from '../exporter-status.ts';
import { fetchLimited, type LimitedNews, runFeedbackLoop } from '../feedback/feedback-loop.ts';
import type { Pupil } from '../feedback/pupil.ts';
import type { Ownership } from '../ownership.ts';
import type { ScoringParts } from '../parts.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';
import type { SnapshotStore } from '../snapshot/snapshot-store.ts';
import { adopt } from './adopt.ts';
import type { LiveCycle } from './live-cycle.ts';
import { runLiveLoop } from './live-loop.ts';
import type { Pacer } from './pacer.ts';
import type { PipelineParts } from './scoring-pipeline.ts';
import { runSnapshotLoop } from './snapshot-loop.ts';
import { warmStart } from './warm-start.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

export interface LoopDeps {
  /** Absent where samples are only pushed. */
  readonly source: SeriesSource | undefined;
  readonly parts: ScoringParts;
  readonly scorer: Scorer;
  /** One more scorer of the same options. */
  readonly createScorer: () => Scorer;
  readonly board: ScoreBoard;
  readonly pipeline: PipelineParts;
  readonly cycle: LiveCycle;
  readonly ownership: Ownership;
  readonly snapshots: SnapshotStore | undefined;
  readonly verdicts: readonly VerdictReader[];
  readonly limited: LimitedNews | undefined;
  readonly pupil: Pupil;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly status: ExporterStatus;
  readonly instruments: ExporterInstruments;
}

/** The past first, then everything that goes on for as long as the exporter lives. */
export const runLoops = async (deps: LoopDeps, config: LiveConfig<ExporterConfig>, signal: AbortSignal): Promise<void> => {
  const { source, parts, ownership, snapshots, verdicts } = deps;
  const { createExtractor } = parts;
  const initial = config.current;
  const intervalMs = initial.intervalSeconds * SECOND_MS;
  const forgetAfterMs = (): number => config.current.freshness.forgetHours * HOUR_MS;
  const past = {
    backfillMs: initial.backfill.hours * HOUR_MS,
    stepMs: initial.backfill.stepSeconds * SECOND_MS,
    sliceMs: initial.backfill.sliceHours * HOUR_MS,
    intervalMs,
  };
  // The past has limits in it, too.
  await fetchLimited(deps, new Set(), signal);
  const start = await warmStart(
    { ...deps, createExtractor },
    { ...past, snapshotLimits: () => ({ maxAgeMs: config.current.snapshot.maxAgeHours * HOUR_MS, forgetAfterMs: forgetAfterMs() }) },
    signal,
  );
  if (signal.aborted) return;
  deps.cycle.begin(start.endMs, start.extractor);
  if (!source) ownership.settle();
  await Promise.all([
    runLiveLoop(deps, { intervalMs, forgetAfterMs, restored: start.restored }, signal),
    snapshots && runSnapshotLoop({ ...deps, store: snapshots }, () => config.current.snapshot.intervalSeconds * SECOND_MS, signal),
    verdicts.length > 0 && runFeedbackLoop({ ...deps, sources: verdicts }, initial.feedback.intervalSeconds * SECOND_MS, signal),
    source && ownership.isGaining && adopt({ ...deps, source, createExtractor }, past, signal),
  ]);
};
