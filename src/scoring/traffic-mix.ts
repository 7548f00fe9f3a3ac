import type { Contributor, FrameLayout } from '../conventions/index.ts';
import { absoluteBar } from './alarm-bar.ts';
import { type Detector, type DetectorInput, NO_MEMORY, type Part } from './detector.ts';
import { beyondThisHour } from './hour-edge.ts';
import { meanRate, SLOT } from './metric-slots.ts';
import { advanceReturnLevel, bookMaximum, RETURN_LEVEL_SLOTS, type ReturnLevel } from './return-level.ts';
import { BINS, learnSurprise, sizeAtSurprise, surpriseOf } from './surprise.ts';
import { metricSlot, type ScoredMetric, scoredColumns } from './workload-state.ts';

/** Fewer metrics have no majority that says what the load is. */
const LEAST_METRICS = 3;
/** Frames before a verdict. */
const LEAST_HISTORY = 60;
/** How often, in days, a workload may pass the bar by chance. */
const RETURN_DAYS = 200;
/** Floors of the two bars over the absolute bar, as for pods among their siblings. */
const FLOOR_ONE = 0.1;
const FLOOR_TWO = -0.7;
/** A mix that differs by this factor (as a logarithm) is ordinary, however regular it was. */
const FLOOR = 0.15;
/** Part of a metric's level that counts as next to nothing. */
const SMALL_SHARE = 0.05;
/** Samples over which the usual mix is a mean (two hours at 30 s), and the usual deviation from it. */
const HABIT = 240;
const MEMORY = 2000;
const CLIP = 3;
const LEARN_OUTLIER = 0.1;
const OUTLIER = 0.8;
const SIGMA = 1.25;
const WORTH_EXPLAINING = 0.5;

/** Doubles: frames, largest surprise of the frame before, the two bars, then per traffic metric histogram mass, usual deviation, habit, and mean logarithm over the level. */
const FRAMES = 0;
const LAST = 1;
const ONE = 2;
const TWO = ONE + RETURN_LEVEL_SLOTS;
const METRICS = TWO + RETURN_LEVEL_SLOTS;
const MASS = 0;
const USUAL = 1;
const MEAN = 2;
const RECENT = 3;
const SLOTS = 4;

const isTraffic = (metric: ScoredMetric): boolean => metric.load === 'measures';
const trafficByMetrics = new WeakMap<readonly ScoredMetric[], readonly number[]>();
const trafficOf = (metrics: readonly ScoredMetric[]): readonly number[] => {
  let traffic = trafficByMetrics.get(metrics);
  if (!traffic) {
    traffic = [...metrics.keys()].filter((m) => isTraffic(metrics[m]!));
    trafficByMetrics.set(metrics, traffic);
  }
  return traffic;
};

/** Middle of the others; `left` are the numbers without one of them. */
const median = (left: readonly number[]): number => {
  const sorted = [...left].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** A traffic metric in this frame. */
interface Share {
  readonly metric: number;
  readonly index: number;
  readonly small: number;
  /** Logarithm of value over level, then what is left of it without what the other metrics share. */
  readonly ratio: number;
  apart: number;
  size: number;
  surprise: number;
}

const sharesOf = ({ state, analysis }: DetectorInput): Share[] => {
  const shares: Share[] = [];
  for (const [index, metric] of trafficOf(state.metrics).entries()) {
    const x = analysis.values[metric]!;
    if (Number.isNaN(x) || !analysis.residuals[metric]!.ready) continue;
    const level = Math.max(0, state.doubles[metricSlot(state, metric) + SLOT.level]!);
    const small = state.metrics[metric]!.floor.absolute + SMALL_SHARE * level + 1e-9;
    shares.push({ metric, index, small, ratio: Math.log((Math.max(0, x) + small) / (level + small)), apart: 0, size: 0, surprise: 0 });
  }
  for (const share of shares) share.apart = share.ratio - median(shares.filter((other) => other !== share).map(({ ratio }) => ratio));
  return shares;
};

/**
 * Traffic whose parts no longer keep to each other: packets without bytes (a scan), bytes without requests (an exfiltration). Demand, and scrapes that come
 * early or late, move all traffic alike, so the mix is far steadier than any of its parts.
 */
export const createTrafficMixDetector = (): Detector => {
  const barOf = ({ state, doublesAt }: DetectorInput, slot: number, floor: number): ReturnLevel => ({
    doubles: state.doubles,
    at: doublesAt + slot,
    floor: absoluteBar(state.stepSeconds) + floor,
    returnDays: RETURN_DAYS,
  });

  const judge = ({ state, analysis, seconds, doublesAt, floatsAt }: DetectorInput, share: Share): void => {
    const d = state.doubles;
    const slot = doublesAt + METRICS + SLOTS * share.index;
    // More than the others is a finding only as far as it is also more than lately: where the others fell away, this one is what is left.
    const excess = Math.min(share.apart - d[slot + MEAN]!, share.ratio - d[slot + RECENT]!);
    share.size = Math.max(0, excess) / Math.hypot(SIGMA * d[slot + USUAL]!, FLOOR);
    // A nightly backup has a mix of its own.
    const { metric } = share;
    const ofThisHour = beyondThisHour(state, metric, seconds, analysis.values[metric]!, analysis.residuals[metric]!.scale[0]!) === 0;
    if (ofThisHour) share.size = 0;
    share.surprise = surpriseOf(state.floats, floatsAt + share.index * BINS, d[slot + MASS]!, share.size);
  };

  const learn = ({ state, doublesAt, floatsAt }: DetectorInput, share: Share, frames: number, weight: number): void => {
    const d = state.doubles;
    const slot = doublesAt + METRICS + SLOTS * share.index;
    const deviation = share.apart - d[slot + MEAN]!;
    const reach = frames === 0 ? Number.POSITIVE_INFINITY : CLIP * Math.max(SIGMA * d[slot + USUAL]!, FLOOR);
    const clipped = Math.max(-reach, Math.min(reach, deviation));
    d[slot + MEAN]! += meanRate(frames, HABIT) * weight * clipped;
    d[slot + RECENT]! += meanRate(frames, HABIT) * weight * (share.ratio - d[slot + RECENT]!);
    d[slot + USUAL]! += frames === 0 ? 0 : meanRate(frames - 1, MEMORY) * (Math.abs(clipped) - d[slot + USUAL]!);
    d[slot + MASS] = learnSurprise(state.floats, floatsAt + share.index * BINS, d[slot + MASS]!, frames, share.size, weight);
  };

  const explain = ({ state, analysis, doublesAt, floatsAt }: DetectorInput, shares: readonly Share[], bar: number): Contributor[] => {
    const sum = shares.reduce((total, { surprise }) => total + Math.max(0, surprise), 0);
    return shares.map((share) => {
      const { name, unit, min, max } = state.metrics[share.metric]!;
      const slot = doublesAt + METRICS + SLOTS * share.index;
      const d = state.doubles;
      const size = sizeAtSurprise(state.floats, floatsAt + share.index * BINS, d[slot + MASS]!, bar);
      const reach = size * Math.hypot(SIGMA * d[slot + USUAL]!, FLOOR);
      const x = analysis.values[share.metric]!;
      // What the value would be if this metric kept to the others.
      const at = (apart: number): number => Math.max(min, Math.min(max, (x + share.small) * Math.exp(apart - share.apart) - share.small));
      const mean = d[slot + MEAN]!;
      return {
        metric: name,
        contribution: Math.max(0, share.surprise) / sum,
        observed: x,
        expected: at(mean),
        lower: at(mean - reach),
        upper: at(mean + reach),
        unit,
        detector: 'mix',
      };
    });
  };

  return {
    id: 'mix',
    memory: (layout: FrameLayout) => {
      const count = trafficOf(scoredColumns(layout).metrics).length;
      return count < LEAST_METRICS ? NO_MEMORY : { doubles: METRICS + SLOTS * count, floats: BINS * count };
    },
    observe(input): Part | undefined {
      const { state, seconds, doublesAt } = input;
      if (trafficOf(state.metrics).length < LEAST_METRICS) return undefined;
      const shares = sharesOf(input);
      if (shares.length < LEAST_METRICS) return undefined;
      const d = state.doubles;
      for (const share of shares) judge(input, share);
      shares.sort((a, b) => b.surprise - a.surprise);
      const total = shares[0]!.surprise;
      const lasting = Math.min(total, d[doublesAt + LAST]!);
      const [barOne, barTwo] = [barOf(input, ONE, FLOOR_ONE), barOf(input, TWO, FLOOR_TWO)];
      const one = advanceReturnLevel(barOne, seconds);
      const margin = Math.max(total / one, lasting / advanceReturnLevel(barTwo, seconds));
      const frames = d[doublesAt + FRAMES]!;
      const ready = frames >= LEAST_HISTORY;
      if (ready) {
        bookMaximum(barOne, total);
        bookMaximum(barTwo, lasting);
      }
      const contributors = ready && margin > WORTH_EXPLAINING ? explain(input, shares.slice(0, 2), one) : [];
      for (const share of shares) learn(input, share, frames, margin >= OUTLIER ? LEARN_OUTLIER : 1);
      d[doublesAt + LAST] = total;
      d[doublesAt + FRAMES] = frames + 1;
      return ready ? { detector: 'mix', value: margin, contributors } : undefined;
    },
  };
};
