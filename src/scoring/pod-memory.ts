import type { PodValues } from '../conventions/index.ts';

/** Samples over which a pod's habit is a mean: two hours at 30 s. */
const HABIT_SAMPLES = 240;
/** How many samples a pod that joins later counts as being like its siblings. */
const LIKE_SIBLINGS = 5;
/** Deviations further out than this many scales move a habit no more. */
const CLIP = 3;
/** A new pod is warming its caches, not misbehaving. */
const POD_GRACE_SECONDS = 300;
/** A pod that has missed something is neither judged nor a yardstick for this many steps: counters and traffic find back. */
const GAP_STEPS = 2;
/** A pod that was absent for longer than this many steps may be another of the same name, as in a StatefulSet. */
const ABSENT_STEPS = 3;
/** Samples of signed surprise kept per metric for the plateau rule. */
export const POD_PLATEAU = 6;

/** What is known of one pod. */
export interface PodMemory {
  /** When it appeared, or came back after a while; -Infinity for a pod that was there in the first frame. */
  since: number;
  /** When it last missed a value it used to have: its container was replaced, or a scrape was lost. */
  gapSeconds: number;
  /** When it was last present. */
  lastSeconds: number;
  readonly samples: Float64Array;
  /** Usual logarithm of its value over that of its siblings, per metric: leaders, and pods on busy nodes, differ for good. */
  readonly habit: Float64Array;
  /** Values of the frame before, per metric; NaN where there was none. */
  readonly last: Float64Array;
  /** Signed surprise per metric, `POD_PLATEAU` each, newest first. */
  readonly plateau: Float64Array;
  /** Joint surprise of the frame before. */
  total: number;
  /** Frame in which it was last present. */
  frame: number;
}

export interface PodMemories {
  readonly pods: Map<string, PodMemory>;
  frame: number;
}

export const createPodMemories = (): PodMemories => ({ pods: new Map(), frame: 0 });

/** The memories of the pods of a frame, in its order; those of pods that have gone are dropped. */
export const memoriesOf = (
  all: PodMemories,
  present: readonly PodValues[],
  columns: readonly number[],
  seconds: number,
  stepSeconds: number,
): PodMemory[] => {
  const metrics = columns.length;
  const first = all.frame === 0;
  all.frame++;
  const found = present.map(({ pod, values }) => {
    let memory = all.pods.get(pod);
    if (!memory) {
      const samples = new Float64Array(metrics).fill(first ? 0 : LIKE_SIBLINGS);
      const since = first ? Number.NEGATIVE_INFINITY : seconds;
      memory = {
        since,
        samples,
        habit: new Float64Array(metrics),
        last: new Float64Array(metrics).fill(Number.NaN),
        plateau: new Float64Array(metrics * POD_PLATEAU),
        total: 0,
        frame: 0,
        gapSeconds: Number.NEGATIVE_INFINITY,
        lastSeconds: seconds,
      };
      all.pods.set(pod, memory);
    }
    const absent = seconds - memory.lastSeconds;
    if (absent > ABSENT_STEPS * stepSeconds) memory.since = seconds;
    const missed = columns.some((column, m) => memory.samples[m]! > LIKE_SIBLINGS && Number.isNaN(values[column]!));
    if (missed || absent > 1.5 * stepSeconds) memory.gapSeconds = seconds;
    memory.lastSeconds = seconds;
    memory.frame = all.frame;
    return memory;
  });
  // A pod may miss some scrapes; the double keeps the sweep rare.
  if (all.pods.size > 2 * present.length + 16) for (const [pod, { frame }] of all.pods) if (frame !== all.frame) all.pods.delete(pod);
  return found;
};

export const isSettled = (memory: PodMemory, seconds: number, stepSeconds: number): boolean =>
  seconds - memory.since >= POD_GRACE_SECONDS && seconds - memory.gapSeconds > GAP_STEPS * stepSeconds;

/** Moves a habit towards the newest logarithm of the ratio; `scale` is the usual relative deviation, `weight` below 1 while it stands out. */
export const learnHabit = (memory: PodMemory, metric: number, ratio: number, scale: number, weight: number): void => {
  const samples = memory.samples[metric]!;
  const deviation = ratio - memory.habit[metric]!;
  const reach = samples === 0 ? Number.POSITIVE_INFINITY : CLIP * scale;
  memory.habit[metric]! += Math.max(1 / (samples + 1), 1 / HABIT_SAMPLES) * weight * Math.max(-reach, Math.min(reach, deviation));
  memory.samples[metric] = samples + 1;
};

export const pushPodPlateau = (memory: PodMemory, metric: number, signed: number): void => {
  const at = metric * POD_PLATEAU;
  memory.plateau.copyWithin(at + 1, at, at + POD_PLATEAU - 1);
  memory.plateau[at] = signed;
};
