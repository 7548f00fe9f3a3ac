import type { Random } from '../../platform/index.ts';
import type { WorkloadPlan } from './cluster-plan.ts';
import { forkRandom } from './draws.ts';
import { combineNoise, type Noise } from './noise.ts';
import { noiseProfile } from './noise-profiles.ts';
import { COUNTER, type Pod, SANDBOX } from './pod.ts';
import { rhythmAt } from './rhythm.ts';

/** A controller and its pods while the simulation runs. */
export interface WorkloadState {
  readonly index: number;
  readonly plan: WorkloadPlan;
  readonly random: Random;
  /** Pods that live, will be created or were deleted within the last steps. */
  pods: Pod[];
  /** Replicas the specification asks for. */
  replicas: number;
  revision: number;
  /** Template hash of each revision, part of the names of its ReplicaSet and pods. */
  readonly templateHashes: string[];
  /** CPU per request of each revision, relative to the first. */
  readonly releaseCosts: number[];
  /** Lasting level of the demand, moved by traffic shifts, and where it is heading. */
  level: number;
  levelTarget: number;
  /** Factor of the active events on the demand. */
  surge: number;
  /** Demand of this step relative to the weekly mean; what was served of it goes on to workloads downstream. */
  relativeDemand: number;
  servedShare: number;
  /** Demand smoothed for the autoscaler, and since when it asks for fewer replicas. */
  smoothedDemand: number;
  fewerSinceMs: number;
  nextRunMs: number;
  readonly demandNoise: Noise;
  /** Slow means per pod: the yardstick of "several times its usual". */
  readonly usual: Usual;
  /** Largest and smallest memory of any pod in each of the last 24 hours, without leaks and starts. */
  readonly memoryPeaks: Float64Array;
  readonly memoryLows: Float64Array;
  /** Most that any pod sent in a second of each of the last 24 hours, without what events sent. */
  readonly packetPeaks: Float64Array;
  readonly bytePeaks: Float64Array;
}

export interface Usual {
  cores: number;
  transmitBytes: number;
  transmitPackets: number;
  memoryBytes: number;
}

export const createWorkload = (plan: WorkloadPlan, index: number, stepSeconds: number): WorkloadState => ({
  index,
  plan,
  random: forkRandom(plan.seed, 'controller'),
  pods: [],
  replicas: plan.replicas,
  revision: 0,
  templateHashes: [],
  releaseCosts: [],
  level: 1,
  levelTarget: 1,
  surge: 1,
  relativeDemand: 1,
  servedShare: 1,
  smoothedDemand: 1,
  fewerSinceMs: Number.POSITIVE_INFINITY,
  nextRunMs: Number.NaN,
  demandNoise: combineNoise(noiseProfile(plan.noise).demand, stepSeconds, forkRandom(plan.seed, 'demand')),
  usual: {
    cores: plan.cpuIdleCores + plan.requestsPerPod * plan.cpuSecondsPerRequest,
    transmitBytes: plan.requestsPerPod * plan.transmitBytesPerRequest,
    transmitPackets: plan.requestsPerPod * (plan.transmitBytesPerRequest / 1100 + 1.5),
    memoryBytes: plan.memoryBytes + plan.heapBytes / 2,
  },
  memoryPeaks: new Float64Array(24),
  memoryLows: new Float64Array(24).fill(Number.POSITIVE_INFINITY),
  packetPeaks: new Float64Array(24),
  bytePeaks: new Float64Array(24),
});

/** A shift settles within about five minutes. */
const LEVEL_SETTLE_SECONDS = 120;

/** Moves the demand on by one step; workloads upstream must have been moved before. */
export const advanceDemand = (workload: WorkloadState, all: readonly WorkloadState[], timeMs: number, stepSeconds: number): void => {
  const { plan } = workload;
  workload.level += (workload.levelTarget - workload.level) * (1 - Math.exp(-stepSeconds / LEVEL_SETTLE_SECONDS));
  const own = rhythmAt(plan.rhythm, timeMs);
  const source = plan.upstream ? all[plan.upstream.workload] : undefined;
  const share = source && plan.upstream ? plan.upstream.share : 0;
  const passedOn = source ? source.relativeDemand * source.servedShare : 0;
  workload.relativeDemand =
    ((1 - share) * own * workload.surge + share * passedOn * (1 + (workload.surge - 1) * 0.5)) * workload.level * workload.demandNoise();
};

/** Requests per second over all pods. Batch kinds work while they run, whatever the hour. */
export const demandOf = (workload: WorkloadState, runningPods: number): number => {
  const { plan } = workload;
  const pods = plan.kind === 'CronJob' || plan.kind === 'Job' ? runningPods : plan.replicas;
  return plan.requestsPerPod * pods * workload.relativeDemand;
};

const USUAL_SECONDS = 6 * 3600;
const HOUR_MS = 3_600_000;

/** A container this old has filled its caches: younger ones would widen the memory band. */
const SETTLED_MS = 1_800_000;

/** Updates the yardsticks from one pod's step. `leaking` pods do not count for the memory band. */
export const learnUsual = (workload: WorkloadState, pod: Pod, timeMs: number, stepSeconds: number, leaking: boolean): void => {
  const rate = stepSeconds / USUAL_SECONDS;
  const { usual } = workload;
  usual.cores += rate * ((pod.rates[COUNTER.cpu] as number) - usual.cores);
  usual.transmitBytes += rate * ((pod.sandboxRates[SANDBOX.transmitBytes] as number) - usual.transmitBytes);
  usual.transmitPackets += rate * ((pod.sandboxRates[SANDBOX.transmitPackets] as number) - usual.transmitPackets);
  const hour = Math.floor(timeMs / HOUR_MS) % 24;
  if (pod.effect.transmitBytes === 0) {
    workload.packetPeaks[hour] = Math.max(workload.packetPeaks[hour] as number, pod.sandboxRates[SANDBOX.transmitPackets] as number);
    workload.bytePeaks[hour] = Math.max(workload.bytePeaks[hour] as number, pod.sandboxRates[SANDBOX.transmitBytes] as number);
  }
  if (leaking) return;
  usual.memoryBytes += rate * (pod.memoryBytes - usual.memoryBytes);
  if (timeMs - (pod.runs.at(-1)?.startMs ?? timeMs) < SETTLED_MS) return;
  workload.memoryPeaks[hour] = Math.max(workload.memoryPeaks[hour] as number, pod.memoryBytes);
  workload.memoryLows[hour] = Math.min(workload.memoryLows[hour] as number, pod.memoryBytes);
};

/** Forgets the hour that begins, which is a day old. */
export const startHour = (workload: WorkloadState, timeMs: number): void => {
  const hour = Math.floor(timeMs / HOUR_MS) % 24;
  workload.memoryPeaks[hour] = 0;
  workload.memoryLows[hour] = Number.POSITIVE_INFINITY;
  workload.packetPeaks[hour] = 0;
  workload.bytePeaks[hour] = 0;
};

/** Memory that anyone would see on a graph of the last day: above its top by half the height of the band, and by a fifth. */
export const visibleMemory = (workload: WorkloadState): number => {
  const top = Math.max(...workload.memoryPeaks);
  const bottom = Math.min(...workload.memoryLows);
  return top === 0 ? Number.POSITIVE_INFINITY : Math.max(1.2 * top, top + 0.5 * (top - bottom));
};

/** Above the top of the last day by a fifth: what does not get there is within what the pod does by itself, and nobody could tell it from that. */
const ABOVE_TOP = 1.2;

/** Packets and bytes a second that one pod has to send on top of its usual ones to leave the day's band. */
export const visibleTraffic = ({ packetPeaks, bytePeaks, usual }: WorkloadState): { readonly packets: number; readonly bytes: number } => ({
  packets: Math.max(0, ABOVE_TOP * Math.max(...packetPeaks) - usual.transmitPackets),
  bytes: Math.max(0, ABOVE_TOP * Math.max(...bytePeaks) - usual.transmitBytes),
});
