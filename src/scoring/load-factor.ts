import type { MetricResiduals } from './residuals.ts';
import type { ScoredMetric } from './workload-state.ts';

/** Fewer witnesses cannot tell load from a single metric gone astray. */
const LEAST_WITNESSES = 2;
/** More than this is not explained by load: it is the finding. */
const MOST_EXPLAINED = 4;

const ratios = new Float64Array(64);

/**
 * The factor by which nearly all traffic metrics left their expected values together: the lower quartile of their ratios when they rose, the upper when
 * they fell, so that one or two metrics gone astray (exfiltration, a scan) explain nothing. 1 = no shared change, or too few witnesses.
 */
export const loadFactor = (metrics: readonly ScoredMetric[], values: Float64Array, residuals: readonly MetricResiduals[]): number => {
  let count = 0;
  for (let m = 0; m < metrics.length && count < ratios.length; m++) {
    const metric = metrics[m]!;
    const r = residuals[m]!;
    if (metric.load !== 'measures' || Number.isNaN(values[m]!) || !r.ready) continue;
    const expected = Math.max(0, r.expected[0]!);
    const small = metric.floor.absolute + 1e-9;
    ratios[count++] = (Math.max(0, values[m]!) + small) / (expected + small);
  }
  return loadOf(ratios.subarray(0, count));
};

/** The factor that nearly all of the ratios share; sorts them in place. */
export const loadOf = (witnesses: Float64Array): number => {
  const count = witnesses.length;
  if (count < LEAST_WITNESSES) return 1;
  const sorted = witnesses.sort();
  const low = sorted[Math.floor((count - 1) / 4)]!;
  const high = sorted[count - 1 - Math.floor((count - 1) / 4)]!;
  if (low > 1) return Math.min(low, MOST_EXPLAINED);
  return high < 1 ? Math.max(high, 1 / MOST_EXPLAINED) : 1;
};

/** What is left of a residual when everything between the expected value and that value times the load is explained. */
export const unexplained = (z: number, x: number, expected: number, factor: number): number => {
  const explained = expected * factor;
  const deviation = x - expected;
  const left = deviation > 0 ? x - Math.max(expected, explained) : x - Math.min(expected, explained);
  return left * deviation <= 0 ? 0 : z * (left / deviation);
};
