import type { FrameLayout } from '../conventions/index.ts';
import { type LoadRole, loadRoleOf } from './load-role.ts';
import { RING_LENGTH, SLOTS_PER_METRIC } from './metric-slots.ts';
import { BAR_BINS, ENTITY_SLOTS, type MemorySize, type ShapeOptions, type StateShape, stateShape } from './state-shape.ts';
import { BINS } from './surprise.ts';
import { type UnitFloor, unitFloorOf } from './unit-floor.ts';

/** Numbers of a workload that belong to no metric. */
export const ENTITY = {
  frames: 0,
  lastSeconds: 1,
  /** Alarm bar: the bar itself, its histogram's mass, the running block and its maximum. */
  bar: 2,
  barMass: 3,
  block: 4,
  blockMax: 5,
  /** Burst debt and when it was last brought up to date; starts of the current alarm hour and of the current alarm; last alarm sample. */
  debt: 6,
  debtSeconds: 7,
  hourStart: 8,
  alarmStart: 9,
  lastAlarm: 10,
  /** Rank part: own-past scales of its four inputs with their counts, three last values, two holds. */
  rankScale: 11,
  rankCount: 15,
  rankRecent: 19,
  rankFilled: 22,
  holdFast: 23,
  holdSlow: 24,
  /** Window bank: rows filled, samples offered. */
  bankRows: 25,
  bankOffered: 26,
  /** Moments: samples taken, when to fit next, seconds of the last fit, whether a fit exists. */
  momentSamples: 27,
  nextFit: 28,
  fitSeconds: 29,
  fitted: 30,
  /** Until when a rollout or scale-out damps level and difference parts. */
  dampedUntil: 31,
  /** Reservoir generator state. */
  random: 32,
  /** Frames in a row that were older than the newest one. */
  olderFrames: 33,
  /** Load factor at lags 1 to 3. */
  loads: 34,
  /** Load factor of the last minutes, a slow mean. */
  usualLoad: 37,
  /** When the score last was an alarm, whichever part said it. 0 in states of before, which is long ago. */
  lastSaid: 38,
} as const;

/** A scored column of the workload's frames. */
export interface ScoredMetric {
  readonly name: string;
  readonly unit: string;
  readonly floor: UnitFloor;
  readonly load: LoadRole;
  readonly memory: boolean;
  readonly min: number;
  readonly max: number;
}

/** The hourly maxima of all workloads of a class together: the sum of what each remembers, so that it is known again from their states alone. */
export interface ClassPast {
  readonly bins: Float64Array;
  mass: number;
}

/** Everything that is remembered of one workload: one buffer and the names of its columns. */
export interface WorkloadState {
  layout: FrameLayout;
  metrics: readonly ScoredMetric[];
  /** For each scored metric its column in the frame. */
  columns: readonly number[];
  shape: StateShape;
  buffer: ArrayBuffer;
  doubles: Float64Array;
  floats: Float32Array;
  bytes: Uint8Array;
  /** Rows of the window bank that were nearest last time: where a search begins. Not part of what is known, so not kept in a snapshot. */
  readonly nearestRows: Int32Array;
  /** What the workloads of its class reached hour by hour, its own part in it; kept by the scorer, in no snapshot. */
  classPast: ClassPast | undefined;
  readonly stepSeconds: number;
}

interface ScoredColumns {
  readonly metrics: readonly ScoredMetric[];
  readonly columns: readonly number[];
}

const columnsByLayout = new WeakMap<FrameLayout, ScoredColumns>();

/** The scored columns of a layout: all but context. Worked out once for each layout. */
export const scoredColumns = (layout: FrameLayout): ScoredColumns => {
  let scored = columnsByLayout.get(layout);
  if (!scored) {
    scored = deriveColumns(layout);
    columnsByLayout.set(layout, scored);
  }
  return scored;
};

const deriveColumns = (layout: FrameLayout): ScoredColumns => {
  const metrics: ScoredMetric[] = [];
  const columns: number[] = [];
  for (const [column, feature] of layout.features.entries()) {
    const floor = unitFloorOf(feature.unitClass);
    if (!floor) continue;
    metrics.push({
      name: feature.name,
      unit: feature.unit,
      floor,
      load: loadRoleOf(feature),
      memory: feature.unitClass === 'memory_bytes' || feature.unitClass === 'memory_ratio',
      min: feature.min ?? Number.NEGATIVE_INFINITY,
      max: feature.max ?? Number.POSITIVE_INFINITY,
    });
    columns.push(column);
  }
  return { metrics, columns };
};

/** Fresh state; `sizes` are the detectors' memories for this layout. */
export const createWorkloadState = (layout: FrameLayout, options: ShapeOptions, sizes: readonly MemorySize[]): WorkloadState => {
  const { metrics, columns } = scoredColumns(layout);
  const shape = stateShape(metrics.length, options, sizes);
  const buffer = new ArrayBuffer(shape.bytes);
  const state: WorkloadState = {
    layout,
    metrics,
    columns,
    shape,
    buffer,
    doubles: new Float64Array(buffer),
    floats: new Float32Array(buffer),
    bytes: new Uint8Array(buffer),
    nearestRows: Int32Array.of(0, 1, 2),
    classPast: undefined,
    stepSeconds: options.stepSeconds,
  };
  forgetTimes(state);
  state.doubles[ENTITY.block] = Number.NaN;
  state.doubles.fill(1, ENTITY.loads, ENTITY.usualLoad + 1);
  return state;
};

/** Forgets when things happened, and nothing else: for a new state, and for a clock that was set back. */
export const forgetTimes = (state: WorkloadState): void => {
  const d = state.doubles;
  d[ENTITY.lastSeconds] = Number.NEGATIVE_INFINITY;
  d[ENTITY.hourStart] = Number.NEGATIVE_INFINITY;
  d[ENTITY.alarmStart] = Number.NEGATIVE_INFINITY;
  d[ENTITY.lastAlarm] = Number.NEGATIVE_INFINITY;
  d[ENTITY.dampedUntil] = Number.NEGATIVE_INFINITY;
  d[ENTITY.lastSaid] = Number.NEGATIVE_INFINITY;
};

export const metricSlot = (state: WorkloadState, metric: number): number => state.shape.slots + metric * SLOTS_PER_METRIC;

const sameMetrics = (a: readonly ScoredMetric[], b: readonly ScoredMetric[]): boolean =>
  a.length === b.length && a.every((metric, i) => metric.name === b[i]!.name);

/** A workload whose columns changed keeps what it knows of every metric that remains; bank and moments, being joint, start again. */
export const adoptLayout = (
  old: WorkloadState,
  layout: FrameLayout,
  options: ShapeOptions,
  sizes: readonly MemorySize[],
): WorkloadState => {
  const next = createWorkloadState(layout, options, sizes);
  if (sameMetrics(old.metrics, next.metrics) && old.buffer.byteLength === next.buffer.byteLength) {
    next.bytes.set(old.bytes);
    return next;
  }
  next.doubles.set(old.doubles.subarray(0, ENTITY_SLOTS));
  for (const slot of [ENTITY.bankRows, ENTITY.bankOffered, ENTITY.momentSamples, ENTITY.nextFit, ENTITY.fitted]) next.doubles[slot] = 0;
  next.floats.set(old.floats.subarray(old.shape.bar, old.shape.bar + BAR_BINS), next.shape.bar);
  for (const [i, to] of next.shape.memories.entries()) {
    const from = old.shape.memories[i];
    if (from?.size.doubles !== to.size.doubles || from.size.floats !== to.size.floats) continue;
    next.doubles.set(old.doubles.subarray(from.doubles, from.doubles + from.size.doubles), to.doubles);
    next.floats.set(old.floats.subarray(from.floats, from.floats + from.size.floats), to.floats);
  }
  for (const [to, metric] of next.metrics.entries()) {
    const from = old.metrics.findIndex((candidate) => candidate.name === metric.name);
    if (from >= 0) copyMetric(old, from, next, to);
  }
  return next;
};

const copyMetric = (old: WorkloadState, from: number, next: WorkloadState, to: number): void => {
  const a = old.shape;
  const b = next.shape;
  const part = (view: Float64Array | Float32Array | Uint8Array, start: number, index: number, length: number) =>
    view.subarray(start + index * length, start + (index + 1) * length);
  next.doubles.set(part(old.doubles, a.slots, from, SLOTS_PER_METRIC), b.slots + to * SLOTS_PER_METRIC);
  next.floats.set(part(old.floats, a.rings, from, RING_LENGTH), b.rings + to * RING_LENGTH);
  next.floats.set(part(old.floats, a.histograms, from, 3 * BINS), b.histograms + to * 3 * BINS);
  next.floats.set(part(old.floats, a.profiles, from, a.profileBins), b.profiles + to * b.profileBins);
  next.bytes.set(part(old.bytes, a.visits, from, a.profileBins), b.visits + to * b.profileBins);
};
