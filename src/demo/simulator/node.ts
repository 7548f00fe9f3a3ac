import type { NodePlan } from './cluster-plan.ts';
import { forkRandom } from './draws.ts';
import { createNoise, type Noise } from './noise.ts';
import type { NodeShare } from './pod-physics.ts';

export const CPU_MODES = ['idle', 'iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user'] as const;

/** Places of a node's counters after its CPU modes. */
export const NODE_COUNTER = { diskSeconds: 0, receiveBytes: 1, transmitBytes: 2, cpuWaiting: 3, ioWaiting: 4, memoryWaiting: 5 } as const;
const NODE_COUNTERS = 6;

export interface NodeState {
  readonly plan: NodePlan;
  /** Seconds per CPU and mode, CPU by CPU. */
  readonly cpuTotals: Float64Array;
  readonly cpuRates: Float64Array;
  readonly totals: Float64Array;
  readonly rates: Float64Array;
  memoryAvailableBytes: number;
  share: NodeShare;
  /** CPU in use in the last step, cores. */
  usedCores: number;
  /** No new pods before this time. */
  cordonedUntilMs: number;
  /** Sums over the pods of this step. */
  readonly load: {
    cappedCores: number;
    usedCores: number;
    memoryBytes: number;
    diskBytes: number;
    receiveBytes: number;
    transmitBytes: number;
  };
  /** What events take: cores of a process outside Kubernetes, share of the disk's time. */
  readonly effect: { hogCores: number; diskBusy: number };
  readonly noise: { readonly system: Noise; readonly disk: Noise; readonly network: Noise; readonly memory: Noise };
  /** Share of the load each CPU carries, about 1. */
  readonly cpuBalance: readonly number[];
}

const GIB = 1024 ** 3;
/** kubelet, runtime, kernel threads. */
const SYSTEM_CORES_SHARE = 0.03;
const SYSTEM_MEMORY_BYTES = 0.9 * GIB;
const SYSTEM_DISK_BYTES = 400_000;
const SYSTEM_NETWORK_BYTES = 15_000;
/** A node has been up for weeks when the simulation begins: counters start high. */
const UPTIME_SECONDS = 1_700_000;

export const createNode = (plan: NodePlan, seed: number, stepSeconds: number): NodeState => {
  const stream = (label: string, sigma: number, tauSeconds: number): Noise =>
    createNoise({ family: 'ar1', sigma, tauSeconds }, stepSeconds, forkRandom(seed, `${plan.name}/${label}`));
  const random = forkRandom(seed, plan.name);
  const cpuTotals = new Float64Array(plan.cores * CPU_MODES.length).map(() => UPTIME_SECONDS * (0.01 + 0.02 * random()));
  for (let cpu = 0; cpu < plan.cores; cpu++) cpuTotals[cpu * CPU_MODES.length] = UPTIME_SECONDS * 0.7;
  return {
    plan,
    cpuTotals,
    cpuRates: new Float64Array(cpuTotals.length),
    totals: new Float64Array(NODE_COUNTERS).map(() => UPTIME_SECONDS * random() * 0.02),
    rates: new Float64Array(NODE_COUNTERS),
    memoryAvailableBytes: plan.memoryBytes / 2,
    share: { cpu: 1, diskWait: 1 },
    usedCores: 0,
    cordonedUntilMs: Number.NEGATIVE_INFINITY,
    load: { cappedCores: 0, usedCores: 0, memoryBytes: 0, diskBytes: 0, receiveBytes: 0, transmitBytes: 0 },
    effect: { hogCores: 0, diskBusy: 0 },
    noise: {
      system: stream('system', 0.25, 120),
      disk: stream('disk', 0.6, 300),
      network: stream('network', 0.3, 240),
      memory: stream('memory', 0.01, 3600),
    },
    cpuBalance: Array.from({ length: plan.cores }, () => 0.9 + 0.2 * random()),
  };
};

export const clearNodeStep = (node: NodeState): void => {
  Object.assign(node.load, { cappedCores: 0, usedCores: 0, memoryBytes: 0, diskBytes: 0, receiveBytes: 0, transmitBytes: 0 });
  Object.assign(node.effect, { hogCores: 0, diskBusy: 0 });
};

/** Shares the CPU in proportion to what is asked, as the scheduler does for equal weights. Disk waiting is that of the step before. */
export const shareNode = (node: NodeState): void => {
  const asked = node.load.cappedCores + node.effect.hogCores + node.plan.cores * SYSTEM_CORES_SHARE;
  node.share = { cpu: Math.min(1, (0.985 * node.plan.cores) / asked), diskWait: node.share.diskWait };
};

const useCpuModes = (node: NodeState, podCores: number, systemCores: number, diskBusy: number): void => {
  const { cores } = node.plan;
  const softirq = (node.load.receiveBytes + node.load.transmitBytes) / 1.5e9;
  const user = podCores * 0.8 + node.effect.hogCores * node.share.cpu + systemCores * 0.5;
  const system = podCores * 0.2 + systemCores * 0.5;
  for (let cpu = 0; cpu < cores; cpu++) {
    const balance = node.cpuBalance[cpu] as number;
    const at = cpu * CPU_MODES.length;
    const rates = node.cpuRates;
    const idleRoom = 1 - Math.min(0.999, ((user + system + softirq) * balance) / cores);
    rates[at + 1] = Math.min(idleRoom, 0.35 * diskBusy * balance);
    rates[at + 4] = Math.min(0.3, (softirq * balance) / cores);
    rates[at + 5] = 0.0004;
    rates[at + 6] = Math.min(1, (system * balance) / cores);
    rates[at + 7] = Math.min(1, (user * balance) / cores);
    const busy = (rates[at + 1] as number) + (rates[at + 4] as number) + 0.0004 + (rates[at + 6] as number) + (rates[at + 7] as number);
    rates[at] = Math.max(0, 1 - busy);
  }
};

/** Second pass, after the pods: what node_exporter shows. */
export const useNode = (node: NodeState): void => {
  const { plan, load, effect, rates, noise } = node;
  const systemCores = plan.cores * SYSTEM_CORES_SHARE * noise.system();
  const diskBytes = load.diskBytes + SYSTEM_DISK_BYTES * noise.disk();
  const diskBusy = Math.min(0.999, 0.004 + (1.6 * diskBytes) / plan.diskBytesPerSecond + effect.diskBusy);
  useCpuModes(node, load.usedCores, systemCores, diskBusy);
  node.usedCores = load.usedCores + systemCores + effect.hogCores * node.share.cpu;
  node.share = { cpu: node.share.cpu, diskWait: 1 + Math.max(0, diskBusy - 0.6) * 8 };
  const use = Math.min(1, node.usedCores / plan.cores);
  const network = SYSTEM_NETWORK_BYTES * noise.network();
  rates[NODE_COUNTER.diskSeconds] = diskBusy;
  rates[NODE_COUNTER.receiveBytes] = load.receiveBytes + network;
  rates[NODE_COUNTER.transmitBytes] = load.transmitBytes + network * 0.7;
  // Pressure stalls: somebody waits now and then on a half-busy node, nearly always on a full one.
  rates[NODE_COUNTER.cpuWaiting] = Math.min(0.98, 0.02 * use + 0.25 * Math.max(0, use - 0.4) ** 2 + 1.4 * (1 - node.share.cpu));
  rates[NODE_COUNTER.ioWaiting] = Math.min(0.95, 0.3 * diskBusy * diskBusy + 0.5 * Math.max(0, diskBusy - 0.7) * 2);
  rates[NODE_COUNTER.memoryWaiting] = 0;
  node.memoryAvailableBytes = Math.max(0.1 * GIB, (plan.memoryBytes - SYSTEM_MEMORY_BYTES - load.memoryBytes) * 0.95 * noise.memory());
};

/** Adds the step to the counters. */
export const closeNodeStep = (node: NodeState, stepSeconds: number): void => {
  for (let i = 0; i < node.cpuTotals.length; i++)
    node.cpuTotals[i] = (node.cpuTotals[i] as number) + (node.cpuRates[i] as number) * stepSeconds;
  for (let i = 0; i < NODE_COUNTERS; i++) node.totals[i] = (node.totals[i] as number) + (node.rates[i] as number) * stepSeconds;
};
