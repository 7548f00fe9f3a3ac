import { octaves } from '../../feedback/index.ts';
import type { Part } from '../detector.ts';
import { RESIDUALS } from '../residuals.ts';
import type { FrameAnalysis } from '../streaming-baseline.ts';
import type { ScoredMetric } from '../workload-state.ts';

/** Octaves that a detector's part at the boundary counts for, beside the residuals. */
const PART_OCTAVES = 3;
const RESIDUALS_PER_METRIC = RESIDUALS.length;

/** What the numbers of a signature are: the three residuals of each metric, then one per detector. Names, as columns and detectors change. */
export interface SignatureShape {
  readonly names: readonly string[];
  readonly metrics: number;
  /** The metric that a number belongs to; undefined for a detector. */
  metricOf(dimension: number): number | undefined;
  /** The dimension of a metric's level residual. */
  levelOf(metric: number): number;
  /** The dimension of a detector; -1 where it has none. */
  dimensionOf(detector: string): number;
}

/** How a window deviates: signed octaves of each residual, and what the detectors say. */
export type Signature = Float32Array;

export const createSignatureShape = (metrics: readonly ScoredMetric[], detectors: readonly string[]): SignatureShape => {
  const residuals = metrics.length * RESIDUALS_PER_METRIC;
  return {
    names: [...metrics.flatMap(({ name }) => RESIDUALS.map((residual) => `${name} ${residual}`)), ...detectors],
    metrics: metrics.length,
    metricOf: (dimension) => (dimension < residuals ? Math.floor(dimension / RESIDUALS_PER_METRIC) : undefined),
    levelOf: (metric) => metric * RESIDUALS_PER_METRIC,
    dimensionOf: (detector) => {
      const at = detectors.indexOf(detector);
      return at < 0 ? -1 : residuals + at;
    },
  };
};

/** Reads the signature of the frame that was analysed last. */
export const signatureOf = (shape: SignatureShape, analysis: FrameAnalysis, parts: readonly Part[]): Signature => {
  const signature = new Float32Array(shape.names.length);
  for (let m = 0; m < shape.metrics; m++) {
    const { ready, z } = analysis.residuals[m]!;
    if (!ready || Number.isNaN(analysis.values[m]!)) continue;
    for (let i = 0; i < RESIDUALS_PER_METRIC; i++) signature[m * RESIDUALS_PER_METRIC + i] = octaves(z[i]!);
  }
  for (const { detector, value } of parts) {
    const at = shape.dimensionOf(detector);
    if (at >= 0 && value >= 1) signature[at] = PART_OCTAVES * Math.min(2, value);
  }
  return signature;
};

/** Less than this many octaves are not kept. */
const KEPT_FROM = 0.4;

/** A signature as pairs of dimension and size, without what is near 0: a tenth of the room. Means something only with its shape. */
export type PackedSignature = Float32Array;

export const pack = (signature: Signature): PackedSignature => {
  const pairs: number[] = [];
  for (let i = 0; i < signature.length; i++) if (Math.abs(signature[i]!) >= KEPT_FROM) pairs.push(i, signature[i]!);
  return Float32Array.from(pairs);
};

/** A signature by the names of its numbers: for what must outlive a change of columns. */
export type NamedSignature = Readonly<Record<string, number>>;

export const nameSignature = ({ names }: SignatureShape, packed: PackedSignature): NamedSignature => {
  const named: Record<string, number> = {};
  // Three digits are more than windows are compared by.
  for (let i = 0; i < packed.length; i += 2) named[names[packed[i]!]!] = Math.round(packed[i + 1]! * 1000) / 1000;
  return named;
};

export const fromNames = ({ names }: SignatureShape, named: NamedSignature): Signature =>
  Float32Array.from(names, (name) => named[name] ?? 0);
