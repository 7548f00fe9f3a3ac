import type { Contributor } from '../conventions/index.ts';
import type { DetectorInput } from './detector.ts';
import { orderCauses } from './explanation.ts';
import type { PodReferences } from './pod-references.ts';
import { BINS, sizeAtSurprise } from './surprise.ts';

const MOST = 3;

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/** The metrics by which a pod stands out, most surprising cause first, with the band in which its siblings would let it be. */
export const peerContributors = (
  { frame, state, floatsAt }: DetectorInput,
  references: PodReferences,
  surprises: Float64Array,
  pod: number,
  bar: number,
  massAt: (metric: number) => number,
): Contributor[] => {
  const { pod: name, values } = frame.pods![pod]!;
  const first = pod * state.metrics.length;
  const weights = Float64Array.from(state.metrics, (_, m) => Math.max(0, surprises[first + m]! || 0));
  orderCauses(state.metrics, weights);
  const ranked = [...weights.keys()].filter((m) => weights[m]! > 0).sort((a, b) => weights[b]! - weights[a]!);
  const kept = ranked.slice(0, MOST);
  const sum = kept.reduce((total, m) => total + weights[m]!, 0);
  return kept.map((m) => {
    const { name: metric, unit, min, max } = state.metrics[m]!;
    const reach = sizeAtSurprise(state.floats, floatsAt + m * BINS, massAt(m), bar) * references.scale[first + m]!;
    const expected = clamp(references.expected[first + m]!, min, max);
    return {
      metric,
      contribution: weights[m]! / sum,
      observed: values[state.columns[m]!]!,
      expected,
      lower: clamp(expected - reach, min, max),
      upper: clamp(expected + reach, min, max),
      unit,
      detector: 'peer',
      pod: name,
    };
  });
};
