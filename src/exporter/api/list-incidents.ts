import { ALERT_BOUNDARY, workloadId } from '../../conventions/index.ts';
import type { FromSchema } from '../../platform/index.ts';
import { type Alarm, groupIncidents, type Incident, LINK_MS } from '../../scoring/index.ts';
import type { BoardEntry, ScoreBoard } from '../board/score-board.ts';
import type { INCIDENTS } from './schema/incidents.ts';
import { identityView, seconds } from './views.ts';

/** As far back as the page shows a workload's past. */
const WITHIN_MS = 3_600_000;

/** Stretches at or above the boundary; a point belongs to one for as long as the next one does. */
const alarmsOf = (board: Pick<ScoreBoard, 'points'>, { id, key }: BoardEntry, nowMs: number): Alarm[] => {
  const alarms: { key: BoardEntry['key']; fromMs: number; toMs: number; peak: number }[] = [];
  let running: (typeof alarms)[number] | undefined;
  for (const { timeMs, score } of board.points(id, nowMs - WITHIN_MS, nowMs)) {
    if (!(score >= ALERT_BOUNDARY)) running = undefined;
    else if (running) Object.assign(running, { toMs: timeMs, peak: Math.max(running.peak, score) });
    else {
      running = { key, fromMs: timeMs, toMs: timeMs, peak: score };
      alarms.push(running);
    }
  }
  return alarms;
};

type IncidentBoard = Pick<ScoreBoard, 'entries' | 'points' | 'peakSince'>;

const incidentsOf = (board: IncidentBoard, nowMs: number): Incident[] => {
  const loud = board.entries().filter(({ id }) => board.peakSince(id, nowMs - WITHIN_MS) >= ALERT_BOUNDARY);
  return groupIncidents(loud.flatMap((entry) => alarmsOf(board, entry, nowMs)));
};

/** Incidents that go on, and how far they reach. */
export interface IncidentCounts {
  /** By how many workloads take part: one, or several. */
  readonly one: number;
  readonly several: number;
  /** Workloads of the largest. */
  readonly largest: number;
}

/** Counts what still goes on: an alarm that ended less than `LINK_MS` ago may be taken up by the next one. */
export const countIncidents = (board: IncidentBoard, nowMs: number): IncidentCounts => {
  const sizes = incidentsOf(board, nowMs)
    .filter(({ toMs }) => toMs >= nowMs - LINK_MS)
    .map(({ alarms }) => new Set(alarms.map(({ key }) => workloadId(key))).size);
  const several = sizes.filter((size) => size > 1).length;
  return { one: sizes.length - several, several, largest: Math.max(0, ...sizes) };
};

/** What went wrong in the last hour, alarms of one cause as one; the highest first. */
export const listIncidents = (board: IncidentBoard, nowMs: number): FromSchema<typeof INCIDENTS> => {
  return {
    items: incidentsOf(board, nowMs).map(({ fromMs, toMs, peak, lead, alarms }) => ({
      fromSeconds: seconds(fromMs),
      toSeconds: seconds(toMs),
      peak,
      lead: identityView(lead.key),
      alarms: alarms.map((alarm) => ({
        workload: identityView(alarm.key),
        fromSeconds: seconds(alarm.fromMs),
        toSeconds: seconds(alarm.toMs),
        peak: alarm.peak,
      })),
    })),
  };
};
