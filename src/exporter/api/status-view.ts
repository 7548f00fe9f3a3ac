import type { FromSchema } from '../../platform/index.ts';
import type { Rung } from '../../prometheus/index.ts';
import type { BoardCounts } from '../board/score-board.ts';
import type { ExporterStatus } from '../exporter-status.ts';
import type { STATUS } from './schema/workloads.ts';
import { seconds, secondsOrNull } from './views.ts';

export type StatusView = FromSchema<typeof STATUS>;

export interface StatusInputs {
  readonly version: string;
  readonly modelVersion: string;
  readonly nowMs: number;
  readonly status: ExporterStatus;
  readonly progress: number;
  readonly withdrawn: boolean;
  readonly counts: BoardCounts;
  readonly rung: Rung | undefined;
}

/** Where the exporter stands, as the API and the page give it. */
export const statusView = ({ version, modelVersion, nowMs, status, progress, withdrawn, counts, rung }: StatusInputs): StatusView => {
  const { backfill, trouble, newestSampleMs } = status;
  return {
    ready: status.notReady === undefined,
    reason: status.notReady ?? null,
    version,
    modelVersion,
    startedSeconds: seconds(status.startedMs),
    withdrawn,
    lastSuccessSeconds: secondsOrNull(status.lastSuccessMs),
    dataAgeSeconds: newestSampleMs === undefined ? null : Math.max(0, seconds(nowMs - newestSampleMs)),
    workloads: { ...counts, capped: status.cappedWorkloads },
    backfill: {
      outcome: backfill?.outcome ?? 'pending',
      progress,
      fromSeconds: secondsOrNull(backfill?.fromMs),
      toSeconds: secondsOrNull(backfill?.toMs),
      error: backfill?.lastError ?? null,
    },
    source: { up: trouble === undefined, rung: rung ?? null, code: trouble?.code ?? null, error: trouble?.message ?? null },
  };
};
