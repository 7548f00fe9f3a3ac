// Single metrics of any service, at any step: what the default encoder has to know as usual beside the metrics of simulated clusters.
import type { WorkloadSeries } from '../../src/evaluation/index.ts';
import type { Random } from '../../src/platform/index.ts';
import { between, bursting, dailyShape, gaussian, heavyTailed, logBetween, pick, streamOf, wandering } from '../simulated-servers/draws.ts';

const DAY_SECONDS = 86_400;
/** Steps of Prometheus users, from scrapes to hourly roll-ups. */
const STEPS = [30, 60, 60, 300, 300, 3600, 3600] as const;
const SAMPLES = 1500;

/** A number added to the level at each step, in shares of it. */
type Part = (random: Random, stepSeconds: number) => () => number;

const white: Part = (random) => {
  const sigma = logBetween(random, 0.01, 0.3);
  return () => sigma * gaussian(random);
};
const tailed: Part = (random) => {
  const sigma = logBetween(random, 0.01, 0.3);
  return () => sigma * heavyTailed(random);
};
const slow: Part = (random) => wandering(random, logBetween(random, 0.03, 0.5), logBetween(random, 3, 300));
const bursts: Part = (random) => bursting(random, logBetween(random, 0.001, 0.05), logBetween(random, 0.3, 3), logBetween(random, 0.5, 10));
/** Work that runs for a while and pauses for a while. */
const telegraph: Part = (random) => {
  const [on, off] = [logBetween(random, 0.01, 0.2), logBetween(random, 0.005, 0.1)];
  const size = logBetween(random, 0.2, 2);
  let isOn = random() < 0.5;
  return () => {
    if (random() < (isOn ? on : off)) isOn = !isOn;
    return isOn ? size : 0;
  };
};
/** Memory and queues that fill and are emptied. */
const sawtooth: Part = (random) => {
  const size = logBetween(random, 0.1, 1);
  const period = logBetween(random, 8, 400);
  const jitter = between(random, 0, 0.4);
  let at = random();
  let speed = 1 / period;
  return () => {
    at += speed;
    if (at >= 1) {
      at = 0;
      speed = (1 + jitter * (2 * random() - 1)) / period;
    }
    return size * at;
  };
};
/** Jobs at the same time of every hour or day. */
const scheduled: Part = (random, stepSeconds) => {
  const every = pick(
    random,
    [3600, 6 * 3600, DAY_SECONDS].filter((seconds) => seconds >= 4 * stepSeconds),
  );
  const [phase, share, size] = [random(), between(random, 0.02, 0.2), logBetween(random, 0.3, 3)];
  let seconds = 0;
  return () => {
    seconds += stepSeconds;
    return (seconds / every + phase) % 1 < share ? size * (1 + 0.1 * gaussian(random)) : 0;
  };
};
const NOISES = [white, white, tailed, slow, slow] as const;
const SHAPES = [bursts, telegraph, sawtooth, scheduled] as const;

const daily: Part = (random, stepSeconds) => {
  const shape = dailyShape(random);
  const size = logBetween(random, 0.1, 0.9);
  const weekend = between(random, 0.4, 1);
  let seconds = Math.floor(random() * 7) * DAY_SECONDS;
  return () => {
    seconds += stepSeconds;
    const factor = Math.floor(seconds / DAY_SECONDS) % 7 >= 5 ? weekend : 1;
    return size * factor * shape((seconds / DAY_SECONDS) % 1);
  };
};

/** What becomes of a number before it is exported. */
type Form = (random: Random) => (x: number) => number;
const FORMS: readonly Form[] = [
  () => (x) => x,
  () => (x) => Math.max(0, x),
  // Skewed to the right, as latencies are.
  (random) => {
    const power = between(random, 0.7, 1.5);
    return (x) => Math.exp(power * x);
  },
  // Small counts: most samples are 0, 1 or 2.
  (random) => {
    const scale = logBetween(random, 1, 30);
    return (x) => Math.max(0, Math.round(scale * x));
  },
  // Shares that saturate.
  (random) => {
    const room = between(random, 1.1, 3);
    return (x) => Math.max(0, Math.min(1, x / room));
  },
];

/** One metric with a level, maybe a daily shape, one to three kinds of noise and maybe a level that moves now and then. */
export const plainSeries = (seed: number, index: number): WorkloadSeries => {
  const random = streamOf(seed, `plain-${index}`);
  const stepSeconds = pick(random, STEPS);
  const parts = [
    ...(random() < 0.6 ? [daily] : []),
    ...Array.from({ length: 1 + Math.floor(2 * random()) }, () => pick(random, NOISES)),
    ...(random() < 0.5 ? [pick(random, SHAPES)] : []),
  ].map((part) => part(random, stepSeconds));
  const form = pick(random, FORMS)(random);
  const scale = logBetween(random, 0.01, 1e6);
  const shiftChance = random() < 0.3 ? logBetween(random, 0.0005, 0.005) : 0;
  let level = 1;
  const values = Float64Array.from({ length: SAMPLES }, () => {
    if (random() < shiftChance) level *= logBetween(random, 0.6, 1.6);
    return scale * form(parts.reduce((sum, next) => sum + next(), level));
  });
  return {
    name: { namespace: 'plain', workload: `plain-${index}` },
    features: [{ name: 'value', unit: '', unitClass: 'other' }],
    timesMs: Float64Array.from({ length: SAMPLES }, (_, i) => i * stepSeconds * 1000),
    values,
  };
};
