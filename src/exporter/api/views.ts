import { type Contributor, type WorkloadKey, workloadLabels, workloadSlug } from '../../conventions/index.ts';
import type { FromSchema } from '../../platform/index.ts';
import type { Explanation } from './explanation.ts';
import type { EXPLANATION } from './schema/explanation.ts';
import type { CONTRIBUTOR, WORKLOAD_IDENTITY } from './schema/shared.ts';

/** JSON has no NaN: what is not known is null. */
export const orNull = (value: number | undefined): number | null => (value === undefined || !Number.isFinite(value) ? null : value);
export const seconds = (ms: number): number => ms / 1000;
export const secondsOrNull = (ms: number | undefined): number | null => orNull(ms === undefined ? undefined : seconds(ms));

export const identityView = (key: WorkloadKey): FromSchema<typeof WORKLOAD_IDENTITY> => ({
  id: workloadSlug(key),
  namespace: key.namespace,
  workload: key.workload,
  workloadKind: key.workloadKind,
  labels: { ...workloadLabels(key) },
});

export const contributorView = ({ observed, expected, lower, upper, ...rest }: Contributor): FromSchema<typeof CONTRIBUTOR> => ({
  ...rest,
  observed: orNull(observed),
  expected: orNull(expected),
  lower: orNull(lower),
  upper: orNull(upper),
});

/** An explanation as the API gives it; the histories only where they were asked for. */
export const explanationView = (one: Explanation, withSeries: boolean): FromSchema<typeof EXPLANATION> => ({
  workload: identityView(one.key),
  timeSeconds: seconds(one.timeMs),
  scoredSeconds: secondsOrNull(one.scoredMs),
  source: one.source,
  score: orNull(one.score),
  ready: one.ready,
  reason: one.reason ?? null,
  threshold: one.threshold,
  margin: orNull(one.margin),
  detector: one.detector ?? null,
  damped: one.damped,
  overload: one.overload
    ? { ...one.overload, probabilities: { ...one.overload.probabilities }, reasons: one.overload.reasons.map((reason) => ({ ...reason })) }
    : null,
  modelVersion: one.modelVersion,
  contributors: one.contributors.map(contributorView),
  window: {
    fromSeconds: seconds(one.window.fromMs),
    toSeconds: seconds(one.window.toMs),
    stepSeconds: seconds(one.window.stepMs),
    samples: one.window.samples,
  },
  ...(withSeries
    ? {
        history: one.history.map(({ timeMs, score }) => [seconds(timeMs), orNull(score)]),
        metrics: one.metrics.map(({ metric, unit, points, bands }) => ({
          metric,
          unit,
          observed: points.map(([timeMs, value]) => [seconds(timeMs), orNull(value)]),
          bands: bands.map(({ timeMs, lower, expected, upper }) => [seconds(timeMs), orNull(lower), orNull(expected), orNull(upper)]),
        })),
      }
    : {}),
  rule: {
    name: one.rule.name,
    expr: one.rule.expr,
    firing: one.rule.firing,
    spans: one.rule.spans.map(({ fromMs, toMs }) => ({ fromSeconds: seconds(fromMs), toSeconds: seconds(toMs) })),
    peak: one.rule.peak ? { timeSeconds: seconds(one.rule.peak.timeMs), score: one.rule.peak.score } : null,
    why: one.rule.why,
  },
});
