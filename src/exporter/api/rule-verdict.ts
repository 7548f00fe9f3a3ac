import { WORKLOAD_ALERT, workloadAlertExpr } from '../../conventions/index.ts';
import { formatTime } from '../../platform/index.ts';
import { replayAlertRule } from '../../scoring/index.ts';
import type { HistoryPoint } from '../board/score-history.ts';

/** The shipped rule replayed over a workload's scores: would it have fired at an instant, from when to when, and why (not). */
export interface RuleVerdict {
  readonly name: string;
  readonly expr: string;
  readonly firing: boolean;
  /** All spans of firing within the scores that were looked at. */
  readonly spans: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Highest score of the rule's window before the instant. */
  readonly peak: { readonly timeMs: number; readonly score: number } | undefined;
  /** One sentence for people. */
  readonly why: string;
}

const { name, windowSeconds, threshold, keepFiringForSeconds } = WORKLOAD_ALERT;
const WINDOW = `${windowSeconds / 60} min`;
const KEPT = `${keepFiringForSeconds / 60} min`;

/** Below the boundary a score is never shown as the boundary. */
export const formatScore = (score: number): string => {
  const text = score.toFixed(2);
  return score < threshold && Number(text) >= threshold ? '0.99' : text;
};

const highest = (points: readonly HistoryPoint[]): RuleVerdict['peak'] => {
  let peak: RuleVerdict['peak'];
  for (const { timeMs, score } of points) if (!Number.isNaN(score) && (!peak || score > peak.score)) peak = { timeMs, score };
  return peak;
};

const reasonsOf = (points: readonly HistoryPoint[]): string => {
  const reasons = [...new Set(points.map(({ reason }) => reason).filter((reason) => reason !== undefined))];
  return reasons.length > 0 ? reasons.join(', ') : 'no data';
};

/** Points in rising time, reaching back at least a window and the time an alert is kept before `timeMs`. */
export const ruleVerdict = (points: readonly HistoryPoint[], timeMs: number): RuleVerdict => {
  const samples = points.map((point) => ({ timeMs: point.timeMs, value: point.score }));
  // The rule is evaluated at the instant itself, too, whether or not a score came then.
  const asked = { timeMs, value: Number.NaN };
  const at = samples.findIndex((sample) => sample.timeMs >= timeMs);
  const evaluated = at < 0 ? [...samples, asked] : samples[at]?.timeMs === timeMs ? samples : samples.toSpliced(at, 0, asked);
  const spans = replayAlertRule(evaluated);
  const span = spans.find(({ fromMs, toMs }) => fromMs <= timeMs && timeMs <= toMs);
  // A range selector leaves its left end out.
  const window = points.filter((point) => point.timeMs > timeMs - windowSeconds * 1000 && point.timeMs <= timeMs);
  const peak = highest(window);
  const why = (): string => {
    if (span && peak && peak.score >= threshold) {
      return `Fires since ${formatTime(span.fromMs)}: the score reached ${formatScore(peak.score)} at ${formatTime(peak.timeMs)}, at or above ${threshold}.`;
    }
    if (span)
      return `Still fires, since ${formatTime(span.fromMs)}: the score is back below ${threshold}, but the alert is kept for ${KEPT}.`;
    if (!peak) return `Does not fire: there was no score in the last ${WINDOW} (${reasonsOf(window)}).`;
    return `Does not fire: the highest score of the last ${WINDOW} was ${formatScore(peak.score)} at ${formatTime(peak.timeMs)}, below ${threshold}.`;
  };
  return { name, expr: workloadAlertExpr(), firing: span !== undefined, spans, peak, why: why() };
};
