import type { Queryable } from '../../platform/index.ts';

const DAY_MS = 86_400_000;

/** What the weekly dashboard shows; ratios are NaN without a denominator. */
export interface LoopFigures {
  readonly firing: number;
  readonly resolved: number;
  readonly unjudged: number;
  readonly precision: number;
  readonly repeats: number;
  readonly medianDelaySeconds: number;
}

/** Judged alerts of a week are hundreds; this bounds what a flood of them costs. */
const MOST_JUDGED = 5_000;

const median = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : ([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN);

/** Counts for the metrics of the feedback loop. */
export const readFigures = async (tx: Queryable, nowMs: number): Promise<LoopFigures> => {
  const weekMs = nowMs - 7 * DAY_MS;
  const [all] = await tx.all('SELECT COUNT(*) AS count FROM alerts');
  const [open] = await tx.all("SELECT COUNT(*) AS count FROM alerts WHERE status = 'firing'");
  const firing = Number(open?.count);
  const [unjudged] = await tx.all("SELECT COUNT(*) AS count FROM alerts WHERE verdict IS NULL AND starts_ms >= ? AND workload <> ''", [
    weekMs,
  ]);
  const judged = await tx.all(
    'SELECT verdict, starts_ms, judged_ms FROM alerts WHERE verdict IS NOT NULL AND starts_ms >= ? ORDER BY starts_ms DESC LIMIT ?',
    [weekMs, MOST_JUDGED],
  );
  const confirmed = judged.filter(({ verdict }) => verdict === 'confirmed').length;
  const [falseAlarms] = await tx.all(
    `SELECT COUNT(*) AS count, COUNT(CASE WHEN EXISTS (
        SELECT 1 FROM alerts b WHERE b.namespace = a.namespace AND b.workload = a.workload AND b.alertname = a.alertname
        AND b.starts_ms > a.judged_ms AND b.starts_ms <= a.judged_ms + ?
      ) THEN 1 END) AS repeated FROM alerts a WHERE a.verdict = 'false_alarm' AND a.starts_ms >= ?`,
    [7 * DAY_MS, nowMs - 30 * DAY_MS],
  );
  return {
    firing,
    resolved: Number(all?.count) - firing,
    unjudged: Number(unjudged?.count),
    precision: judged.length === 0 ? Number.NaN : confirmed / judged.length,
    repeats: Number(falseAlarms?.count) === 0 ? Number.NaN : Number(falseAlarms?.repeated) / Number(falseAlarms?.count),
    medianDelaySeconds: median(judged.map((row) => (Number(row.judged_ms) - Number(row.starts_ms)) / 1000)),
  };
};
