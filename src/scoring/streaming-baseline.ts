import { afterglow } from './afterglow.ts';
import { advanceBar, bookSurprise, learningWeight } from './alarm-bar.ts';
import { jointDistance, learnJoint } from './joint-residual.ts';
import { loadFactor, unexplained } from './load-factor.ts';
import { explainedFactor, type LoadRole } from './load-role.ts';
import { compress, expand, PLATEAU_LENGTH, SLOT } from './metric-slots.ts';
import { clearLargest, type LargestThree, meanOfWitnesses, offer, plateauSurprise } from './plateau.ts';
import { advanceRank } from './rank.ts';
import { createMetricResiduals, deriveResiduals, learnResiduals, type MetricResiduals } from './residuals.ts';
import { BINS, learnSurprise, surpriseOf } from './surprise.ts';
import { bankDistance } from './window-bank.ts';
import { ENTITY, metricSlot, type WorkloadState } from './workload-state.ts';

/** What a rollout explains is not judged, so it is hardly learnt either: a miner that comes with it must still be news when the damping ends. */
const LEARN_DAMPED = 0.1;
/** Load explains no more than this times what it was in the last minutes: a flood is not a busy hour. */
const MOST_SUDDEN = 3;
const bounded = (factor: number): number => Math.max(1 / MOST_SUDDEN, Math.min(MOST_SUDDEN, factor));
/** Ten minutes at 30 s. */
const LOAD_RATE = 1 / 20;
/** Memory that is given back is rarely a fault: it counts, but for less than half. */
const MEMORY_RELEASED = 0.4;

/** The analysis of one frame, kept until the next: detectors and contributors read it. Arrays are longer than `metrics` and reused. */
export interface FrameAnalysis {
  metrics: number;
  ready: boolean;
  /** Values of the scored metrics, NaN where missing. */
  values: Float64Array;
  residuals: MetricResiduals[];
  /** Per metric: the largest surprise of its three residuals, and which one (0 level, 1 change, 2 change3). */
  surprise: Float64Array;
  residualOf: Uint8Array;
  /** Compressed level residual, 0 where missing. */
  levelZ: Float64Array;
  /** Entity surprise, bar and margin (surprise over bar). */
  total: number;
  bar: number;
  margin: number;
  /** Metric whose plateau set the surprise, or -1. */
  plateauMetric: number;
  rank: number;
  /** Factor by which all traffic left its expected values together; 1 = none. */
  load: number;
  /** The load over that of the last minutes. */
  surge: number;
}

export const createFrameAnalysis = (): FrameAnalysis => ({
  metrics: 0,
  ready: false,
  values: new Float64Array(0),
  residuals: [],
  surprise: new Float64Array(0),
  residualOf: new Uint8Array(0),
  levelZ: new Float64Array(0),
  total: 0,
  bar: 0,
  margin: 0,
  plateauMetric: -1,
  rank: 0,
  load: 1,
  surge: 1,
});

const reset = (a: FrameAnalysis, metrics: number): void => {
  a.metrics = metrics;
  a.plateauMetric = -1;
  if (a.values.length >= metrics) return;
  a.values = new Float64Array(metrics);
  a.surprise = new Float64Array(metrics);
  a.residualOf = new Uint8Array(metrics);
  a.levelZ = new Float64Array(metrics);
  while (a.residuals.length < metrics) a.residuals.push(createMetricResiduals());
};

const MASSES = [SLOT.mass0, SLOT.mass1, SLOT.mass3] as const;

/** Where a residual's histogram lies in the Float32 view. */
export const histogramAt = (state: WorkloadState, metric: number, residual: number): number =>
  state.shape.histograms + (metric * 3 + residual) * BINS;

export const histogramMass = (state: WorkloadState, metric: number, residual: number): number =>
  state.doubles[metricSlot(state, metric) + MASSES[residual]!]!;

const metricSurprise = (state: WorkloadState, metric: number, residual: number, size: number): number =>
  surpriseOf(state.floats, histogramAt(state, metric, residual), histogramMass(state, metric, residual), size);

const analyseMetrics = (state: WorkloadState, seconds: number, frameValues: Float64Array, rollout: boolean, a: FrameAnalysis): void => {
  for (let m = 0; m < a.metrics; m++) {
    const x = frameValues[state.columns[m]!]!;
    a.values[m] = x;
    a.surprise[m] = Number.NaN;
    a.levelZ[m] = 0;
    if (Number.isNaN(x)) continue;
    const slot = metricSlot(state, m);
    const r = a.residuals[m]!;
    deriveResiduals(state, m, slot, state.metrics[m]!.floor, seconds, x, r);
  }
  explainLoad(state, a);
  discountReleasedMemory(state, a);
  if (rollout && a.surge <= MOST_SUDDEN) grantRollout(state, a);
  for (let m = 0; m < a.metrics; m++) {
    const r = a.residuals[m]!;
    if (Number.isNaN(a.values[m]!) || !r.ready) continue;
    const slot = metricSlot(state, m);
    a.levelZ[m] = compress(r.z[0]!);
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const u = metricSurprise(state, m, i, Math.abs(r.z[i]!));
      if (i === 0) pushPlateau(state.doubles, slot, r.z[0]! < 0 ? -u : u);
      if (u > largest) {
        largest = u;
        a.residualOf[m] = i;
      }
    }
    a.surprise[m] = largest;
  }
};

const discountReleasedMemory = (state: WorkloadState, a: FrameAnalysis): void => {
  for (let m = 0; m < a.metrics; m++) {
    if (!state.metrics[m]!.memory) continue;
    const { z } = a.residuals[m]!;
    for (let i = 0; i < 3; i++) if (z[i]! < 0) z[i]! *= MEMORY_RELEASED;
  }
};

/** What new pods need at most, as a factor on the larger of expected value and level: start-up work, cold caches, the load of pods that are not ready yet. */
const GRANTS: Readonly<Record<LoadRole, number>> = { measures: 2, follows: 4, suffers: 8, none: 1.3 };

/** Takes out what a rollout explains: everything that falls, and what rises to a few times the usual. A miner that comes with it is far beyond that. */
const grantRollout = (state: WorkloadState, a: FrameAnalysis): void => {
  for (let m = 0; m < a.metrics; m++) {
    const r = a.residuals[m]!;
    const x = a.values[m]!;
    if (Number.isNaN(x) || !r.ready) continue;
    const usual = Math.max(r.expected[0]!, state.doubles[metricSlot(state, m) + SLOT.level]!);
    const grant = GRANTS[state.metrics[m]!.load] * usual;
    for (let i = 0; i < 3; i++) {
      const rise = x - r.expected[i]!;
      r.z[i] = rise > 0 ? r.z[i]! * Math.max(0, Math.min(1, (x - grant) / rise)) : 0;
    }
  }
};

/** Takes out of traffic and CPU what all traffic shares: a burst of demand is one fact, and three times the load is not a fault. */
const explainLoad = (state: WorkloadState, a: FrameAnalysis): void => {
  const d = state.doubles;
  const shared = loadFactor(state.metrics, a.values, a.residuals);
  const usual = d[ENTITY.usualLoad]!;
  a.surge = shared / usual;
  const factor = usual * bounded(a.surge);
  a.load = factor;
  const before = d[ENTITY.loads]!;
  const before3 = d[ENTITY.loads + 2]!;
  if (shared !== 1 || before !== 1 || before3 !== 1) {
    for (let m = 0; m < a.metrics; m++) {
      const r = a.residuals[m]!;
      const x = a.values[m]!;
      const role = state.metrics[m]!.load;
      if (role === 'none' || Number.isNaN(x) || !r.ready) continue;
      r.z[0] = unexplained(r.z[0]!, x, r.expected[0]!, explainedFactor(role, factor));
      r.z[1] = unexplained(r.z[1]!, x, r.expected[1]!, explainedFactor(role, bounded(shared / before)));
      r.z[2] = unexplained(r.z[2]!, x, r.expected[2]!, explainedFactor(role, bounded(shared / before3)));
    }
  }
  d.copyWithin(ENTITY.loads + 1, ENTITY.loads, ENTITY.loads + 2);
  d[ENTITY.loads] = shared;
  d[ENTITY.usualLoad]! += LOAD_RATE * (shared - usual);
};

const pushPlateau = (d: Float64Array, slot: number, signed: number): void => {
  const at = slot + SLOT.plateau;
  d.copyWithin(at + 1, at, at + PLATEAU_LENGTH - 1);
  d[at] = signed;
};

const traffic: LargestThree = { first: 0, second: 0, third: 0 };
const three: LargestThree = { first: 0, second: 0, third: 0 };

/** Mean of the 3 largest surprises, or one metric that stays surprising. */
const entitySurprise = (state: WorkloadState, a: FrameAnalysis): number => {
  clearLargest(three);
  clearLargest(traffic);
  for (let m = 0; m < a.metrics; m++) offer(state.metrics[m]!.load === 'measures' ? traffic : three, a.surprise[m]!);
  let total = meanOfWitnesses(three, traffic);
  if (Number.isNaN(total) || a.metrics < 2) return total;
  for (let m = 0; m < a.metrics; m++) {
    if (Number.isNaN(a.surprise[m]!)) continue;
    const u = plateauSurprise(state.doubles, metricSlot(state, m) + SLOT.plateau);
    if (u <= total) continue;
    total = u;
    a.plateauMetric = m;
  }
  return total;
};

const LARGEST_MEAN = 5;
const largest = new Float64Array(LARGEST_MEAN);

/** Mean of the 5 largest compressed level residuals. */
const levelSize = (a: FrameAnalysis): number => {
  largest.fill(Number.NEGATIVE_INFINITY);
  let seen = 0;
  for (let m = 0; m < a.metrics; m++) {
    if (Number.isNaN(a.surprise[m]!)) continue;
    seen++;
    let z = Math.abs(a.levelZ[m]!);
    for (let i = 0; i < LARGEST_MEAN; i++) {
      if (z <= largest[i]!) continue;
      const pushed = largest[i]!;
      largest[i] = z;
      z = pushed;
    }
  }
  const used = Math.min(LARGEST_MEAN, seen);
  let sum = 0;
  for (let i = 0; i < used; i++) sum += largest[i]!;
  return used > 0 ? sum / used : Number.NaN;
};

const learnMetrics = (state: WorkloadState, seconds: number, a: FrameAnalysis, weight: number): void => {
  const d = state.doubles;
  for (let m = 0; m < a.metrics; m++) {
    const x = a.values[m]!;
    if (Number.isNaN(x)) continue;
    const slot = metricSlot(state, m);
    const r = a.residuals[m]!;
    if (r.ready) {
      for (let i = 0; i < 3; i++) {
        // A level residual is learnt only when it has left the plateau window: a lasting deviation is not its own precedent.
        const z = i > 0 ? r.z[i]! : expand(d[slot + SLOT.residualLags + PLATEAU_LENGTH - 1]!);
        const mass = slot + MASSES[i]!;
        d[mass] = learnSurprise(state.floats, histogramAt(state, m, i), d[mass]!, d[slot + SLOT.count]!, Math.abs(z), weight);
      }
    }
    learnResiduals(state, m, slot, state.metrics[m]!.floor, seconds, x, r.ready ? r.z[0]! : 0);
  }
};

/**
 * Scores one frame of plausible values against everything before it, then learns it (detection-recipe sections 2 to 4), but for the window bank:
 * whether the sample may become a row is the caller's to say, with `admitWindow`.
 * `rollout`: a release or a changed replica count explains part of it. It never explains a surge of load: more replicas leave less for each.
 */
export const observeBaseline = (
  state: WorkloadState,
  seconds: number,
  frameValues: Float64Array,
  rollout: boolean,
  a: FrameAnalysis,
): void => {
  const d = state.doubles;
  reset(a, state.metrics.length);
  a.bar = advanceBar(state, seconds);
  analyseMetrics(state, seconds, frameValues, rollout, a);
  const total = entitySurprise(state, a);
  d[ENTITY.frames]! += 1;
  a.ready = !Number.isNaN(total);
  a.total = a.ready ? total : 0;
  a.margin = a.ready ? Math.max(0, total / a.bar) : 0;
  if (a.ready) {
    const bank = bankDistance(state, a.values);
    const joint = jointDistance(state, a.levelZ);
    a.rank = advanceRank(state, [levelSize(a), total, bank, joint]) + afterglow(state, seconds);
    learnJoint(state, seconds, a.margin);
    bookSurprise(state, seconds, total, a.margin);
  }
  learnMetrics(state, seconds, a, rollout ? LEARN_DAMPED : learningWeight(state, seconds, a.margin));
};
