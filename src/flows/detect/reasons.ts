import { type FlowFeature, SIZE_FEATURES } from '../features/catalogue.ts';
import type { Scaler } from '../features/scaler.ts';
import type { FlowReason } from './judgement.ts';

const MOST_REASONS = 3;

/** A value back from its logarithm. */
export const plainValue = (logarithm: number): number => Math.sign(logarithm) * Math.expm1(Math.abs(logarithm));

/** The fields with the largest shares; `point` and `reference` in deviations. */
export const reasonsOf = (
  shares: Float64Array,
  scaler: Scaler,
  point: Float64Array,
  reference: (k: number) => number,
  features: readonly FlowFeature[] = SIZE_FEATURES,
): FlowReason[] => {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const back = (k: number, z: number): number => plainValue(scaler.means[k]! + z * scaler.deviations[k]!);
  return Array.from(shares.keys())
    .filter((k) => shares[k]! > 0)
    .sort((a, b) => shares[b]! - shares[a]!)
    .slice(0, MOST_REASONS)
    .map((k) => ({ column: features[k]!.name, observed: back(k, point[k]!), expected: back(k, reference(k)), share: shares[k]! / total }));
};
