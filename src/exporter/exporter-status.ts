import type { BellwetherError, Clock } from '../platform/index.ts';

/** Where the exporter stands, in words that end up in metrics, answers and the page. */
export type NotReady = 'starting' | 'restoring_snapshot' | 'backfill_running' | 'backfill_waiting' | 'stopping';

export interface BackfillState {
  readonly fromMs: number;
  readonly toMs: number;
  doneMs: number;
  readonly startedMs: number;
  endedMs: number | undefined;
  outcome: 'running' | 'complete' | 'abandoned' | 'disabled';
  lastError: string | undefined;
}

/** The last thing that went wrong with reading. */
export interface SourceTrouble {
  readonly code: string;
  readonly message: string;
  readonly atMs: number;
}

/** What the loop tells about itself; one writer, many readers. */
export interface ExporterStatus {
  /** Undefined once ready. */
  notReady: NotReady | undefined;
  backfill: BackfillState | undefined;
  /** Wall time of the last cycle that succeeded. */
  lastSuccessMs: number | undefined;
  /** Time of the newest sample. */
  newestSampleMs: number | undefined;
  /** Set while the last read failed. */
  trouble: SourceTrouble | undefined;
  cappedWorkloads: number;
  /** A defect ended the loop: the process has to be started anew. */
  broken: boolean;
  readonly startedMs: number;
}

export const createExporterStatus = (clock: Pick<Clock, 'nowMs'>): ExporterStatus => ({
  notReady: 'starting',
  backfill: undefined,
  lastSuccessMs: undefined,
  newestSampleMs: undefined,
  trouble: undefined,
  cappedWorkloads: 0,
  broken: false,
  startedMs: clock.nowMs(),
});

export const troubleOf = ({ code, message }: BellwetherError, atMs: number): SourceTrouble => ({ code, message, atMs });

/** Share of the back-fill that is done; 1 where there is none. */
export const backfillProgress = ({ backfill, notReady }: ExporterStatus): number => {
  if (!backfill) return notReady === undefined ? 1 : 0;
  if (backfill.endedMs !== undefined || backfill.toMs <= backfill.fromMs) return 1;
  return Math.min(1, Math.max(0, (backfill.doneMs - backfill.fromMs) / (backfill.toMs - backfill.fromMs)));
};

/** Whether scores are too old to be shown: more than `missedCycles` cycles have gone by without a success. */
export const isWithdrawn = (
  { notReady, lastSuccessMs, startedMs }: ExporterStatus,
  nowMs: number,
  { missedCycles, intervalMs }: { readonly missedCycles: number; readonly intervalMs: number },
): boolean => notReady === undefined && nowMs - (lastSuccessMs ?? startedMs) > missedCycles * intervalMs;
