import type { PodValues } from '../conventions/index.ts';
import { absoluteBar } from './alarm-bar.ts';
import type { Detector, DetectorInput, Part } from './detector.ts';
import { beyondThisHour } from './hour-edge.ts';
import { unexplained } from './load-factor.ts';
import { CPU_LIMIT_RATIO, explainedFactor } from './load-role.ts';
import { meanRate } from './metric-slots.ts';
import { peerContributors } from './peer-contributors.ts';
import { clearLargest, type LargestThree, meanOfLargest, offer, plateauSurprise } from './plateau.ts';
import {
  createPodMemories,
  isSettled,
  learnHabit,
  memoriesOf,
  POD_PLATEAU,
  type PodMemories,
  type PodMemory,
  pushPodPlateau,
} from './pod-memory.ts';
import { recallPods, rememberPods } from './pod-record.ts';
import { type PodReferences, podLoad, referencesOf } from './pod-references.ts';
import { advanceReturnLevel, bookMaximum, RETURN_LEVEL_SLOTS, type ReturnLevel } from './return-level.ts';
import { BINS, learnSurprise, surpriseOf } from './surprise.ts';
import { floorAt } from './unit-floor.ts';
import { scoredColumns, type WorkloadState } from './workload-state.ts';

/** Frames of siblings before a verdict. */
const LEAST_HISTORY = 60;
/** How often, in days, a pod may pass the bar by chance. */
const RETURN_DAYS = 200;
/** Floors of the two bars, over the absolute bar: one frame has to be rarer than what lasts for two. */
const FLOOR_ONE = 0.1;
const FLOOR_TWO = -0.7;
/** An outlier teaches little, or its second frame would find it ordinary. */
const LEARN_OUTLIER = 0.1;
/** Part of the bar from which a pod counts as outlier for learning. */
const OUTLIER = 0.8;
/** Contributors are worked out from this part of the bar on. */
const WORTH_EXPLAINING = 0.5;
const SIGMA = 1.25;
/** Memory, in frames, of the usual deviation; deviations count for at most this many usual ones, and at least for a percent. */
const MEMORY = 2000;
const CLIP = 5;
const LEAST_USUAL = 0.01;
/** Habits move by at least this relative deviation. */
const LEAST_HABIT = 0.02;
/** Part of the siblings' move since the frame before that a pod may lag behind. */
const MOVE_SHARE = 0.5;
/** Caches fill with age: memory that differs by this part is ordinary. */
const MEMORY_SHARE = 0.15;
/** One pod that waits or fails is weaker evidence: a slow request or two do it. */
const WAITING_SHARE = 0.7;
/** A pod at its CPU limit whose siblings are far from it is a fault known by name, so less is enough: from this ratio on, apart by this much and by this factor. */
const AT_LIMIT = { ratio: 0.7, apart: 0.25, times: 1.5, weight: 1.3 } as const;
/** Deviations below this many usual ones are never looked up in the daily profile: they are ordinary anyway. */
const LEAST_SIZE = 3;
/** As in the baseline: memory that is given back is rarely a fault. */
const MEMORY_RELEASED = 0.4;
/** A job has a run, not a usual level, and runs do different things. */
const RUN_TO_COMPLETION = new Set(['Job', 'CronJob']);

/** Doubles: frames, the two bars, then per metric the mass of its histogram and its usual relative deviation. Floats: the histograms. */
const FRAMES = 0;
const ONE = 1;
const TWO = ONE + RETURN_LEVEL_SLOTS;
const METRICS = TWO + RETURN_LEVEL_SLOTS;
const MASS = 0;
const USUAL = 1;

/** One frame under judgement. Numbers of pod p and metric m lie at `p * metrics + m`. */
interface Bench {
  readonly input: DetectorInput;
  readonly pods: readonly PodValues[];
  readonly known: readonly PodMemory[];
  readonly settled: readonly boolean[];
  readonly references: PodReferences;
  readonly sizes: Float64Array;
  readonly surprises: Float64Array;
}

interface Verdict {
  /** Largest joint surprise over the settled pods in this frame, and the largest that has lasted. */
  one: number;
  lasting: number;
  margin: number;
  worst: number;
}

const slotOf = ({ doublesAt }: DetectorInput, metric: number): number => doublesAt + METRICS + 2 * metric;

/** How far each pod's value is from what is expected of it, in usual deviations, less what its share of the demand explains. */
const measure = ({ input, pods, references: refs, sizes }: Bench): void => {
  const { state } = input;
  const count = state.metrics.length;
  for (const [p, pod] of pods.entries()) {
    const load = podLoad(state, pod.values, refs, p);
    for (let m = 0; m < count; m++) {
      const at = p * count + m;
      const metric = state.metrics[m]!;
      const x = pod.values[state.columns[m]!]!;
      const expected = refs.expected[at]!;
      sizes[at] = Number.NaN;
      if (!Number.isFinite(x) || Number.isNaN(expected)) continue;
      const usual = state.doubles[slotOf(input, m) + USUAL]!;
      const share = metric.memory ? MEMORY_SHARE * expected : 0;
      const ordinary = Math.max(floorAt(metric.floor, expected), MOVE_SHARE * refs.move[at]!, share);
      const scale = Math.hypot(SIGMA * usual * (refs.base[at]! + refs.small[m]!), ordinary);
      refs.scale[at] = scale;
      let z = refs.deviation[at]! / scale;
      if (metric.load !== 'none') z = unexplained(z, x, expected, explainedFactor(metric.load, load));
      // What this hour of the day brings reaches the pods one after the other, as they are scraped.
      const levelScale = input.analysis.residuals[m]!.scale[0]!;
      if (Math.abs(z) > LEAST_SIZE && beyondThisHour(state, m, input.seconds, x, levelScale) === 0) z = 0;
      sizes[at] = metric.memory && z < 0 ? z * MEMORY_RELEASED : z;
    }
  }
};

const largest: LargestThree = { first: 0, second: 0, third: 0 };

/** Joint surprise of one pod, and what has lasted of it: the smaller one of two frames, or one metric that stays out. */
const judgePod = (bench: Bench, p: number): { total: number; lasting: number } => {
  const { input, sizes, surprises } = bench;
  const { state, floatsAt } = input;
  const count = state.metrics.length;
  const memory = bench.known[p]!;
  let lasting = Number.NEGATIVE_INFINITY;
  clearLargest(largest);
  for (let m = 0; m < count; m++) {
    const at = p * count + m;
    const z = sizes[at]!;
    surprises[at] = Number.NaN;
    if (Number.isNaN(z)) continue;
    const u = surpriseOf(state.floats, floatsAt + m * BINS, state.doubles[slotOf(input, m) + MASS]!, Math.abs(z));
    surprises[at] = u;
    pushPodPlateau(memory, m, z < 0 ? -u : u);
    const waits = state.metrics[m]!.load === 'suffers';
    offer(largest, waits ? WAITING_SHARE * u : u);
    if (!waits) lasting = Math.max(lasting, plateauSurprise(memory.plateau, m * POD_PLATEAU));
  }
  const total = meanOfLargest(largest);
  return { total, lasting };
};

const isAtLimit = ({ input, pods, references }: Bench, limit: number, p: number): boolean => {
  if (limit < 0) return false;
  const { metrics, columns } = input.state;
  const x = pods[p]!.values[columns[limit]!]!;
  const expected = references.expected[p * metrics.length + limit]!;
  return x >= AT_LIMIT.ratio && x - expected >= AT_LIMIT.apart && x >= AT_LIMIT.times * expected;
};

const judge = (bench: Bench, one: number, two: number): Verdict => {
  const verdict: Verdict = { one: 0, lasting: 0, margin: 0, worst: -1 };
  const limit = bench.input.state.metrics.findIndex(({ name }) => CPU_LIMIT_RATIO.test(name));
  for (let p = 0; p < bench.pods.length; p++) {
    const { total, lasting: stays } = judgePod(bench, p);
    if (!bench.settled[p]!) continue;
    const memory = bench.known[p]!;
    const lasting = Math.max(stays, Math.min(total, memory.total));
    memory.total = Number.isNaN(total) ? 0 : total;
    if (total > verdict.one) verdict.one = total;
    if (lasting > verdict.lasting) verdict.lasting = lasting;
    const margin = Math.max(total / one, lasting / two) * (isAtLimit(bench, limit, p) ? AT_LIMIT.weight : 1);
    if (margin <= verdict.margin) continue;
    verdict.margin = margin;
    verdict.worst = p;
  }
  return verdict;
};

/** Learns habits of all pods, and from the settled ones what deviations are usual. */
const learn = ({ input, pods, known, settled, references: refs, sizes }: Bench, frames: number, { margin, worst }: Verdict): void => {
  const { state, floatsAt } = input;
  const count = state.metrics.length;
  const outlier = margin >= OUTLIER;
  for (let m = 0; m < count; m++) {
    const slot = slotOf(input, m);
    const usual = state.doubles[slot + USUAL]!;
    let size = 0;
    let sum = 0;
    let judged = 0;
    for (let p = 0; p < pods.length; p++) {
      const at = p * count + m;
      if (Number.isNaN(sizes[at]!)) continue;
      if (settled[p]!) {
        const relative = Math.abs(refs.deviation[at]!) / (refs.base[at]! + refs.small[m]!);
        sum += frames === 0 ? relative : Math.min(relative, CLIP * Math.max(usual, LEAST_USUAL));
        size = Math.max(size, Math.abs(sizes[at]!));
        judged++;
      }
      known[p]!.last[m] = pods[p]!.values[state.columns[m]!]!;
      learnHabit(known[p]!, m, refs.ratio[at]!, Math.max(usual, LEAST_HABIT), outlier && p === worst ? LEARN_OUTLIER : 1);
    }
    if (judged === 0) continue;
    state.doubles[slot + USUAL] = usual + meanRate(frames, MEMORY) * (sum / judged - usual);
    const mass = state.doubles[slot + MASS]!;
    state.doubles[slot + MASS] = learnSurprise(state.floats, floatsAt + m * BINS, mass, frames, size, outlier ? LEARN_OUTLIER : 1);
  }
};

/**
 * The one pod that does something else than its siblings, measured by what this workload's pods usually do apart from each other: in one frame by several
 * metrics together, or in two in a row. Works from two pods on.
 */
export const createPeerOutlierDetector = (): Detector => {
  const memories = new WeakMap<WorkloadState, PodMemories>();
  let sizes = new Float64Array(0);
  let surprises = new Float64Array(0);

  const benchOf = (input: DetectorInput, pods: readonly PodValues[]): Bench => {
    const { state, seconds } = input;
    let all = memories.get(state);
    if (!all) {
      all = createPodMemories();
      memories.set(state, all);
    }
    const known = memoriesOf(all, pods, state.columns, seconds, state.stepSeconds);
    const settled = known.map((memory) => isSettled(memory, seconds, state.stepSeconds));
    const length = pods.length * state.metrics.length;
    if (sizes.length < length) {
      sizes = new Float64Array(2 * length);
      surprises = new Float64Array(2 * length);
    }
    return { input, pods, known, settled, references: referencesOf(input, known, settled), sizes, surprises };
  };

  const barOf = ({ state, doublesAt }: DetectorInput, slot: number, floor: number): ReturnLevel => ({
    doubles: state.doubles,
    at: doublesAt + slot,
    floor: absoluteBar(state.stepSeconds) + floor,
    returnDays: RETURN_DAYS,
  });

  return {
    id: 'peer',
    memory: (layout) => {
      const { metrics } = scoredColumns(layout);
      return { doubles: METRICS + 2 * metrics.length, floats: metrics.length * BINS };
    },
    observe(input): Part | undefined {
      const { frame, state, seconds, doublesAt } = input;
      const pods = frame.pods ?? [];
      if (pods.length < 2 || RUN_TO_COMPLETION.has(frame.key.workloadKind)) return undefined;
      const bench = benchOf(input, pods);
      const barOne = barOf(input, ONE, FLOOR_ONE);
      const barTwo = barOf(input, TWO, FLOOR_TWO);
      const one = advanceReturnLevel(barOne, seconds);
      const two = advanceReturnLevel(barTwo, seconds);
      measure(bench);
      const verdict = judge(bench, one, two);
      const frames = state.doubles[doublesAt + FRAMES]!;
      state.doubles[doublesAt + FRAMES] = frames + 1;
      if (frames >= LEAST_HISTORY) {
        bookMaximum(barOne, verdict.one);
        bookMaximum(barTwo, verdict.lasting);
      }
      const { margin, worst } = verdict;
      // Bands are those of the past, so contributors come before learning.
      const ready = frames >= LEAST_HISTORY && worst >= 0;
      const explains = ready && margin > WORTH_EXPLAINING;
      const massAt = (metric: number): number => state.doubles[slotOf(input, metric) + MASS]!;
      const contributors = explains ? peerContributors(input, bench.references, surprises, worst, one, massAt) : [];
      learn(bench, frames, verdict);
      return ready ? { detector: 'peer', value: margin, contributors } : undefined;
    },
    remember: (state) => {
      const all = memories.get(state);
      return all && rememberPods(all, state);
    },
    recall: (state, record) => {
      const all = recallPods(record, state);
      if (all) memories.set(state, all);
    },
  };
};
