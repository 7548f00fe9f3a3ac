import { type Random, seededRandom } from '../../platform/index.ts';

/** FNV-1a over a label, so that every pod and every noise stream has a seed of its own: adding one never changes the numbers of another. */
export const forkSeed = (seed: number, label: string): number => {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
  // FNV leaves similar labels close together; one round of murmur3's finaliser spreads them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
};

/** An independent stream named by `label`. */
export const forkRandom = (seed: number, label: string): Random => seededRandom(forkSeed(seed, label));

/** Uniform in [low, high). */
export const between = (random: Random, low: number, high: number): number => low + (high - low) * random();

/** Log-uniform in [low, high): every factor of two is equally likely. */
export const logBetween = (random: Random, low: number, high: number): number => low * (high / low) ** random();

/** Whole number in [low, high]. */
export const wholeBetween = (random: Random, low: number, high: number): number => low + Math.floor(random() * (high - low + 1));

export const pick = <T>(random: Random, choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;

/** Standard normal, Box and Muller. 1 - u keeps the logarithm finite. */
export const gaussian = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Exponential with mean 1. */
export const exponential = (random: Random): number => -Math.log(1 - random());

/** Student's t: a normal over the root of a scaled chi-square, which is a sum of exponentials and, for odd degrees, one squared normal. */
export const studentT = (random: Random, degrees: number): number => {
  let chiSquare = 0;
  for (let i = 0; i < degrees >> 1; i++) chiSquare += 2 * exponential(random);
  if (degrees & 1) chiSquare += gaussian(random) ** 2;
  return gaussian(random) / Math.sqrt(chiSquare / degrees);
};

/** Poisson by Knuth's product for small means; the normal limit above 30, where Knuth's loop gets long. */
export const poisson = (random: Random, mean: number): number => {
  if (mean <= 0) return 0;
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gaussian(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
};

/** Characters of Kubernetes' generated names: no vowels and no look-alikes, so that no words arise (apimachinery util/rand). */
const NAME_CHARACTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** A generated name part as Kubernetes makes them. */
export const nameSuffix = (random: Random, length: number): string => {
  let text = '';
  for (let i = 0; i < length; i++) text += pick(random, [...NAME_CHARACTERS]);
  return text;
};

const HEX = [...'0123456789abcdef'];

export const hexId = (random: Random, length: number): string => {
  let text = '';
  for (let i = 0; i < length; i++) text += pick(random, HEX);
  return text;
};

/** A random UUID in its usual form. */
export const uuid = (random: Random): string => [8, 4, 4, 4, 12].map((length) => hexId(random, length)).join('-');
