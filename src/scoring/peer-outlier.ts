import type { Contributor, PodValues } from '../conventions/index.ts';
import { absoluteBar } from './alarm-bar.ts';
import type { Detector, DetectorInput, Part } from './detector.ts';
import { BINS, learnSurprise, sizeAtSurprise, surpriseOf } from './surprise.ts';
import { floorAt } from './unit-floor.ts';
import { scoredColumns, type WorkloadState } from './workload-state.ts';

/** Fewer have no majority. */
const LEAST_PODS = 3;
/** Distance from the siblings, in their own spread, below which a pod is ordinary. */
const LEAST_SIZE = 6;
/** Replicas share traffic unevenly: a quarter of the siblings' median is ordinary. */
const SIBLING_SHARE = 0.25;
/** A new pod is warming its caches, not misbehaving. */
const POD_GRACE_SECONDS = 300;
/** Frames of siblings before a verdict: a pod that always differs (a leader) is learnt by then. */
const LEAST_HISTORY = 60;
/** Over the absolute bar by this much, as there is a test per metric and pod; by more where waiting is measured, which one slow request moves. */
const BAR_MARGIN = 0.3;
const WAITING_MARGIN = 1.2;
/** An outlier teaches little, or its second frame would find it ordinary. */
const LEARN_OUTLIER = 0.1;
const SIGMA = 1.25;

/** One metric's pod that is furthest from its siblings. */
interface Outlier {
  pod: string;
  observed: number;
  expected: number;
  scale: number;
  size: number;
}

/** What is not worth a snapshot: since when each pod is known, and which pod stood out in the frame before, per metric. */
interface PodMemory {
  readonly since: Map<string, number>;
  readonly previous: { pod: string; surprise: number }[];
}

const values = new Float64Array(4096);

const furthest = (pods: readonly PodValues[], column: number, floor: (level: number) => number): Outlier | undefined => {
  let count = 0;
  for (const pod of pods) {
    const x = pod.values[column]!;
    if (Number.isFinite(x) && count < values.length) values[count++] = x;
  }
  if (count < LEAST_PODS) return undefined;
  const sorted = values.subarray(0, count).sort();
  // The extremes are the only candidates; the siblings are all the others.
  const low = sorted[0]!;
  const high = sorted[count - 1]!;
  const middle = sorted[count >> 1]!;
  const observed = high - middle >= middle - low ? high : low;
  const from = observed === low && observed !== high ? 1 : 0;
  const to = from === 1 ? count : count - 1;
  const siblings = to - from;
  const centre = from + (siblings >> 1);
  const expected = siblings % 2 === 1 ? sorted[centre]! : (sorted[centre - 1]! + sorted[centre]!) / 2;
  let spread = 0;
  for (let i = from; i < to; i++) spread += Math.abs(sorted[i]! - expected) / siblings;
  const share = SIBLING_SHARE * Math.abs(expected);
  const fl = floor(expected);
  const scale = Math.sqrt((SIGMA * spread) ** 2 + fl * fl + share * share);
  const pod = pods.find((candidate) => candidate.values[column] === observed)!.pod;
  return { pod, observed, expected, scale, size: Math.abs(observed - expected) / scale };
};

const memoryOf = (memories: WeakMap<WorkloadState, PodMemory>, input: DetectorInput): PodMemory => {
  let memory = memories.get(input.state);
  if (!memory) {
    // Pods present in the first frame are old: nothing is known of their beginning.
    const since = new Map(input.frame.pods!.map(({ pod }) => [pod, Number.NEGATIVE_INFINITY]));
    memory = { since, previous: input.state.metrics.map(() => ({ pod: '', surprise: 0 })) };
    memories.set(input.state, memory);
  }
  for (const { pod } of input.frame.pods!) if (!memory.since.has(pod)) memory.since.set(pod, input.seconds);
  if (memory.since.size > 2 * input.frame.pods!.length + 16) {
    const present = new Set(input.frame.pods!.map(({ pod }) => pod));
    for (const pod of memory.since.keys()) if (!present.has(pod)) memory.since.delete(pod);
  }
  return memory;
};

/** The one bad pod among its siblings: further from them than this workload's pods ever are, twice in a row. */
export const createPeerOutlierDetector = (): Detector => {
  const memories = new WeakMap<WorkloadState, PodMemory>();
  return {
    id: 'peer',
    memory: (layout) => {
      const { metrics } = scoredColumns(layout);
      return { doubles: metrics.length, floats: metrics.length * BINS };
    },
    observe(input): Part | undefined {
      const { frame, state, seconds, doublesAt, floatsAt } = input;
      if (!frame.pods || frame.pods.length < LEAST_PODS) return undefined;
      const memory = memoryOf(memories, input);
      let value = 0;
      let contributors: Contributor[] = [];
      for (let m = 0; m < state.metrics.length; m++) {
        const metric = state.metrics[m]!;
        const bar = absoluteBar(state.stepSeconds) + (metric.load === 'suffers' ? WAITING_MARGIN : BAR_MARGIN);
        const outlier = furthest(frame.pods, state.columns[m]!, (level) => floorAt(metric.floor, level));
        if (!outlier) continue;
        const histogram = floatsAt + m * BINS;
        const total = state.doubles[doublesAt + m]!;
        const surprise = surpriseOf(state.floats, histogram, total, outlier.size);
        const settled = seconds - memory.since.get(outlier.pod)! >= POD_GRACE_SECONDS;
        const counts = settled && total >= LEAST_HISTORY && outlier.size >= LEAST_SIZE;
        state.doubles[doublesAt + m] = learnSurprise(state.floats, histogram, total, outlier.size, counts ? LEARN_OUTLIER : 1);
        const previous = memory.previous[m]!;
        const lasting = counts && previous.pod === outlier.pod ? Math.min(previous.surprise, surprise) : 0;
        memory.previous[m] = { pod: outlier.pod, surprise: counts ? surprise : 0 };
        if (lasting / bar <= value) continue;
        value = lasting / bar;
        const reach = sizeAtSurprise(state.floats, histogram, total, bar) * outlier.scale;
        contributors = [
          {
            metric: metric.name,
            contribution: 1,
            observed: outlier.observed,
            expected: outlier.expected,
            lower: Math.max(metric.min, outlier.expected - reach),
            upper: Math.min(metric.max, outlier.expected + reach),
            unit: metric.unit,
            detector: 'peer',
            pod: outlier.pod,
          },
        ];
      }
      return value > 0 ? { detector: 'peer', value, contributors } : undefined;
    },
  };
};
