import type { OverloadKind, OverloadVerdict } from '../../conventions/index.ts';
import { OVERLOAD_FEATURES, type OverloadWeights } from './overload-features.ts';
import { OVERLOAD_WEIGHTS } from './overload-weights.generated.ts';

export const OVERLOAD_KINDS: readonly OverloadKind[] = ['dos', 'attack', 'natural'];

/** Less than this many times the usual CPU and traffic is no overload (a logarithm): 1.25 times. */
const LEAST = Math.log(1.25);
const [TRAFFIC, CPU, SUFFERING] = ['traffic', 'cpu', 'suffering'].map((wanted) =>
  OVERLOAD_FEATURES.findIndex(({ name }) => name === wanted),
) as [number, number, number];
const MOST_REASONS = 3;

export const isOverload = (features: Float64Array): boolean => Math.max(features[TRAFFIC]!, features[CPU]!, features[SUFFERING]!) >= LEAST;

/** Probabilities of the kinds, in their order: a multinomial logistic regression. */
export const overloadProbabilities = (features: Float64Array, weights: OverloadWeights = OVERLOAD_WEIGHTS): number[] => {
  const logits = weights.map((row) => row.slice(1).reduce((sum, weight, k) => sum + weight * features[k]!, row[0]!));
  const most = Math.max(...logits);
  const exps = logits.map((x) => Math.exp(x - most));
  const sum = exps.reduce((a, b) => a + b);
  return exps.map((x) => x / sum);
};

/** Which kind of overload it is, how probable each one is, and what speaks for it; undefined where nothing is overloaded. */
export const overloadVerdict = (features: Float64Array): OverloadVerdict | undefined => {
  if (!isOverload(features)) return undefined;
  const probabilities = overloadProbabilities(features);
  const best = probabilities.indexOf(Math.max(...probabilities));
  const others = OVERLOAD_WEIGHTS.filter((_, kind) => kind !== best);
  const speaks = OVERLOAD_FEATURES.map(({ reason }, k) => {
    const against = others.reduce((sum, row) => sum + row[k + 1]!, 0) / others.length;
    return { reason, factor: Math.exp(features[k]!), weight: (OVERLOAD_WEIGHTS[best]![k + 1]! - against) * features[k]! };
  });
  return {
    kind: OVERLOAD_KINDS[best]!,
    probabilities: { dos: probabilities[0]!, attack: probabilities[1]!, natural: probabilities[2]! },
    reasons: speaks
      .filter(({ weight }) => weight > 0)
      .sort((a, b) => b.weight - a.weight)
      .slice(0, MOST_REASONS)
      .map(({ reason, factor }) => ({ reason, factor })),
  };
};
