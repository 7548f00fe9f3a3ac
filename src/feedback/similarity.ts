/** How far a size may differ before it counts, in octaves. Less of the same is more alike than more of it: an attack may hide in what is known. */
const GREATER = 0.6;
const SMALLER = 1.2;
/** Of a small deviation, only this part may be missing: otherwise noise would look like it. */
const MISSING = 0.4;
/** Deviations below two standard deviations are noise. */
const NOISE = 2;

/** A deviation of `z` standard deviations on the scale on which windows are compared: signed octaves above the noise, 0 inside it. */
export const octaves = (z: number): number => {
  const size = Math.abs(z);
  return size > NOISE ? Math.sign(z) * Math.log2(size / NOISE) : 0;
};

/** By how much `x` differs from the known `p` beyond what is granted, in octaves. */
export const unlike = (x: number, p: number): number => {
  // What is there in one and absent in the other differs as a whole: a part of a pattern is another pattern.
  if (p === 0 || x === 0) return Math.abs(x - p);
  const more = p < 0 ? p - x : x - p;
  return more > 0 ? Math.max(0, more - GREATER) : Math.max(0, -more - Math.min(SMALLER, MISSING * Math.abs(p)));
};

/**
 * How alike two windows are, 0 to 1, by their deviations in octaves: 1 = each differs by no more than is granted.
 * Both directions count: a window that shows only a part of what is known is not it.
 * @param only whether a dimension is compared; all where absent
 */
export const similarity = (window: ArrayLike<number>, known: ArrayLike<number>, only?: (dimension: number) => boolean): number => {
  let [apart, ofWindow, ofKnown] = [0, 0, 0];
  for (let i = 0; i < known.length; i++) {
    if (only && !only(i)) continue;
    const x = window[i] ?? 0;
    const p = known[i]!;
    apart += unlike(x, p) ** 2;
    ofWindow += x * x;
    ofKnown += p * p;
  }
  const size = Math.max(ofWindow, ofKnown);
  return size === 0 ? 0 : Math.max(0, 1 - Math.sqrt(apart / size));
};

/** How near two windows are, 0 to 1, with nothing granted: 1 only for the very same deviations. Orders what is alike. */
export const nearness = (window: ArrayLike<number>, known: ArrayLike<number>, only?: (dimension: number) => boolean): number => {
  let [apart, ofWindow, ofKnown] = [0, 0, 0];
  for (let i = 0; i < known.length; i++) {
    if (only && !only(i)) continue;
    const x = window[i] ?? 0;
    const p = known[i]!;
    apart += (x - p) ** 2;
    ofWindow += x * x;
    ofKnown += p * p;
  }
  const size = Math.max(ofWindow, ofKnown);
  return size === 0 ? 0 : Math.max(0, 1 - Math.sqrt(apart / size));
};
