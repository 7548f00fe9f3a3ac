// One simulated server: 38 metrics a minute that share causes, levels that drift, hard noise, and faults that last.
import type { Random } from '../../src/platform/index.ts';
import { between, bursting, dailyShape, gaussian, heavyTailed, logBetween, pick, streamOf, wandering } from './draws.ts';

export const METRICS = 38;
const MINUTE = 60;
const DAY = 1440;

/** What moves several metrics at once, around 1 (demand, cache) or from 0 (batch, memory). */
const CAUSES = ['demand', 'batch', 'memory', 'disk', 'network'] as const;
type Cause = (typeof CAUSES)[number];

/** How a metric's noise looks. */
type Noise = 'white' | 'tailed' | 'wandering' | 'bursty' | 'sparse';
const NOISES: readonly Noise[] = ['white', 'white', 'tailed', 'wandering', 'bursty', 'sparse'];

interface Metric {
  readonly name: string;
  /** Answer to each cause, in shares of the metric's level. */
  readonly weights: Readonly<Record<Cause, number>>;
  readonly level: number;
  readonly noise: () => number;
  readonly sparse: boolean;
  readonly counts: boolean;
}

/** A fault moves the causes' answers in some metrics by a number of usual deviations. */
export interface ServerEvent {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  readonly metrics: readonly number[];
}

export interface ServerOptions {
  readonly seed: number;
  readonly index: number;
  readonly days: number;
  /** Days at the start without faults. */
  readonly cleanDays: number;
}

export interface Server {
  readonly name: string;
  readonly metrics: readonly string[];
  readonly minutes: number;
  /** Minute after minute, 38 numbers each; NaN = no sample. */
  readonly values: Float64Array;
  readonly events: readonly ServerEvent[];
}

const noiseOf = (kind: Noise, random: Random): (() => number) => {
  const sigma = logBetween(random, 0.02, 0.2);
  if (kind === 'white') return () => sigma * gaussian(random);
  if (kind === 'tailed') return () => sigma * heavyTailed(random);
  if (kind === 'wandering') {
    const slow = wandering(random, 1.5 * sigma, logBetween(random, 10, 240));
    return () => slow() + 0.3 * sigma * gaussian(random);
  }
  const burst = bursting(random, logBetween(random, 0.002, 0.02), logBetween(random, 0.5, 2), logBetween(random, 1, 10));
  return () => burst() + 0.5 * sigma * gaussian(random);
};

const metricOf = (random: Random, index: number): Metric => {
  const noise = pick(random, NOISES);
  // Most follow demand, each in its own measure; the others mainly one cause of their own.
  const weights = { demand: random() < 0.6 ? between(random, 0.2, 1) : 0, batch: 0, memory: 0, disk: 0, network: 0 };
  const own = pick(random, ['batch', 'memory', 'disk', 'network'] as const);
  weights[own] = random() < 0.6 ? between(random, 0.2, 1) : 0;
  return {
    name: `server_metric_${String(index).padStart(2, '0')}`,
    weights,
    level: logBetween(random, 0.01, 1000),
    noise: noiseOf(noise, random),
    sparse: noise === 'sparse',
    counts: random() < 0.15,
  };
};

/** The causes of a server, minute by minute. */
const causesOf = (random: Random): ((minute: number) => Record<Cause, number>) => {
  const shape = dailyShape(random);
  const [depth, weekend] = [between(random, 0.1, 0.6), between(random, 0.5, 1)];
  const [busy, disk, network] = [0.1, 0.15, 0.1].map((sigma) => wandering(random, sigma, logBetween(random, 10, 60)));
  const crowds = bursting(random, 4 / DAY, between(random, 0.3, 1), 8);
  const drift = wandering(random, 0.3, 10 * DAY);
  const shiftChance = 0.15 / DAY;
  const [batchAt, batchLength] = [Math.floor(random() * DAY), Math.floor(between(random, 15, 60))];
  const fill = 1 / logBetween(random, 120, 3 * DAY);
  let level = 1;
  let memory = random();
  return (minute) => {
    if (random() < shiftChance) level *= pick(random, [0.75, 1.3, 1.5]);
    memory = memory + fill * between(random, 0.5, 1.5);
    if (memory > 1) memory = 0.2 * random();
    const inBatch = (minute - batchAt + DAY) % DAY < batchLength;
    const day = shape((minute % DAY) / DAY) * (Math.floor(minute / DAY) % 7 >= 5 ? weekend : 1);
    return {
      demand: level * Math.exp(drift()) * (1 + depth * day) * Math.exp(busy!()) + crowds() - 1,
      batch: inBatch ? 1 + 0.2 * gaussian(random) : 0,
      memory,
      disk: Math.exp(disk!()) - 1,
      network: Math.exp(network!()) - 1,
    };
  };
};

const SHAPES = ['step', 'ramp', 'swing', 'drop', 'still'] as const;

/** Faults of 20 minutes to 8 hours in 3 to 16 metrics, some sudden and some slow. */
const planFaults = (random: Random, fromMinute: number, toMinute: number): ServerEvent[] => {
  const events: ServerEvent[] = [];
  for (let minute = fromMinute + between(random, 60, 600); ; ) {
    const length = Math.round(logBetween(random, 20, 480));
    const from = Math.round(minute);
    if (from + length + 30 >= toMinute) return events;
    const count = Math.round(logBetween(random, 3, 16));
    const metrics = Array.from({ length: METRICS }, (_, m) => m)
      .sort(() => random() - 0.5)
      .slice(0, count)
      .sort((a, b) => a - b);
    events.push({ from, to: from + length, kind: pick(random, SHAPES), metrics });
    minute = from + length + logBetween(random, 240, 2 * DAY);
  }
};

/** What a fault does to one of its metrics: the value it would have, the deviation of its noise, how far the fault is. */
const faulty = (kind: string, size: number, value: number, usual: number, done: number, minute: number, held: number): number => {
  switch (kind) {
    case 'step':
      return value + size * usual;
    case 'ramp':
      return value + size * usual * Math.min(1, 2 * done);
    case 'swing':
      return value + size * usual * Math.sin((2 * Math.PI * minute) / 12);
    case 'drop':
      return value / (1 + Math.abs(size) / 4);
    default:
      return held;
  }
};

export const simulateServer = ({ seed, index, days, cleanDays }: ServerOptions): Server => {
  const random = streamOf(seed, `server-${index}`);
  const metrics = Array.from({ length: METRICS }, (_, m) => metricOf(random, m));
  const causes = causesOf(random);
  const minutes = days * DAY;
  const events = planFaults(random, cleanDays * DAY, minutes);
  const sizes = events.map((event) => event.metrics.map(() => (random() < 0.75 ? 1 : -1) * logBetween(random, 2, 12)));
  const values = new Float64Array(minutes * METRICS);
  const usual = new Float64Array(METRICS);
  const means = new Float64Array(METRICS);
  const held = new Float64Array(METRICS);
  for (let minute = 0; minute < minutes; minute++) {
    const at = causes(minute);
    const place = events.findIndex(({ from, to }) => minute >= from && minute < to);
    const event = events[place];
    for (const [m, { weights, level, noise, sparse, counts }] of metrics.entries()) {
      const driven = CAUSES.reduce((sum, cause) => sum + weights[cause] * at[cause], 1);
      let value = sparse ? Math.max(0, noise()) * Math.max(0.1, driven) : Math.max(0, driven + noise());
      const hit = event ? event.metrics.indexOf(m) : -1;
      if (event && hit >= 0) {
        const done = (minute - event.from) / (event.to - event.from);
        value = Math.max(0, faulty(event.kind, sizes[place]![hit]!, value, usual[m]!, done, minute, held[m]!));
      } else {
        // The own deviation in an hour or so: what a person would see as usual on a graph.
        const rate = Math.max(1 / (minute + 1), 1 / 240);
        const difference = value - means[m]!;
        means[m]! += rate * difference;
        usual[m] = Math.sqrt((1 - rate) * (usual[m]! ** 2 + rate * difference * difference));
        held[m] = value;
      }
      value *= level;
      values[minute * METRICS + m] = random() < 0.0005 ? Number.NaN : counts ? Math.round(value * 20) : value;
    }
  }
  return { name: `server-${index}`, metrics: metrics.map(({ name }) => name), minutes, values, events };
};

export const SERVER_STEP_SECONDS = MINUTE;
