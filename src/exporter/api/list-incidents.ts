import { ALERT_BOUNDARY } from '../../conventions/index.ts';
import type { FromSchema } from '../../platform/index.ts';
import { type Alarm, groupIncidents } from '../../scoring/index.ts';
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

/** What went wrong in the last hour, alarms of one cause as one; the highest first. */
export const listIncidents = (board: Pick<ScoreBoard, 'entries' | 'points' | 'peakSince'>, nowMs: number): FromSchema<typeof INCIDENTS> => {
  const loud = board.entries().filter(({ id }) => board.peakSince(id, nowMs - WITHIN_MS) >= ALERT_BOUNDARY);
  const incidents = groupIncidents(loud.flatMap((entry) => alarmsOf(board, entry, nowMs)));
  return {
    items: incidents.map(({ fromMs, toMs, peak, lead, alarms }) => ({
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
