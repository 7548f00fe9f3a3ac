import { ALERT_BOUNDARY, type Score, workloadId } from '../../conventions/index.ts';
import type { Clock, Logger } from '../../platform/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import type { ScoreBoard } from '../board/score-board.ts';
import { type ExporterStatus, troubleOf } from '../exporter-status.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';
import type { RestoreResult } from '../snapshot/snapshot-store.ts';
import type { CycleResult, LiveCycle } from './live-cycle.ts';
import { runSchedule } from './schedule.ts';

export interface LiveLoopDeps {
  readonly cycle: LiveCycle;
  readonly board: ScoreBoard;
  readonly scorer: Pick<Scorer, 'forget'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly status: ExporterStatus;
  readonly instruments: ExporterInstruments;
}

export interface LiveLoopOptions {
  readonly intervalMs: number;
  readonly forgetAfterMs: () => number;
  readonly restored: RestoreResult;
}

/** A scrape that ends at an instant is on the server a moment later; asking then sees it in this cycle instead of the next. */
const SETTLE_SHARE = 0.1;
const LONGEST_SETTLE_MS = 3_000;

/** Observes scores in the distribution, where there is one, and what verdicts did to them. */
export const observeScores =
  (m: Pick<ExporterInstruments, 'scoreDistribution' | 'easedScores' | 'raisedScores'>) =>
  (scores: readonly Score[]): void => {
    for (const { ready, value, taught } of scores) {
      if (!ready) continue;
      m.scoreDistribution.observe(value);
      if (taught && taught.rawValue >= ALERT_BOUNDARY && value < ALERT_BOUNDARY) m.easedScores.inc();
      if (taught && taught.rawValue < ALERT_BOUNDARY && value >= ALERT_BOUNDARY) m.raisedScores.inc();
    }
  };

/** Scores cycle after cycle until the signal is aborted; the first cycle runs at once. */
export const runLiveLoop = async (deps: LiveLoopDeps, options: LiveLoopOptions, signal: AbortSignal): Promise<void> => {
  const { cycle, board, clock, log, status, instruments: m } = deps;
  const loop = 'tick';
  // States that a snapshot brought back and whose workloads were never seen again would otherwise stay for ever.
  const unseen = options.restored.status === 'restored' ? options.restored.workloads.map(({ key }) => key) : [];
  const unseenUntilMs = clock.nowMs() + options.forgetAfterMs();
  m.cycleInterval.set({ loop }, options.intervalMs / 1000);

  const succeed = (result: Extract<CycleResult, { ok: true }>): void => {
    const nowMs = clock.nowMs();
    if (status.trouble) log.info('reading works again');
    status.trouble = undefined;
    status.lastSuccessMs = nowMs;
    status.cappedWorkloads = result.counts.capped;
    if (Number.isFinite(result.newestMs)) status.newestSampleMs = result.newestMs;
    m.sourceUp.set(1);
    m.sourceReadDuration.observe(result.readMs / 1000);
    m.sourceSeries.set(result.series);
    m.cycleLastSuccess.set({ loop }, nowMs / 1000);
    const { vanished, forgotten } = board.sweep(result.dataMs);
    if (vanished.length > 0) m.removedWorkloads.inc({ reason: 'vanished' }, vanished.length);
    if (forgotten.length > 0) m.removedWorkloads.inc({ reason: 'forgotten' }, forgotten.length);
    if (unseen.length > 0 && nowMs > unseenUntilMs) {
      for (const key of unseen.splice(0)) if (!board.get(workloadId(key))) deps.scorer.forget(key);
    }
  };
  const fail = ({ error }: Extract<CycleResult, { ok: false }>): void => {
    if (!status.trouble)
      log.warn({ code: error.code, reason: error.message }, 'a scoring cycle failed; the last scores stay until they are too old');
    status.trouble = troubleOf(error, clock.nowMs());
    m.cycleFailures.inc({ loop, reason: error.code });
    if (error.code === 'internal') log.error({ err: error }, 'a scoring cycle failed in a way that is a defect');
    else m.sourceUp.set(0);
  };
  const run = async (): Promise<void> => {
    m.cycles.inc({ loop });
    const startedMs = clock.monotonicMs();
    const result = await cycle.run(signal);
    if (signal.aborted) return;
    if (cycle.takeClockSetBack()) board.clearHistory(clock.nowMs());
    m.scoreDuration.observe((clock.monotonicMs() - startedMs) / 1000);
    if (result.ok) succeed(result);
    else fail(result);
  };

  await run();
  status.notReady = undefined;
  const offsetMs = Math.min(LONGEST_SETTLE_MS, options.intervalMs * SETTLE_SHARE);
  const schedule = { intervalMs: options.intervalMs, offsetMs, onSkipped: (count: number) => m.cyclesSkipped.inc({ loop }, count) };
  await runSchedule(clock, schedule, run, signal);
};
