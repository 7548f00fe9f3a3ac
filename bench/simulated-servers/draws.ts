// Random numbers of a server and of plain series.
import { type Random, seededRandom } from '../../src/platform/index.ts';

/** A stream of its own for each label (FNV-1a over it, spread by a round of murmur3's finaliser). */
export const streamOf = (seed: number, label: string): Random => {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return seededRandom((hash ^ (hash >>> 13)) >>> 0);
};

export const between = (random: Random, low: number, high: number): number => low + (high - low) * random();
/** Every factor of two is equally likely. */
export const logBetween = (random: Random, low: number, high: number): number => low * (high / low) ** random();
export const pick = <T>(random: Random, choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
/** Standard normal (Box and Muller, 1958). */
export const gaussian = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
/** Student's t with 3 degrees of freedom, divided by its deviation. */
export const heavyTailed = (random: Random): number => {
  const chi = gaussian(random) ** 2 + gaussian(random) ** 2 + gaussian(random) ** 2;
  return gaussian(random) / Math.sqrt(chi / 3) / Math.sqrt(3);
};

/** A number that wanders around 0 with deviation `sigma` and forgets within `tau` steps. */
export const wandering = (random: Random, sigma: number, tau: number): (() => number) => {
  const keep = Math.exp(-1 / tau);
  const shock = sigma * Math.sqrt(1 - keep * keep);
  let state = sigma * gaussian(random);
  return () => {
    state = keep * state + shock * gaussian(random);
    return state;
  };
};

/** Bursts that come `chance` times a step, jump by an exponential size and fade within `tau` steps. */
export const bursting = (random: Random, chance: number, size: number, tau: number): (() => number) => {
  const keep = Math.exp(-1 / tau);
  let level = 0;
  return () => {
    level *= keep;
    if (random() < chance) level += -size * Math.log(1 - random());
    return level;
  };
};

/** A daily shape from -1 to 1 of a few harmonics, by the share of the day. */
export const dailyShape = (random: Random): ((share: number) => number) => {
  const waves = [1, 2, 3].map((harmonic) => ({ harmonic, size: random() / harmonic, phase: random() }));
  const sum = waves.reduce((total, { size }) => total + size, 1e-9);
  return (share) =>
    waves.reduce((total, { harmonic, size, phase }) => total + size * Math.sin(2 * Math.PI * (harmonic * share + phase)), 0) / sum;
};
