/** Bins of |z|: a quarter octave each, from below 2^-2 to above 2^9.75: calmer or wilder than that makes no difference to an alarm. */
export const BINS = 48;
const OCTAVE_STEPS = 4;
const FIRST_BIN = 8;
/** Mass of the heavy-tailed prior: what lets 20 sigma beat 5 sigma in a young series, and keeps light-tailed noise silent. */
const PRIOR_MASS = 300;
/** Memory of the histograms in samples. */
const MEMORY = 20_000;
/** The past fades once in this many samples, by as much as they all would have: a pass over all bins is most of what learning costs. */
const FADE_EVERY = 16;
const FADE = (1 - 1 / MEMORY) ** FADE_EVERY;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** The word of a double that holds its exponent, on either kind of machine. */
const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;
const EXPONENT_BIAS = 1023;
/** Upper 20 bits of the mantissas of 2^(1/4), 2^(1/2) and 2^(3/4). */
const [QUARTER, HALF, THREE_QUARTERS] = [0.25, 0.5, 0.75].map((power) => Math.floor((2 ** power - 1) * 2 ** 20)) as [
  number,
  number,
  number,
];

/** floor(4 log2 size) + 8 within the bins, read off exponent and mantissa: a logarithm costs several times that. */
export const binOf = (size: number): number => {
  if (!(size > 0)) return 0;
  double[0] = size;
  const high = words[HIGH_WORD]!;
  const mantissa = high & 0xfffff;
  const step = mantissa < HALF ? (mantissa < QUARTER ? 0 : 1) : mantissa < THREE_QUARTERS ? 2 : 3;
  const bin = OCTAVE_STEPS * ((high >>> 20) - EXPONENT_BIAS) + step + FIRST_BIN;
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

/** Adds the sample with number `sample` and weight `weight`, and lets the past fade. Returns the new total. */
export const learnSurprise = (
  histogram: Float32Array,
  offset: number,
  total: number,
  sample: number,
  size: number,
  weight: number,
): number => {
  histogram[offset + binOf(size)]! += weight;
  if (sample % FADE_EVERY !== 0) return total + 1;
  for (let i = offset; i < offset + BINS; i++) histogram[i]! *= FADE;
  return (total + 1) * FADE;
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
