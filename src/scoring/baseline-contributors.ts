import type { Contributor } from '../conventions/index.ts';
import { orderCauses } from './explanation.ts';
import { SLOT } from './metric-slots.ts';
import { RESIDUALS } from './residuals.ts';
import { type FrameAnalysis, histogramAt, histogramMass } from './streaming-baseline.ts';
import { sizeAtSurprise } from './surprise.ts';
import { metricSlot, type WorkloadState } from './workload-state.ts';

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/** A metric's surprise, counting a plateau for what it adds up to. */
const weightOf = (state: WorkloadState, a: FrameAnalysis, metric: number): number => {
  const u = a.surprise[metric]!;
  if (Number.isNaN(u)) return 0;
  return metric === a.plateauMetric
    ? Math.max(u, a.total, Math.abs(state.doubles[metricSlot(state, metric) + SLOT.plateau]!))
    : Math.max(0, u);
};

/** The metrics behind a baseline score, most surprising first, each with the band inside which it would have stayed below the bar. */
export const baselineContributors = (state: WorkloadState, a: FrameAnalysis, most: number): Contributor[] => {
  const weights = new Float64Array(a.metrics);
  for (let metric = 0; metric < a.metrics; metric++) weights[metric] = weightOf(state, a, metric);
  orderCauses(state.metrics, weights);
  const ranked: { metric: number; weight: number }[] = [];
  let total = 0;
  for (let metric = 0; metric < a.metrics; metric++) {
    const weight = weights[metric]!;
    total += weight;
    if (weight > 0) ranked.push({ metric, weight });
  }
  ranked.sort((p, q) => q.weight - p.weight);
  return ranked.slice(0, most).map(({ metric, weight }) => contributorOf(state, a, metric, weight / total));
};

const contributorOf = (state: WorkloadState, a: FrameAnalysis, metric: number, contribution: number): Contributor => {
  const definition = state.metrics[metric]!;
  const plateau = metric === a.plateauMetric;
  const residual = plateau ? 0 : a.residualOf[metric]!;
  const r = a.residuals[metric]!;
  const expected = r.expected[residual]!;
  const size = sizeAtSurprise(state.floats, histogramAt(state, metric, residual), histogramMass(state, metric, residual), a.bar);
  const reach = size * r.scale[residual]!;
  return {
    metric: definition.name,
    contribution,
    observed: a.values[metric]!,
    expected: clamp(expected, definition.min, definition.max),
    lower: clamp(expected - reach, definition.min, definition.max),
    upper: clamp(expected + reach, definition.min, definition.max),
    unit: definition.unit,
    detector: plateau ? 'plateau' : RESIDUALS[residual]!,
  };
};
