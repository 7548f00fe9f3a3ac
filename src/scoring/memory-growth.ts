import type { FrameLayout } from '../conventions/index.ts';
import { type Detector, type DetectorInput, NO_MEMORY } from './detector.ts';
import { SLOT } from './metric-slots.ts';
import { metricSlot, scoredColumns, type WorkloadState } from './workload-state.ts';

const HOUR = 3600;
/** The band is that of the day before the youngest hours: a leak of an hour or two must not widen its own yardstick. */
const HOURS = 27;
const YOUNG_HOURS = 3;
/** Hours of the past before a verdict: a day has seen the night's jobs and the day's peak. */
const LEAST_HOURS = 24;
/** Growth that counts, as part of the band's top and of its height: the saw-tooth of a garbage collector is high. */
const ABOVE_TOP = 0.15;
const ABOVE_BAND = 0.4;
/** More than this within three samples is a jump, which others judge and explain better. */
const JUMP = 0.1;
/** A collector gives back at once; what stays out for this many samples is out. */
const SAMPLES = 2;
/** Growth is said for as long as this, and again when it has gone on by as much. */
const SAID_SECONDS = 900;
/** Largest value: it is one metric, however far it has grown. */
const MOST = 1.5;

/** Doubles: the running hour, hours seen, samples in a row outside, memory when it was last said, and until when. Floats: tops, then bottoms, of the hours. */
const RUNNING = 0;
const SEEN = 1;
const RUN = 2;
const SAID = 3;
const SAID_UNTIL = 4;
const SLOTS = 5;

/** The memory metric: bytes where there are some. */
const memoryMetric = ({ metrics }: Pick<WorkloadState, 'metrics'>): number => {
  const bytes = metrics.findIndex((metric) => metric.memory && metric.unit === 'bytes');
  return bytes >= 0 ? bytes : metrics.findIndex((metric) => metric.memory);
};

/** The hours' tops and bottoms; 0 where an hour had no sample. */
const bandsOf = ({ state, floatsAt }: DetectorInput): { tops: Float32Array; bottoms: Float32Array } => ({
  tops: state.floats.subarray(floatsAt, floatsAt + HOURS),
  bottoms: state.floats.subarray(floatsAt + HOURS, floatsAt + 2 * HOURS),
});

/** Clears the hours that have begun since the last sample. */
const beginHour = (input: DetectorInput, hour: number): void => {
  const d = input.state.doubles;
  const at = input.doublesAt;
  if (hour === d[at + RUNNING]) return;
  const { tops, bottoms } = bandsOf(input);
  for (let h = Math.max(d[at + RUNNING]! + 1, hour - HOURS + 1); h <= hour; h++) {
    tops[h % HOURS] = 0;
    bottoms[h % HOURS] = 0;
  }
  d[at + RUNNING] = hour;
  d[at + SEEN]! += 1;
};

const reachOf = (tops: Float32Array, bottoms: Float32Array, hour: number): { top: number; reach: number } => {
  let top = 0;
  let bottom = Number.POSITIVE_INFINITY;
  for (let age = YOUNG_HOURS; age < HOURS; age++) {
    const slot = (((hour - age) % HOURS) + HOURS) % HOURS;
    if (tops[slot] === 0) continue;
    top = Math.max(top, tops[slot]!);
    bottom = Math.min(bottom, bottoms[slot]!);
  }
  return { top, reach: top === 0 ? Number.POSITIVE_INFINITY : top + Math.max(ABOVE_TOP * top, ABOVE_BAND * (top - bottom)) };
};

/** Memory that has left the band of the last day upwards, for good: growth so slow that each sample is like the one before. */
export const createMemoryGrowthDetector = (): Detector => ({
  id: 'memory_growth',
  memory: (layout: FrameLayout) => (memoryMetric(scoredColumns(layout)) >= 0 ? { doubles: SLOTS, floats: 2 * HOURS } : NO_MEMORY),
  observe(input) {
    const { frame, seconds, state, analysis, doublesAt: at } = input;
    // A node's memory moves with the pods that are placed on it.
    const metric = frame.key.workloadKind === 'Node' ? -1 : memoryMetric(state);
    const x = metric < 0 ? Number.NaN : analysis.values[metric]!;
    if (!(x > 0)) return undefined;
    const d = state.doubles;
    const hour = Math.floor(seconds / HOUR);
    beginHour(input, hour);
    const { tops, bottoms } = bandsOf(input);
    // A new release may need more: that much is granted once.
    if (frame.changed === 'rollout') for (let h = 0; h < HOURS; h++) tops[h]! *= 1 + ABOVE_TOP;
    const { top, reach } = reachOf(tops, bottoms, hour);
    const slot = ((hour % HOURS) + HOURS) % HOURS;
    tops[slot] = Math.max(tops[slot]!, x);
    bottoms[slot] = bottoms[slot] === 0 ? x : Math.min(bottoms[slot]!, x);
    const before = d[metricSlot(state, metric) + SLOT.lag3]!;
    d[at + RUN] = x >= reach && x - before <= JUMP * x ? d[at + RUN]! + 1 : 0;
    if (d[at + RUN]! < SAMPLES || d[at + SEEN]! <= LEAST_HOURS) return undefined;
    if (seconds >= d[at + SAID_UNTIL]!) {
      if (seconds - d[at + SAID_UNTIL]! < HOURS * HOUR && x < (1 + ABOVE_TOP) * d[at + SAID]!) return undefined;
      d[at + SAID] = x;
      d[at + SAID_UNTIL] = seconds + SAID_SECONDS;
    }
    const { name, unit, max } = state.metrics[metric]!;
    return {
      detector: 'memory_growth',
      value: Math.min(MOST, (x - top) / (reach - top)),
      contributors: [
        {
          metric: name,
          contribution: 1,
          observed: x,
          expected: analysis.residuals[metric]!.ready ? analysis.residuals[metric]!.expected[0]! : top,
          lower: 0,
          upper: Math.min(max, reach),
          unit,
          detector: 'memory_growth',
        },
      ],
    };
  },
});
