import type { Random } from '../../platform/index.ts';
import { exponential, gaussian, poisson, studentT } from './draws.ts';

/** One stream of noise: a positive factor per step, mean about 1. `sigma` is the standard deviation of the factor (of its logarithm for the multiplicative ones). */
export type NoiseSpec =
  /** Independent normal steps: the easy case, for comparison. */
  | { readonly family: 'gaussian'; readonly sigma: number }
  /** Independent steps with tails as 1/x^(degrees+1): single samples far out are normal. */
  | { readonly family: 'student_t'; readonly sigma: number; readonly degrees: number }
  /** Independent multiplicative steps: skewed to the right. */
  | { readonly family: 'log_normal'; readonly sigma: number }
  /** Wanders with a memory of `tauSeconds`: neighbouring samples agree, so a level estimate is never as sure as its sample count says. */
  | { readonly family: 'ar1'; readonly sigma: number; readonly tauSeconds: number }
  /** A pseudo-cycle of about `periodSeconds` whose phase forgets itself within `dampingSeconds`. */
  | { readonly family: 'ar2'; readonly sigma: number; readonly periodSeconds: number; readonly dampingSeconds: number }
  /** Self-exciting bursts (Hawkes 1971): each adds an exponential jump of mean `size` that decays, and `branching` further ones on average. */
  | {
      readonly family: 'bursts';
      readonly perDay: number;
      readonly branching: number;
      readonly decaySeconds: number;
      readonly size: number;
    };

export type NoiseFamily = NoiseSpec['family'];

/** The next factor of a stream. */
export type Noise = () => number;

/** A factor never gets below this: a workload under heavy-tailed noise is slow for a sample, not switched off. */
const LEAST_FACTOR = 0.02;
/** Users and their retries are finite in number: a burst does not more than this, in units of the usual demand. */
const LARGEST_BURST = 2.5;
const DAY_SECONDS = 86_400;

const independent = (next: () => number): Noise => {
  return () => Math.max(LEAST_FACTOR, next());
};

const ar1 = (sigma: number, tauSeconds: number, stepSeconds: number, random: Random): Noise => {
  const phi = Math.exp(-stepSeconds / tauSeconds);
  const shock = sigma * Math.sqrt(1 - phi * phi);
  let state = sigma * gaussian(random);
  return () => {
    state = phi * state + shock * gaussian(random);
    return Math.exp(state - (sigma * sigma) / 2);
  };
};

/** Roots r*exp(+-i w) of the characteristic polynomial give the period and the damping; the shock follows from the stationary variance of an AR(2). */
const ar2 = (spec: Extract<NoiseSpec, { family: 'ar2' }>, stepSeconds: number, random: Random): Noise => {
  const radius = Math.exp(-stepSeconds / spec.dampingSeconds);
  const phi1 = 2 * radius * Math.cos((2 * Math.PI * stepSeconds) / spec.periodSeconds);
  const phi2 = -radius * radius;
  const gain = ((1 - phi2) / (1 + phi2)) * (1 / ((1 - phi2) ** 2 - phi1 ** 2));
  const shock = spec.sigma / Math.sqrt(gain);
  let last = spec.sigma * gaussian(random);
  let beforeLast = last;
  return () => {
    const state = phi1 * last + phi2 * beforeLast + shock * gaussian(random);
    beforeLast = last;
    last = state;
    return Math.exp(state - (spec.sigma * spec.sigma) / 2);
  };
};

const bursts = (spec: Extract<NoiseSpec, { family: 'bursts' }>, stepSeconds: number, random: Random): Noise => {
  const decay = Math.exp(-stepSeconds / spec.decaySeconds);
  const background = (spec.perDay * stepSeconds) / DAY_SECONDS;
  let excitement = 0;
  let level = 0;
  return () => {
    const arrivals = poisson(random, background + excitement * (1 - decay));
    excitement = excitement * decay + spec.branching * arrivals;
    level *= decay;
    for (let i = 0; i < arrivals; i++) level += spec.size * exponential(random);
    return 1 + Math.min(LARGEST_BURST, level);
  };
};

/** A stream of the family, advanced once per step. */
export const createNoise = (spec: NoiseSpec, stepSeconds: number, random: Random): Noise => {
  switch (spec.family) {
    case 'gaussian':
      return independent(() => 1 + spec.sigma * gaussian(random));
    case 'student_t': {
      // A t has variance degrees / (degrees - 2); the specs keep to 3 and more degrees.
      const scale = spec.sigma / Math.sqrt(spec.degrees / (spec.degrees - 2));
      return independent(() => 1 + scale * studentT(random, spec.degrees));
    }
    case 'log_normal':
      return () => Math.exp(spec.sigma * gaussian(random) - (spec.sigma * spec.sigma) / 2);
    case 'ar1':
      return ar1(spec.sigma, spec.tauSeconds, stepSeconds, random);
    case 'ar2':
      return ar2(spec, stepSeconds, random);
    case 'bursts':
      return bursts(spec, stepSeconds, random);
  }
};

/** The product of several streams. */
export const combineNoise = (specs: readonly NoiseSpec[], stepSeconds: number, random: Random): Noise => {
  const streams = specs.map((spec) => createNoise(spec, stepSeconds, random));
  return () => {
    let factor = 1;
    for (const next of streams) factor *= next();
    return factor;
  };
};
