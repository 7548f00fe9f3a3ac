import {
  ALERT_BOUNDARY,
  type Contributor,
  type NotReadyReason,
  type OverloadVerdict,
  type Score,
  type WorkloadKey,
} from '../../conventions/index.ts';
import type { HistoryPoint, ValueSeries } from '../board/score-history.ts';
import { type RuleVerdict, ruleVerdict } from './rule-verdict.ts';

/** What is known of a workload around an instant, out of memory or out of a replay. */
export interface Evidence {
  readonly key: WorkloadKey;
  readonly source: 'memory' | 'replay';
  /** In rising time. */
  readonly points: readonly HistoryPoint[];
  /** Scores that carry their contributors, in rising time. */
  readonly scores: readonly Score[];
  readonly values: (fromMs: number, toMs: number) => readonly ValueSeries[];
  readonly modelVersion: string;
  readonly stepMs: number;
  /** Nothing can be known after this. */
  readonly nowMs: number;
}

/** The band of one metric as it was at the instants whose scores were explained. */
export interface MetricHistory extends ValueSeries {
  readonly bands: readonly { readonly timeMs: number; readonly lower: number; readonly expected: number; readonly upper: number }[];
}

/** Why a workload has, or had, its score. */
export interface Explanation {
  readonly key: WorkloadKey;
  /** The instant asked for. */
  readonly timeMs: number;
  /** The instant of the score that was in force then. */
  readonly scoredMs: number | undefined;
  readonly source: Evidence['source'];
  readonly score: number | undefined;
  readonly ready: boolean;
  readonly reason: NotReadyReason | undefined;
  readonly threshold: number;
  readonly margin: number | undefined;
  readonly detector: string | undefined;
  readonly damped: boolean;
  /** Of an alarm, where something is overloaded. */
  readonly overload: OverloadVerdict | undefined;
  readonly modelVersion: string;
  readonly contributors: readonly Contributor[];
  /** The stretch of the past that is shown. */
  readonly window: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number; readonly samples: number };
  readonly history: readonly HistoryPoint[];
  readonly metrics: readonly MetricHistory[];
  readonly rule: RuleVerdict;
}

/** Shown before and after the instant. After it, too: how it went on is part of why. */
export const CONTEXT_BEFORE_MS = 3_600_000;
export const CONTEXT_AFTER_MS = 900_000;
/** A past that has only begun is not drawn as a dot at the edge of an hour. */
const LEAST_BEFORE_MS = 600_000;
/** Prometheus itself takes no older sample for the value at an instant. */
const LOOKBACK_MS = 300_000;
const MOST_METRICS = 12;

const isAt = (timeMs: number) => (score: Score) => score.timeMs === timeMs;

const bandsOf = (scores: readonly Score[], metric: string): MetricHistory['bands'] =>
  scores.flatMap(({ timeMs, contributors }) => {
    const found = contributors.find((one) => one.metric === metric);
    return found ? [{ timeMs, lower: found.lower, expected: found.expected, upper: found.upper }] : [];
  });

/** Contributors first, in their order; then the rest of what is known. */
const orderMetrics = (series: readonly ValueSeries[], contributors: readonly Contributor[]): readonly ValueSeries[] => {
  const rank = (metric: string): number => {
    const index = contributors.findIndex((one) => one.metric === metric);
    return index < 0 ? contributors.length : index;
  };
  return series.toSorted((a, b) => rank(a.metric) - rank(b.metric)).slice(0, MOST_METRICS);
};

export const explain = (evidence: Evidence, timeMs: number): Explanation => {
  const { points, scores } = evidence;
  const inForce = points.findLast((point) => point.timeMs <= timeMs && timeMs - point.timeMs < LOOKBACK_MS);
  const detail = inForce && scores.findLast(isAt(inForce.timeMs));
  const contributors = detail?.contributors ?? [];
  const oldestMs = points[0]?.timeMs ?? timeMs;
  const fromMs = Math.max(timeMs - CONTEXT_BEFORE_MS, Math.min(oldestMs, timeMs - LEAST_BEFORE_MS));
  const toMs = Math.max(timeMs, Math.min(timeMs + CONTEXT_AFTER_MS, evidence.nowMs));
  const shown = points.filter((point) => point.timeMs >= fromMs && point.timeMs <= toMs);
  const near = scores.filter((score) => score.timeMs >= fromMs && score.timeMs <= toMs);
  const ready = inForce !== undefined && inForce.reason === undefined;
  return {
    key: evidence.key,
    timeMs,
    scoredMs: inForce?.timeMs,
    source: evidence.source,
    score: ready ? inForce.score : undefined,
    ready,
    reason: ready ? undefined : (inForce?.reason ?? 'no_data'),
    threshold: ALERT_BOUNDARY,
    margin: detail?.margin,
    detector: detail?.detector,
    damped: detail?.damped ?? false,
    overload: detail?.overload,
    modelVersion: detail?.modelVersion ?? evidence.modelVersion,
    contributors,
    window: { fromMs, toMs, stepMs: evidence.stepMs, samples: shown.length },
    history: shown,
    metrics: orderMetrics(evidence.values(fromMs, toMs), contributors).map((series) => ({
      ...series,
      bands: bandsOf(near, series.metric),
    })),
    rule: ruleVerdict(points, timeMs),
  };
};
