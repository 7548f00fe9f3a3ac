import { type AlertRuleOptions, replayAlertRule } from '../../scoring/index.ts';
import type { EntityEvaluation } from './entity-evaluation.ts';
import { quantile } from './quantile.ts';
import type { ScoreColumns } from './score-columns.ts';

/** What people get: alerts, not samples. */
export interface RuleFigures {
  readonly events: number;
  /** Events during which the alert fires. */
  readonly detected: number;
  readonly eventRecall: number | undefined;
  /** Events during which an alert begins: one that already fires for something else says nothing new. */
  readonly announced: number;
  readonly announcedRecall: number | undefined;
  /** Alerts that begin in the evaluated span; one alert = one uninterrupted firing. */
  readonly alerts: number;
  /** Alerts that touch no event and no margin after one. */
  readonly falseAlerts: number;
  readonly falseAlertsPerEntityDay: number | undefined;
  readonly alertPrecision: number | undefined;
  /** From an event's start to the first moment the alert fires in it. */
  readonly delayMedianSeconds: number | undefined;
  readonly delayP90Seconds: number | undefined;
}

/** Replays an alert rule over the whole history of each entity, since an alert may reach out of the training span, and compares its firings with the events. */
export const judgeRule = (entities: readonly EntityEvaluation[], rule: AlertRuleOptions): RuleFigures => {
  const totals = { events: 0, detected: 0, announced: 0, alerts: 0, falseAlerts: 0, days: 0 };
  const delays: number[] = [];
  for (const entity of entities) {
    const alerts = firings(entity.history, rule);
    const judged = alerts.filter(({ from }) => entity.judges(from));
    totals.events += entity.events.length;
    totals.days += entity.days;
    totals.alerts += judged.length;
    totals.falseAlerts += judged.filter(
      (alert) => !entity.events.some(({ from, to }) => alert.from < to + entity.margin && alert.to >= from),
    ).length;
    for (const { from, to } of entity.events) {
      const first = alerts.find((alert) => alert.from < to && alert.to >= from);
      if (!first) continue;
      totals.detected++;
      delays.push(Math.max(0, first.from - from));
      if (alerts.some((alert) => alert.from >= from && alert.from < to)) totals.announced++;
    }
  }
  const share = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined);
  return {
    events: totals.events,
    detected: totals.detected,
    eventRecall: share(totals.detected, totals.events),
    announced: totals.announced,
    announcedRecall: share(totals.announced, totals.events),
    alerts: totals.alerts,
    falseAlerts: totals.falseAlerts,
    falseAlertsPerEntityDay: share(totals.falseAlerts, totals.days),
    alertPrecision: share(totals.alerts - totals.falseAlerts, totals.alerts),
    delayMedianSeconds: quantile(delays, 0.5),
    delayP90Seconds: quantile(delays, 0.9),
  };
};

/** Unix seconds; a firing holds both its ends. */
const firings = ({ times, scores, ready }: ScoreColumns, rule: AlertRuleOptions): { from: number; to: number }[] => {
  const samples = Array.from(times, (time, i) => ({ timeMs: time * 1000, value: ready[i] ? scores[i]! : Number.NaN }));
  return replayAlertRule(samples, rule).map(({ fromMs, toMs }) => ({ from: fromMs / 1000, to: toMs / 1000 }));
};
