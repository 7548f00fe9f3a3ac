import { WORKLOAD_ALERT, type WorkloadKey, workloadId } from '../../conventions/index.ts';
import { type Clock, type Logger, toBellwetherError } from '../../platform/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import type { ScoreBoard } from '../board/score-board.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';
import type { RecentScores } from '../snapshot/snapshot-format.ts';
import type { SnapshotStore } from '../snapshot/snapshot-store.ts';

export interface SnapshotLoopDeps {
  readonly store: SnapshotStore;
  readonly scorer: Pick<Scorer, 'snapshot' | 'modelVersion'>;
  readonly board: Pick<ScoreBoard, 'points'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'error'>;
  readonly instruments: ExporterInstruments;
}

/** As far back as the alert rule looks: its window, and then the time that an alert is kept. */
const RECENT_MS = (WORKLOAD_ALERT.windowSeconds + WORKLOAD_ALERT.keepFiringForSeconds) * 1000;

/** Writes one snapshot and says how it went; never rejects. */
export const saveSnapshot = async ({ store, scorer, board, clock, log, instruments: m }: SnapshotLoopDeps): Promise<void> => {
  const loop = 'snapshot';
  m.cycles.inc({ loop });
  const startedMs = clock.monotonicMs();
  const recentOf = (key: WorkloadKey): RecentScores =>
    board
      .points(workloadId(key), clock.nowMs() - RECENT_MS, clock.nowMs())
      .filter(({ reason }) => reason === undefined)
      .map(({ timeMs, score }) => [timeMs, score]);
  try {
    m.snapshotBytes.set(await store.save(scorer, recentOf));
    m.snapshotDuration.set((clock.monotonicMs() - startedMs) / 1000);
    m.cycleLastSuccess.set({ loop }, clock.nowMs() / 1000);
  } catch (thrown) {
    const error = toBellwetherError(thrown);
    m.cycleFailures.inc({ loop, reason: error.code });
    log.error({ code: error.code, reason: error.message }, 'the snapshot was not written; the one before is kept');
  }
};

/** Writes snapshots until the signal is aborted, and a last one then: a planned restart loses nothing. */
export const runSnapshotLoop = async (deps: SnapshotLoopDeps, intervalMs: () => number, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    deps.instruments.cycleInterval.set({ loop: 'snapshot' }, intervalMs() / 1000);
    await deps.clock.sleep(intervalMs(), signal);
    await saveSnapshot(deps);
  }
};
