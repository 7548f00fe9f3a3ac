/** Bins of |z|: a quarter octave each, from below 2^-2 to above 2^9.75: calmer or wilder than that makes no difference to an alarm. */
export const BINS = 48;
const OCTAVE_STEPS = 4;
const FIRST_BIN = 8;
/** Mass of the heavy-tailed prior: what lets 20 sigma beat 5 sigma in a young series, and keeps light-tailed noise silent. */
const PRIOR_MASS = 300;
/** Memory of the histograms in samples. */
export const HISTOGRAM_DECAY = 1 - 1 / 20_000;

export const binOf = (size: number): number => {
  if (!(size > 0)) return 0;
  const bin = Math.floor(OCTAVE_STEPS * Math.log2(size)) + FIRST_BIN;
  return bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
};

/** Tail probability of a Student-like prior, (1 + z^2/3)^-1.5. */
const priorTail = (size: number): number => {
  const base = 1 + (size * size) / 3;
  return 1 / (base * Math.sqrt(base));
};

/**
 * -log10 of the share of the series' own past that was as far out as `size`, blended with the prior.
 * @param histogram Float32 view holding the masses from `offset`, `BINS` of them
 * @param total decayed number of samples
 */
export const surpriseOf = (histogram: Float32Array, offset: number, total: number, size: number): number => {
  const bin = binOf(size);
  let tail = histogram[offset + bin]! / 2;
  for (let i = bin + 1; i < BINS; i++) tail += histogram[offset + i]!;
  return -Math.log10((tail + PRIOR_MASS * priorTail(size)) / (total + PRIOR_MASS));
};

/** Adds one sample of weight `weight` and lets the past fade. Returns the new total. */
export const learnSurprise = (histogram: Float32Array, offset: number, total: number, size: number, weight: number): number => {
  histogram[offset + binOf(size)]! += weight;
  for (let i = offset; i < offset + BINS; i++) histogram[i]! *= HISTOGRAM_DECAY;
  return (total + 1) * HISTOGRAM_DECAY;
};

/** The smallest |z| whose surprise reaches `target`: the edge of the band in which a value is not surprising. */
export const sizeAtSurprise = (histogram: Float32Array, offset: number, total: number, target: number): number => {
  let low = 0;
  let high = 2;
  while (high < 1e6 && surpriseOf(histogram, offset, total, high) < target) high *= 2;
  // 30 halvings give nine digits, more than any band is shown with.
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (surpriseOf(histogram, offset, total, middle) < target) low = middle;
    else high = middle;
  }
  return high;
};
