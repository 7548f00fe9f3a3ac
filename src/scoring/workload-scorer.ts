import {
  type FrameLayout,
  type NotReadyReason,
  type Score,
  type WorkloadFrame,
  type WorkloadKey,
  workloadId,
} from '../conventions/index.ts';
import { BellwetherError } from '../platform/index.ts';
import { noteAlarm } from './afterglow.ts';
import { createClassPasts } from './class-past.ts';
import type { Part } from './detector.ts';
import { recallAll, rememberAll } from './detector-memories.ts';
import { createDetectors } from './detectors.ts';
import { createEncoderStage } from './encoder/encoder-stage.ts';
import { fuse, fusedValue } from './fusion.ts';
import { createLearnedStage, type LearnedStage, LONGEST_WINDOW } from './learned-detector.ts';
import { createTeaching, type Teaching } from './lessons/index.ts';
import { overloadFeatures, overloadVerdict } from './overload/index.ts';
import { plausibleFrame } from './plausible-frame.ts';
import type { Scorer, ScorerOptions, WorkloadSnapshot } from './scorer.ts';
import { decodeSnapshot, encodeSnapshot, SCORER_VERSION } from './snapshot.ts';
import type { MemorySize } from './state-shape.ts';
import { createFrameAnalysis, observeBaseline } from './streaming-baseline.ts';
import { adoptLayout, createWorkloadState, ENTITY, forgetTimes, type WorkloadState } from './workload-state.ts';

/** For this long a rollout, scale-out or drain explains part of the levels and differences. */
const DAMPING_SECONDS = 600;
/** After this many frames in a row that lie before the newest one, the clock was set back, and time starts anew. */
const CLOCK_SET_BACK = 10;

const notReady = (frame: WorkloadFrame, reason: NotReadyReason, modelVersion: string): Score => ({
  key: frame.key,
  timeMs: frame.timeMs,
  value: Number.NaN,
  ready: false,
  reason,
  margin: Number.NaN,
  contributors: [],
  detector: 'none',
  damped: false,
  modelVersion,
});

/** Largest score that is not an alarm. */
const LARGEST_QUIET = 0.999;

interface Workload {
  readonly key: WorkloadKey;
  state: WorkloadState;
}

const createStage = ({ learned, mostContributors }: ScorerOptions, position: number): LearnedStage | undefined => {
  if (!learned) return undefined;
  if ('encoder' in learned) return createEncoderStage(learned.encoder, learned.mode, position, mostContributors);
  if (learned.model.windowLength > LONGEST_WINDOW)
    throw new BellwetherError('invalid_input', `model ${learned.model.id}: windows of at most ${LONGEST_WINDOW} samples are kept`);
  return createLearnedStage(learned.model, learned.mode, position);
};

/** A late word of the learned model must pass a raised bar too. */
const keepEased = (early: Score, late: Score): Score => {
  const bar = early.taught?.bar ?? 1;
  return early.value < 1 && late.value >= 1 && late.value < bar ? { ...late, value: LARGEST_QUIET } : late;
};

/** The scorer of the exporter, of recordings and of the simulator: one state per workload; what workloads of a class share is the sum of these (class-past.ts). */
export const createScorer = (options: ScorerOptions): Scorer => {
  const rules = createDetectors();
  const stage = createStage(options, rules.length);
  const detectors = stage ? [...rules, stage.detector] : rules;
  const workloads = new Map<string, Workload>();
  const classes = options.classes?.copy() ?? createClassPasts();
  const teaching: Teaching = createTeaching(
    detectors.map(({ id }) => id),
    options.alternatives,
  );
  // One analysis serves all: it is read before the next frame begins.
  const analysis = createFrameAnalysis();
  const sizesByLayout = new WeakMap<FrameLayout, readonly MemorySize[]>();

  const sizesOf = (layout: FrameLayout): readonly MemorySize[] => {
    let sizes = sizesByLayout.get(layout);
    if (!sizes) {
      sizes = detectors.map((detector) => detector.memory(layout));
      sizesByLayout.set(layout, sizes);
    }
    return sizes;
  };

  const freshState = (layout: FrameLayout): WorkloadState => {
    const state = createWorkloadState(layout, options, sizesOf(layout));
    state.doubles[ENTITY.random] = options.seed >>> 0;
    return state;
  };

  const workloadOf = (frame: WorkloadFrame, id: string): Workload => {
    let workload = workloads.get(id);
    if (!workload) {
      workload = { key: frame.key, state: freshState(frame.layout) };
      classes.join(workload.state);
      workloads.set(id, workload);
    } else if (workload.state.layout !== frame.layout) {
      const memories = rememberAll(detectors, workload.state);
      classes.leave(workload.state);
      workload.state = adoptLayout(workload.state, frame.layout, options, sizesOf(frame.layout));
      classes.join(workload.state);
      recallAll(detectors, workload.state, memories);
    }
    return workload;
  };

  /** False for a frame from before the newest one. */
  const inOrder = (state: WorkloadState, seconds: number): boolean => {
    const d = state.doubles;
    if (seconds > d[ENTITY.lastSeconds]!) {
      d[ENTITY.olderFrames] = 0;
      return true;
    }
    d[ENTITY.olderFrames]! += 1;
    if (d[ENTITY.olderFrames]! < CLOCK_SET_BACK) return false;
    forgetTimes(state);
    d[ENTITY.olderFrames] = 0;
    return true;
  };

  const scoreFrame = (given: WorkloadFrame, index: number): Score => {
    const frame = plausibleFrame(given);
    const id = workloadId(frame.key);
    const { state } = workloadOf(frame, id);
    const seconds = frame.timeMs / 1000;
    if (!Number.isFinite(seconds) || !inOrder(state, seconds)) return notReady(frame, 'stale_data', SCORER_VERSION);
    const d = state.doubles;
    d[ENTITY.lastSeconds] = seconds;
    if (frame.changed) d[ENTITY.dampedUntil] = seconds + DAMPING_SECONDS;
    const damped = seconds < d[ENTITY.dampedUntil]!;
    observeBaseline(state, seconds, frame.values, damped, analysis);
    if (analysis.ready) stage?.gather(state, analysis, index);
    const parts: Part[] = [];
    for (const [i, detector] of detectors.entries()) {
      const { doubles: doublesAt, floats: floatsAt } = state.shape.memories[i]!;
      const part = detector.observe({ frame, seconds, state, analysis, doublesAt, floatsAt });
      if (part) parts.push(part);
    }
    // A lifecycle fault needs no history: a workload that crashes from its first minute has a score from its first minute.
    if (!analysis.ready && !parts.some((part) => part.value >= 1)) return notReady(frame, 'warming_up', SCORER_VERSION);
    const rawValue = fusedValue(analysis, parts);
    const { margin } = analysis;
    const reading = teaching.read(id, state, analysis, parts, seconds, rawValue);
    if (analysis.ready && !reading.isProtected) teaching.admit(id, state, margin, seconds);
    const features = options.onOverload || rawValue >= 1 ? overloadFeatures(state, analysis, frame) : undefined;
    if (features && analysis.ready) options.onOverload?.(frame, features);
    const overload = analysis.ready && rawValue >= 1 ? overloadVerdict(features!) : undefined;
    const plain = fuse(frame, state, analysis, reading.parts, damped, SCORER_VERSION, options);
    const score = overload && plain.value >= 1 ? { ...plain, overload } : plain;
    // As it was before verdicts: what each set of them would have made of the order can then be told from one state.
    if (rawValue >= 1) noteAlarm(state, seconds);
    if (reading.bar === 1 && !options.alternatives) return score;
    return {
      ...score,
      ...(reading.bar === 1 ? {} : { taught: { rawValue, bar: reading.bar, verdicts: reading.verdicts } }),
      ...(options.alternatives
        ? { alternatives: reading.alternatives.map((eased) => ({ value: fusedValue(eased, eased.parts), margin: eased.margin })) }
        : {}),
    };
  };

  const snapshotOf = (id: string, { key, state }: Workload): WorkloadSnapshot =>
    encodeSnapshot(key, state, { ...rememberAll(detectors, state), ...teaching.remember(id) });

  return {
    classes,
    modelVersion: SCORER_VERSION,
    score: (frames) => {
      stage?.begin();
      return frames.map(scoreFrame);
    },
    refine: async (scores) => {
      return stage ? (await stage.refine(scores)).map((late, i) => keepEased(scores[i]!, late)) : scores;
    },
    learned: stage?.stats,
    teach: (adjustment) => {
      const workload = workloads.get(workloadId(adjustment.key));
      return workload ? teaching.teach(workloadId(adjustment.key), workload.state, adjustment) : 'unknown_workload';
    },
    unteach: (id) => [...workloads].some(([workload, { state }]) => teaching.unteach(workload, state, id)),
    *lessons() {
      for (const [id, { key }] of workloads) for (const lesson of teaching.lessonsOf(id)) yield { key, lesson };
    },
    forget: (key) => {
      const known = workloads.get(workloadId(key));
      if (known) classes.leave(known.state);
      workloads.delete(workloadId(key));
      teaching.forget(workloadId(key));
    },
    get workloads() {
      return workloads.size;
    },
    get stateBytes() {
      let bytes = 0;
      for (const { state } of workloads.values()) bytes += state.buffer.byteLength;
      return bytes;
    },
    *snapshot(): Iterable<WorkloadSnapshot> {
      for (const [id, workload] of workloads) yield snapshotOf(id, workload);
    },
    snapshotOf: (key) => {
      const workload = workloads.get(workloadId(key));
      return workload && snapshotOf(workloadId(key), workload);
    },
    restore: (snapshot) => {
      const state = decodeSnapshot(snapshot, options, (layout) => sizesOf(layout));
      if (!state) return false;
      recallAll(detectors, state, snapshot.header.memories);
      const before = workloads.get(workloadId(snapshot.key));
      if (before) classes.leave(before.state);
      classes.join(state);
      workloads.set(workloadId(snapshot.key), { key: snapshot.key, state });
      // What was seen since then is not part of it.
      teaching.forget(workloadId(snapshot.key));
      teaching.recall(workloadId(snapshot.key), state, snapshot.header.memories);
      return true;
    },
  };
};
