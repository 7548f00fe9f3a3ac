/** A source of numbers in [0, 1). */
export type Random = () => number;

/**
 * Seeded generator: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, period about 2^127 on average.
 * The same seed gives the same numbers on every platform.
 */
export const seededRandom = (seed: number): Random => {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  // The first numbers still show the seed's bits; the author's recommendation is to discard 12.
  for (let i = 0; i < 12; i++) next();
  return next;
};

/** For jitter and identifiers, where a seed would be wrong. */
export const systemRandom: Random = () => Math.random();
