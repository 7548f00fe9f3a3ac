import type { WorkloadPlan } from './cluster-plan.ts';
import { gaussian, poisson } from './draws.ts';
import { COUNTER, DURATION_BUCKETS, type Pod, SANDBOX } from './pod.ts';

/** What the workload gives each of its pods in a step. */
export interface PodLoad {
  /** Requests per second for the whole workload, divided by weight. */
  readonly requestsPerSecond: number;
  readonly totalWeight: number;
  readonly fromMs: number;
  readonly stepSeconds: number;
}

/** What the node does to its pods in a step. */
export interface NodeShare {
  /** CPU granted over CPU asked for, at most 1. */
  readonly cpu: number;
  /** Factor on the time of disk access, at least 1. */
  readonly diskWait: number;
}

/** Start-up work (classes to load, connections to open) fades within about half a minute, caches fill within a quarter of an hour. */
const WARM_UP_SECONDS = 25;
const CACHE_FILL_SECONDS = 900;
/** Traffic of probes, service discovery and telemetry that no request causes. */
const BACKGROUND_BYTES = 250;
const BACKGROUND_PACKETS = 2;
/** CFS has 10 periods of 100 ms per second; only those with something to run are counted. */
const PERIODS_PER_SECOND = 10;
/** Shape of the log-logistic latency distribution: the 99th percentile is about 5 times the median. */
const LATENCY_SHAPE = 2.84;
/** Mean over median of that distribution: (pi/b) / sin(pi/b). */
const LATENCY_MEAN = Math.PI / LATENCY_SHAPE / Math.sin(Math.PI / LATENCY_SHAPE);
/** No client waits longer. */
const LONGEST_LATENCY_SECONDS = 15;
/** A full network segment, and the size of data and acknowledgement packets as the pod's interface counts them. */
const BYTES_PER_DATA_PACKET = 1100;
const BYTES_PER_ACKNOWLEDGED = 2600;
const PACKETS_PER_REQUEST = 1.5;

/** First pass: what the pod wants. `releaseCost` is its release's factor on the CPU time per request. */
export const planPodStep = (pod: Pod, plan: WorkloadPlan, load: PodLoad, releaseCost: number): void => {
  const { step, effect, noise } = pod;
  const share = load.totalWeight > 0 ? step.weight / load.totalWeight : 0;
  const mean = load.requestsPerSecond * share;
  // Requests are counted one by one: a small flow is noisy by itself.
  const counting = mean > 0 ? 1 + gaussian(pod.random) / Math.sqrt(Math.max(1, mean * load.stepSeconds)) : 1;
  step.requestsPerSecond = Math.max(0, mean * counting);
  const startMs = pod.runs.at(-1)?.startMs ?? load.fromMs;
  const ageSeconds = Math.max(0, load.fromMs - startMs) / 1000;
  const warmUp = plan.startUpCores * Math.exp(-ageSeconds / WARM_UP_SECONDS);
  const collector = pod.collecting ? plan.cpuIdleCores : 0;
  step.appCores =
    plan.cpuIdleCores * (0.8 + 0.4 * pod.random()) +
    step.requestsPerSecond * plan.cpuSecondsPerRequest * releaseCost * noise.cost() +
    warmUp +
    collector;
  step.wantCores = step.appCores + effect.cpuCores;
  step.limitCores = (plan.cpuLimitCores ?? Number.POSITIVE_INFINITY) * effect.cpuLimit;
  step.cappedCores = Math.min(step.wantCores, step.limitCores);
};

/** Share of scheduling periods that are cut short: bursts inside a period start it well below the limit. */
const throttledShare = (use: number): number => {
  if (use <= 0.5) return 0;
  if (use <= 1) return 1.4 * (use - 0.5) ** 2;
  return Math.min(0.995, 1 - 0.65 / (use * use));
};

const useCpu = (pod: Pod, plan: WorkloadPlan, cores: number): number => {
  const { step, rates } = pod;
  rates[COUNTER.cpu] = cores;
  if (plan.cpuLimitCores === undefined) return 0;
  const throttled = Math.min(0.995, throttledShare(step.wantCores / step.limitCores) * (0.85 + 0.3 * pod.random()) + 0.004 * pod.random());
  const periods = PERIODS_PER_SECOND * Math.min(1, 0.2 + 2 * cores);
  rates[COUNTER.periods] = periods;
  rates[COUNTER.throttled] = periods * throttled;
  return throttled;
};

const useMemory = (pod: Pod, plan: WorkloadPlan, served: number, load: PodLoad): void => {
  const startMs = pod.runs.at(-1)?.startMs ?? load.fromMs;
  const ageSeconds = Math.max(0, load.fromMs - startMs) / 1000;
  const filled = 0.6 + 0.4 * (1 - Math.exp(-ageSeconds / CACHE_FILL_SECONDS));
  pod.collecting = false;
  if (plan.heapBytes > 0) {
    pod.heapBytes += served * plan.heapBytesPerRequest * load.stepSeconds;
    if (pod.heapBytes > plan.heapBytes) {
      pod.heapBytes = plan.heapBytes * (0.15 + 0.2 * pod.random());
      pod.collecting = true;
    }
  }
  pod.memoryBytes = plan.memoryBytes * filled * pod.noise.memory() + pod.heapBytes + pod.effect.memoryBytes;
};

const useNetwork = (pod: Pod, plan: WorkloadPlan, answered: number): void => {
  const { effect, sandboxRates: rates, step, noise } = pod;
  const received = step.requestsPerSecond * plan.receiveBytesPerRequest * noise.receive();
  const sent = answered * plan.transmitBytesPerRequest * noise.transmit();
  const exchanges = step.requestsPerSecond * PACKETS_PER_REQUEST + BACKGROUND_PACKETS;
  rates[SANDBOX.receiveBytes] = received + BACKGROUND_BYTES + effect.receiveBytes;
  rates[SANDBOX.transmitBytes] = sent + BACKGROUND_BYTES + effect.transmitBytes;
  rates[SANDBOX.receivePackets] = received / BYTES_PER_DATA_PACKET + sent / BYTES_PER_ACKNOWLEDGED + exchanges + effect.receivePackets;
  rates[SANDBOX.transmitPackets] = sent / BYTES_PER_DATA_PACKET + received / BYTES_PER_ACKNOWLEDGED + exchanges + effect.transmitPackets;
};

const answerRequests = (pod: Pod, plan: WorkloadPlan, served: number, refused: number, latency: number, stepSeconds: number): void => {
  const { rates } = pod;
  const failed = Math.min(served, poisson(pod.random, served * plan.errorRatio * stepSeconds) / stepSeconds);
  const unknown = (served - failed) * 0.01;
  rates[COUNTER.codes] = served - failed - unknown;
  rates[COUNTER.codes + 1] = unknown;
  rates[COUNTER.codes + 2] = failed;
  rates[COUNTER.codes + 3] = refused;
  const all = served + refused;
  rates[COUNTER.durationSum] = all * latency * LATENCY_MEAN;
  for (let i = 0; i < DURATION_BUCKETS.length; i++) {
    const bound = DURATION_BUCKETS[i] as number;
    rates[COUNTER.buckets + i] = bound === Number.POSITIVE_INFINITY ? all : all / (1 + (latency / bound) ** LATENCY_SHAPE);
  }
};

/** Share of what cannot be served that is refused at once; the rest gives up without an answer. */
const REFUSED_SHARE = 0.8;

/** Second pass: what the pod gets, and what that does to everything it exports. */
export const usePodStep = (pod: Pod, plan: WorkloadPlan, load: PodLoad, node: NodeShare): void => {
  const { step, effect, rates, noise } = pod;
  const cores = step.cappedCores * node.cpu;
  const granted = step.wantCores > 0 ? cores / step.wantCores : 1;
  const throttled = useCpu(pod, plan, cores);
  const served = step.requestsPerSecond * granted;
  const refused = (step.requestsPerSecond - served) * REFUSED_SHARE;
  const busy = Math.min(0.97, Number.isFinite(step.limitCores) ? cores / step.limitCores : 0);
  const queueing = 1 + (0.5 * busy * busy) / (1 - busy);
  const diskShare = plan.readBytesPerRequest + plan.writeBytesPerRequest > 500 ? 1 : 0.2;
  const latency = Math.min(
    LONGEST_LATENCY_SECONDS,
    plan.latencySeconds *
      noise.latency() *
      queueing *
      (1 + 3 * throttled) *
      granted ** -1.5 *
      (1 + diskShare * (node.diskWait - 1)) *
      effect.latency,
  );
  useMemory(pod, plan, served, load);
  useNetwork(pod, plan, served + refused * 0.1);
  const disk = noise.disk();
  rates[COUNTER.reads] = served * plan.readBytesPerRequest * disk + effect.readBytes;
  rates[COUNTER.writes] = served * plan.writeBytesPerRequest * disk + effect.writeBytes;
  if (plan.appMetrics) answerRequests(pod, plan, served, refused, latency, load.stepSeconds);
};
