import { ALERT_BOUNDARY, WORKLOAD_ALERT, workloadLabels } from '../../conventions/index.ts';
import type { FromSchema } from '../../platform/index.ts';
import type { BoardEntry, ScoreBoard } from '../board/score-board.ts';
import { topContributions } from '../exposition/score-exposition.ts';
import type { WORKLOAD, WORKLOAD_PAGE, WORKLOAD_QUERY } from './schema/workloads.ts';
import { identityView, orNull, seconds } from './views.ts';

export type WorkloadQuery = FromSchema<typeof WORKLOAD_QUERY>;
export type WorkloadView = FromSchema<typeof WORKLOAD>;
export type WorkloadPage = FromSchema<typeof WORKLOAD_PAGE>;

/** The rule fires now exactly if a score this recent was at or above the boundary: its window, and then the time it is kept. */
export const ALERT_MEMORY_MS = (WORKLOAD_ALERT.windowSeconds + WORKLOAD_ALERT.keepFiringForSeconds) * 1000;

interface Row {
  readonly entry: BoardEntry;
  readonly score: number;
  readonly peak: number;
  readonly name: string;
}

const rowOf =
  (board: Pick<ScoreBoard, 'peakSince'>, nowMs: number) =>
  (entry: BoardEntry): Row => ({
    entry,
    score: entry.score.ready ? entry.score.value : Number.NaN,
    peak: board.peakSince(entry.id, nowMs - ALERT_MEMORY_MS),
    name: Object.values(workloadLabels(entry.key)).join(' '),
  });

const IN_STATE: Readonly<Record<NonNullable<WorkloadQuery['state']>, (row: Row) => boolean>> = {
  anomalous: ({ score }) => score >= ALERT_BOUNDARY,
  alerting: ({ peak }) => peak >= ALERT_BOUNDARY,
  ready: ({ score }) => !Number.isNaN(score),
  not_ready: ({ score }) => Number.isNaN(score),
};

const matches =
  ({ namespace, kind, q, state, minScore }: WorkloadQuery) =>
  (row: Row): boolean => {
    const { key } = row.entry;
    if (namespace !== undefined && key.namespace !== namespace) return false;
    if (kind !== undefined && key.workloadKind !== kind) return false;
    if (q !== undefined && !row.name.toLowerCase().includes(q.toLowerCase())) return false;
    if (minScore !== undefined && !(row.score >= minScore)) return false;
    return state === undefined || IN_STATE[state](row);
  };

/** What is not known comes last in either direction. */
const compareNumbers = (a: number, b: number, sign: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return sign * (a - b);
};

const comparison = ({ sort, order }: WorkloadQuery) => {
  const sign = (order ?? (sort === 'name' ? 'asc' : 'desc')) === 'asc' ? 1 : -1;
  const byName = (a: Row, b: Row): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const first = (a: Row, b: Row): number => {
    if (sort === 'name') return sign * byName(a, b);
    if (sort === 'time') return compareNumbers(a.entry.newestMs, b.entry.newestMs, sign);
    return sort === 'peak' ? compareNumbers(a.peak, b.peak, sign) : compareNumbers(a.score, b.score, sign);
  };
  return (a: Row, b: Row): number => first(a, b) || byName(a, b);
};

const viewOf = ({ entry, score, peak }: Row): WorkloadView => ({
  ...identityView(entry.key),
  score: orNull(score),
  ready: entry.score.ready,
  reason: entry.score.ready ? null : (entry.score.reason ?? 'no_data'),
  alerting: peak >= ALERT_BOUNDARY,
  peak: orNull(peak),
  timeSeconds: seconds(entry.newestMs),
  replicas: entry.replicas,
  damped: entry.score.damped,
  topMetrics: topContributions(entry.score.contributors).map(([metric]) => metric),
});

/** Filters, sorts and pages the workloads of the board. */
export const listWorkloads = (board: Pick<ScoreBoard, 'entries' | 'peakSince'>, query: WorkloadQuery, nowMs: number): WorkloadPage => {
  const { limit, offset } = query;
  const rows = board.entries().map(rowOf(board, nowMs)).filter(matches(query)).sort(comparison(query));
  const end = offset + limit;
  return { total: rows.length, offset, limit, nextOffset: end < rows.length ? end : null, items: rows.slice(offset, end).map(viewOf) };
};
