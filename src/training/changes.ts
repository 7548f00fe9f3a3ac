import type { Random } from '../platform/index.ts';

/** Sizes of a change run from this many usual differences ... */
const LEAST_DIFFERENCES = 4;
/** ... to this many deviations. */
const MOST_DEVIATIONS = 10;

const pick = <T>(values: readonly T[], random: Random): T => values[Math.floor(random() * values.length)]!;

/** A change of the newest samples of a window, in place. */
type Change = (window: Float32Array, size: number, length: number, random: Random) => void;

const over = (window: Float32Array, length: number, change: (x: number, i: number) => number): void => {
  const start = window.length - length;
  for (let i = start; i < window.length; i++) window[i] = change(window[i]!, i - start);
};

/**
 * What goes wrong with a metric, drawn on a usual window: a spike, a shift, a ramp, noise, a series that stands still, that stretches around its
 * level, or that flaps. Injected anomalies as training signal follow NCAD (Carmona et al., 2021).
 */
const CHANGES: readonly Change[] = [
  (window, size) => over(window, 1, (x) => x + size),
  (window, size, length) => over(window, length, (x) => x + size),
  (window, size, length) => over(window, length, (x, i) => x + (size * (i + 1)) / length),
  (window, size, length, random) => over(window, length, (x) => x + size * (2 * random() - 1)),
  (window, size, length, random) => {
    const flat = window[window.length - length - 1]! + (random() < 0.5 ? size : 0);
    over(window, Math.max(length, 8), () => flat);
  },
  (window, size, length) => {
    const level = window[window.length - length - 1]!;
    over(window, length, (x) => level + (x - level) * (1 + Math.abs(size)));
  },
  (window, size, length) => over(window, length, (x, i) => x + (i % 2 === 0 ? size : -size)),
];

/** How many of the newest samples are changed. */
const LENGTHS = [1, 2, 3, 4, 6, 8, 12] as const;

/**
 * Changes the end of a window of deviations so that it is no longer usual.
 *
 * @param ratio deviation over usual difference: a change smaller than a few usual differences could not be seen
 */
export const changeWindow = (window: Float32Array, ratio: number, random: Random): void => {
  const least = Math.min(MOST_DEVIATIONS / 2, LEAST_DIFFERENCES / Math.max(ratio, 0.5));
  const size = least * (MOST_DEVIATIONS / least) ** random();
  pick(CHANGES, random)(window, random() < 0.7 ? size : -size, pick(LENGTHS, random), random);
};
