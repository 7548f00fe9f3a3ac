import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../platform/index.ts';
import { createNoise, type NoiseSpec } from './noise.ts';
import { NOISE_PROFILES } from './noise-profiles.ts';

const STEP_SECONDS = 30;
const COUNT = 40_000;

const sample = (spec: NoiseSpec, seed = 3): number[] => {
  const next = createNoise(spec, STEP_SECONDS, seededRandom(seed));
  return Array.from({ length: COUNT }, next);
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
};
const autocorrelation = (values: readonly number[], lag: number): number => {
  const centre = mean(values);
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += ((values[i] as number) - centre) * ((values[i - lag] as number) - centre);
  return sum / values.length / deviation(values) ** 2;
};
/** Share of samples further than `sigmas` standard deviations out. */
const tail = (values: readonly number[], sigmas: number): number => {
  const [centre, spread] = [mean(values), deviation(values)];
  return values.filter((value) => Math.abs(value - centre) > sigmas * spread).length / values.length;
};

describe('createNoise', () => {
  it('gives independent normal factors with the spread that was asked for', () => {
    const values = sample({ family: 'gaussian', sigma: 0.1 });
    expect(mean(values)).toBeCloseTo(1, 2);
    expect(deviation(values)).toBeCloseTo(0.1, 2);
    expect(Math.abs(autocorrelation(values, 1))).toBeLessThan(0.02);
    expect(tail(values, 5)).toBe(0);
  });

  it('gives Student t factors that reach far beyond what a normal one ever does', () => {
    const values = sample({ family: 'student_t', sigma: 0.05, degrees: 3 });
    expect(mean(values)).toBeCloseTo(1, 2);
    expect(tail(values, 5)).toBeGreaterThan(0.0005);
  });

  it('gives log-normal factors with mean one, skewed to the right', () => {
    const values = sample({ family: 'log_normal', sigma: 0.4 });
    expect(mean(values)).toBeCloseTo(1, 1);
    expect(values.filter((value) => value > 2).length).toBeGreaterThan(10 * values.filter((value) => value < 0.2).length);
  });

  it('gives AR(1) factors that remember for tau', () => {
    const values = sample({ family: 'ar1', sigma: 0.1, tauSeconds: 600 });
    expect(deviation(values)).toBeCloseTo(0.1, 1);
    expect(autocorrelation(values, 1)).toBeCloseTo(Math.exp(-STEP_SECONDS / 600), 1);
    expect(autocorrelation(values, 20)).toBeCloseTo(Math.exp(-1), 1);
  });

  it('gives AR(2) factors that swing: opposite after half a period, the spread as asked', () => {
    const values = sample({ family: 'ar2', sigma: 0.1, periodSeconds: 720, dampingSeconds: 3000 });
    expect(deviation(values)).toBeGreaterThan(0.08);
    expect(deviation(values)).toBeLessThan(0.12);
    expect(autocorrelation(values, 12)).toBeLessThan(-0.5);
    expect(autocorrelation(values, 24)).toBeGreaterThan(0.4);
  });

  it('gives bursts that cluster and decay', () => {
    const values = sample({ family: 'bursts', perDay: 14, branching: 0.5, decaySeconds: 180, size: 0.5 });
    expect(Math.min(...values)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...values)).toBeGreaterThan(2);
    expect(autocorrelation(values, 2)).toBeGreaterThan(0.5);
    expect(autocorrelation(values, 400)).toBeLessThan(0.2);
  });

  it('is the same stream for the same seed and another one for another', () => {
    const spec: NoiseSpec = { family: 'student_t', sigma: 0.1, degrees: 3 };
    expect(sample(spec, 5)).toEqual(sample(spec, 5));
    expect(sample(spec, 5)).not.toEqual(sample(spec, 6));
  });
});

describe('NOISE_PROFILES', () => {
  it.each(NOISE_PROFILES.map((profile) => [profile.name, profile] as const))(
    '%s keeps every factor finite and above zero',
    (_, profile) => {
      const streams = [profile.demand, profile.balance, profile.cost, profile.traffic, profile.latency].flat();
      for (const spec of streams) {
        const values = sample(spec);
        expect(values.every((value) => value > 0 && value < 200)).toBe(true);
        expect(mean(values)).toBeGreaterThan(0.9);
        expect(mean(values)).toBeLessThan(1.3);
      }
    },
  );

  it('has every family in some profile', () => {
    const families = new Set(
      NOISE_PROFILES.flatMap((profile) => [...profile.demand, ...profile.cost, ...profile.traffic]).map((spec) => spec.family),
    );
    expect([...families].sort()).toEqual(['ar1', 'ar2', 'bursts', 'gaussian', 'log_normal', 'student_t']);
  });
});
