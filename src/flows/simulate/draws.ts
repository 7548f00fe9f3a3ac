import type { Random } from '../../platform/index.ts';

/** From `low` to `high`. */
export const between = (random: Random, low: number, high: number): number => low + (high - low) * random();
export const wholeBetween = (random: Random, low: number, high: number): number => Math.floor(between(random, low, high + 1));
export const oneOf = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

/** Exponential with this mean: the time between events that do not know of each other. */
export const waiting = (random: Random, mean: number): number => -mean * Math.log(1 - random());

/** Log-normal: sizes and latencies are skewed. `spread` is the deviation of the logarithm. */
export const around = (random: Random, median: number, spread: number): number =>
  median * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
