import type { Random } from '../../platform/index.ts';
import type { WorkloadPlan } from './cluster-plan.ts';
import { forkRandom, hexId, uuid } from './draws.ts';
import { createEffect, type Effect } from './effect.ts';
import { combineNoise, type Noise } from './noise.ts';
import { noiseProfile } from './noise-profiles.ts';

/** Upper bounds of the request duration histogram, seconds: the client libraries' defaults. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Number.POSITIVE_INFINITY] as const;

/** Status codes that are told apart. */
export const STATUS_CODES = ['200', '404', '500', '503'] as const;

/** Places of a container's counters, which start at zero with every container. */
export const COUNTER = {
  cpu: 0,
  periods: 1,
  throttled: 2,
  reads: 3,
  writes: 4,
  codes: 5,
  durationSum: 5 + STATUS_CODES.length,
  buckets: 6 + STATUS_CODES.length,
} as const;
export const COUNTERS = COUNTER.buckets + DURATION_BUCKETS.length;

/** Places of a pod's counters: its network namespace and its cgroup outlive its containers. */
export const SANDBOX = { receiveBytes: 0, transmitBytes: 1, receivePackets: 2, transmitPackets: 3, cpu: 4 } as const;
const SANDBOX_COUNTERS = 5;

/** One life of a container. */
export interface Run {
  readonly containerId: string;
  readonly startMs: number;
  endMs: number;
  /** Why it ended, in kube-state-metrics' words. */
  endReason: 'Error' | 'OOMKilled' | 'Completed' | undefined;
}

/** A container that keeps exiting: how long it runs, and the wait that doubles up to five minutes. */
export interface CrashLoop {
  readonly untilMs: number;
  backoffMs: number;
}

/** What decides a pod before it lives. */
export interface PodSeat {
  readonly name: string;
  readonly owner: { readonly kind: 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job'; readonly name: string };
  readonly ip: string;
  /** Index of its node. */
  readonly node: number;
  /** Release it runs; counts up with each rollout. */
  readonly revision: number;
  readonly createdMs: number;
  readonly startMs: number;
  /** When it gets its share of the requests. */
  readonly readyMs: number;
}

export interface Pod extends PodSeat {
  readonly uid: string;
  /** Infinity while it lives. */
  deletedMs: number;
  /** Runs of the present step, oldest first; one outside crashes. */
  runs: Run[];
  restarts: number;
  /** Why the container ended last, and what was known of that before this step. */
  lastReason: Run['endReason'];
  reasonBefore: Run['endReason'];
  crash: CrashLoop | undefined;
  /** Next start of the container after an exit, Infinity when it has ended for good. */
  nextStartMs: number;
  readonly totals: Float64Array;
  readonly rates: Float64Array;
  readonly previousRates: Float64Array;
  readonly sandboxTotals: Float64Array;
  readonly sandboxRates: Float64Array;
  readonly previousSandboxRates: Float64Array;
  memoryBytes: number;
  heapBytes: number;
  collecting: boolean;
  readonly random: Random;
  readonly noise: {
    readonly balance: Noise;
    readonly cost: Noise;
    readonly receive: Noise;
    readonly transmit: Noise;
    readonly disk: Noise;
    readonly latency: Noise;
    readonly memory: Noise;
  };
  /** This step's draws and wants, filled in the first pass and used in the second. */
  readonly step: PodStep;
  readonly effect: Effect;
}

export interface PodStep {
  weight: number;
  requestsPerSecond: number;
  /** CPU the application wants, and all that wants CPU in the pod. */
  appCores: number;
  wantCores: number;
  /** After the limit, before the node is shared. */
  cappedCores: number;
  limitCores: number;
}

/** Caches and page cache breathe by a few percent over hours, in every profile. */
const MEMORY_DRIFT = { family: 'ar1', sigma: 0.015, tauSeconds: 7200 } as const;
const MEMORY_JITTER = { family: 'gaussian', sigma: 0.002 } as const;

/** A new pod, its container due at `startMs`. Its noise depends on its name and the workload's seed alone. */
export const createPod = (plan: WorkloadPlan, seat: PodSeat, stepSeconds: number): Pod => {
  const seed = plan.seed;
  const random = forkRandom(seed, seat.name);
  const profile = noiseProfile(plan.noise);
  const stream = (label: string, specs: typeof profile.cost): Noise =>
    combineNoise(specs, stepSeconds, forkRandom(seed, `${seat.name}/${label}`));
  return {
    ...seat,
    uid: uuid(random),
    deletedMs: Number.POSITIVE_INFINITY,
    runs: [],
    restarts: 0,
    lastReason: undefined,
    reasonBefore: undefined,
    crash: undefined,
    nextStartMs: seat.startMs,
    totals: new Float64Array(COUNTERS),
    rates: new Float64Array(COUNTERS),
    previousRates: new Float64Array(COUNTERS),
    sandboxTotals: new Float64Array(SANDBOX_COUNTERS),
    sandboxRates: new Float64Array(SANDBOX_COUNTERS),
    previousSandboxRates: new Float64Array(SANDBOX_COUNTERS),
    memoryBytes: plan.memoryBytes * 0.5,
    heapBytes: 0,
    collecting: false,
    random,
    noise: {
      balance: stream('balance', profile.balance),
      cost: stream('cost', profile.cost),
      receive: stream('receive', profile.traffic),
      transmit: stream('transmit', profile.traffic),
      disk: stream('disk', profile.traffic),
      latency: stream('latency', profile.latency),
      memory: stream('memory', [MEMORY_DRIFT, MEMORY_JITTER]),
    },
    step: { weight: 0, requestsPerSecond: 0, appCores: 0, wantCores: 0, cappedCores: 0, limitCores: Number.POSITIVE_INFINITY },
    effect: createEffect(),
  };
};

/** The run that is alive at a time, if any. */
export const runAt = (pod: Pod, timeMs: number): Run | undefined => {
  for (let i = pod.runs.length - 1; i >= 0; i--) {
    const run = pod.runs[i] as Run;
    if (run.startMs <= timeMs) return timeMs < run.endMs ? run : undefined;
  }
  return undefined;
};

/** Whether the pod's container had ended for good by then. */
export const hasCompleted = (pod: Pod, timeMs: number): boolean => {
  const run = pod.runs.at(-1);
  return run?.endReason === 'Completed' && run.endMs <= timeMs;
};

const newRun = (pod: Pod, startMs: number): Run => ({
  containerId: hexId(pod.random, 64),
  startMs,
  endMs: Number.POSITIVE_INFINITY,
  endReason: undefined,
});

/** kubelet: the first restart is at once, then 10 s doubling to 5 minutes. */
const FIRST_BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 300_000;

/** Ends the present run and says when the next one starts. */
export const exitContainer = (pod: Pod, atMs: number, reason: NonNullable<Run['endReason']>): void => {
  const run = pod.runs.at(-1);
  if (!run || run.endMs !== Number.POSITIVE_INFINITY) return;
  run.endMs = atMs;
  run.endReason = reason;
  pod.lastReason = reason;
  if (reason === 'Completed') {
    pod.nextStartMs = Number.POSITIVE_INFINITY;
    return;
  }
  pod.nextStartMs = atMs + 1000 + (pod.crash?.backoffMs ?? 0);
  if (pod.crash) pod.crash.backoffMs = Math.min(LONGEST_BACKOFF_MS, pod.crash.backoffMs === 0 ? FIRST_BACKOFF_MS : pod.crash.backoffMs * 2);
};

/** Starts and exits of the container inside [fromMs, toMs), in order. Forgets runs that ended before. */
export const advanceContainer = (pod: Pod, fromMs: number, toMs: number): void => {
  const last = pod.runs.at(-1);
  pod.runs = last ? [last] : [];
  pod.reasonBefore = pod.lastReason;
  for (;;) {
    const run = pod.runs.at(-1);
    const running = run !== undefined && run.endMs === Number.POSITIVE_INFINITY;
    if (!running) {
      if (pod.nextStartMs >= toMs || pod.nextStartMs >= pod.deletedMs) return;
      if (run) pod.restarts++;
      // Only the first run may have begun before the simulation did.
      pod.runs.push(newRun(pod, run ? Math.max(fromMs, pod.nextStartMs) : pod.nextStartMs));
      pod.heapBytes = 0;
      if (pod.crash && pod.nextStartMs >= pod.crash.untilMs) pod.crash = undefined;
      continue;
    }
    if (!pod.crash) return;
    // A crashing container dies one to eight seconds after its start; the exit is drawn once per run, from the run's own id.
    const exitMs = Math.max(fromMs, run.startMs + 1000 + (Number.parseInt(run.containerId.slice(0, 4), 16) % 7000));
    if (exitMs >= toMs) return;
    exitContainer(pod, exitMs, 'Error');
  }
};

/** Milliseconds of [fromMs, toMs) in which the container ran. */
export const runningMs = (pod: Pod, fromMs: number, toMs: number): number => {
  let sum = 0;
  for (const run of pod.runs) sum += Math.max(0, Math.min(run.endMs, toMs, pod.deletedMs) - Math.max(run.startMs, fromMs));
  return sum;
};

/** Restarts that kube-state-metrics knows of at a time inside the present step. */
export const restartsAt = (pod: Pod, timeMs: number): number => {
  let later = 0;
  for (const run of pod.runs) if (run.startMs > timeMs) later++;
  return Math.max(0, pod.restarts - later);
};

/** Below this the kubelet restarts so soon that nobody sees the container waiting. */
const SEEN_WAITING_MS = 2000;

/** Why the container waits at a time inside the present step; undefined while it runs or has ended for good. */
export const waitingReasonAt = (pod: Pod, timeMs: number): 'ContainerCreating' | 'CrashLoopBackOff' | undefined => {
  if (runAt(pod, timeMs)) return undefined;
  const index = pod.runs.findLastIndex((run) => run.endMs <= timeMs);
  const ended = pod.runs[index];
  if (!ended) return 'ContainerCreating';
  if (ended.endReason === 'Completed') return undefined;
  const nextStartMs = pod.runs[index + 1]?.startMs ?? pod.nextStartMs;
  return nextStartMs - ended.endMs >= SEEN_WAITING_MS ? 'CrashLoopBackOff' : undefined;
};

/** Why the container ended last, as known at a time inside the present step. */
export const lastReasonAt = (pod: Pod, timeMs: number): Run['endReason'] => {
  const ended = pod.runs.findLast((run) => run.endMs <= timeMs);
  return ended?.endReason ?? pod.reasonBefore;
};

/** A container counter at a time at most one step before the present step's start and at most its end; undefined while no container runs. */
export const containerCounterAt = (pod: Pod, run: Run, index: number, timeMs: number, stepStartMs: number): number => {
  const rate = pod.rates[index] as number;
  if (run.startMs >= stepStartMs) return (rate * (timeMs - run.startMs)) / 1000;
  const total = pod.totals[index] as number;
  if (timeMs >= stepStartMs) return total + (rate * (timeMs - stepStartMs)) / 1000;
  return Math.max(0, total - ((pod.previousRates[index] as number) * (stepStartMs - timeMs)) / 1000);
};

/** A counter of the pod's sandbox at a time, as for containers. The sandbox lives as long as the pod. */
export const sandboxCounterAt = (pod: Pod, index: number, timeMs: number, stepStartMs: number): number => {
  const total = pod.sandboxTotals[index] as number;
  if (timeMs >= stepStartMs) return total + ((pod.sandboxRates[index] as number) * (timeMs - Math.max(stepStartMs, pod.createdMs))) / 1000;
  return Math.max(0, total - ((pod.previousSandboxRates[index] as number) * (stepStartMs - timeMs)) / 1000);
};

/** Adds the step to the counters. */
export const closeStep = (pod: Pod, fromMs: number, toMs: number): void => {
  const run = pod.runs.at(-1);
  if (run) {
    const startedNow = run.startMs >= fromMs;
    const seconds = Math.max(0, Math.min(run.endMs, toMs) - Math.max(run.startMs, fromMs)) / 1000;
    for (let i = 0; i < COUNTERS; i++) {
      const rate = pod.rates[i] as number;
      pod.totals[i] = (startedNow ? 0 : (pod.totals[i] as number)) + rate * seconds;
      pod.previousRates[i] = rate;
    }
  }
  const seconds = (toMs - Math.max(fromMs, pod.createdMs)) / 1000;
  for (let i = 0; i < SANDBOX_COUNTERS; i++) {
    const rate = pod.sandboxRates[i] as number;
    pod.sandboxTotals[i] = (pod.sandboxTotals[i] as number) + rate * Math.max(0, seconds);
    pod.previousSandboxRates[i] = rate;
  }
};
