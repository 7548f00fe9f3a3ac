/** How a window deviated: signed sizes by metric and detector, 1 = as far as the band goes. */
export type EvidenceVector = ReadonlyMap<string, number>;

/** Fewer deviations than this say too little: any two spikes of the processor would be alike. */
const LEAST_DIMENSIONS = 2;
/** Alike in shape, but of another size, is something else. */
const MOST_SIZE_RATIO = 2;
/** A band without width on one side, as of a metric that never moved. */
const NO_WIDTH = 1e-9;

interface Contributor {
  readonly metric?: unknown;
  readonly detector?: unknown;
  readonly observed?: unknown;
  readonly expected?: unknown;
  readonly lower?: unknown;
  readonly upper?: unknown;
}

const isNumber = (x: unknown): x is number => typeof x === 'number' && Number.isFinite(x);

/** The standardised deviations that an explanation names; undefined where it names too few. */
export const vectorOf = (evidence: unknown): EvidenceVector | undefined => {
  const { contributors } = (evidence ?? {}) as { readonly contributors?: unknown };
  if (!Array.isArray(contributors)) return undefined;
  const vector = new Map<string, number>();
  for (const { metric, detector, observed, expected, lower, upper } of contributors as readonly Contributor[]) {
    if (typeof metric !== 'string' || !isNumber(observed) || !isNumber(expected)) continue;
    const side = observed >= expected ? upper : lower;
    const width = isNumber(side) ? Math.abs(side - expected) : 0;
    if (width > NO_WIDTH) vector.set(`${metric} ${String(detector)}`, (observed - expected) / width);
  }
  return vector.size >= LEAST_DIMENSIONS ? vector : undefined;
};

const lengthOf = (vector: EvidenceVector): number => Math.sqrt([...vector.values()].reduce((sum, x) => sum + x * x, 0));

/** Cosine of two windows, 0 where their sizes are too far apart: -1 to 1. */
export const cosineOf = (a: EvidenceVector, b: EvidenceVector): number => {
  const [ofA, ofB] = [lengthOf(a), lengthOf(b)];
  if (ofA === 0 || ofB === 0 || Math.max(ofA, ofB) > MOST_SIZE_RATIO * Math.min(ofA, ofB)) return 0;
  let product = 0;
  for (const [dimension, x] of a) product += x * (b.get(dimension) ?? 0);
  return product / (ofA * ofB);
};
