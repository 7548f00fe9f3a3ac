import type { Random } from '../../platform/index.ts';
import { between, logBetween } from './draws.ts';
import type { Effect } from './effect.ts';
import type { NodeState } from './node.ts';
import type { Pod } from './pod.ts';
import type { ScenarioKind } from './scenarios.ts';
import { visibleTraffic, type WorkloadState } from './workload.ts';

/** How strong one event is, drawn once when it begins, in the units of its keys. */
export type Strength = Readonly<Record<string, number>>;

export interface StrengthContext {
  readonly random: Random;
  readonly workload: WorkloadState;
  /** The node of the first pod it befalls. */
  readonly node: NodeState;
  readonly durationSeconds: number;
}

const MIB = 1024 * 1024;

const minerStrength = ({ random, workload, node }: StrengthContext): Strength => {
  const freeOnNode = Math.max(0.5, node.plan.cores - node.usedCores);
  const limit = workload.plan.cpuLimitCores ?? Number.POSITIVE_INFINITY;
  const free = Math.max(0.1, Math.min(limit - workload.usual.cores, freeOnNode));
  // A mining data set of 256 MiB where it fits, otherwise an algorithm that makes do with little.
  const room = workload.plan.memoryLimitBytes - workload.usual.memoryBytes;
  return {
    cpuCores: free * between(random, 0.6, 0.95),
    memoryBytes: room > 400 * MIB ? 256 * MIB : 8 * MIB,
    poolBytes: between(random, 600, 2000),
  };
};

const scanStrength = ({ random, workload }: StrengthContext): Strength => {
  const packets = Math.max(300, workload.usual.transmitPackets * logBetween(random, 3, 10), visibleTraffic(workload).packets);
  return { packets, answered: between(random, 0.05, 0.5), cpuCores: between(random, 0.02, 0.12) };
};

const exfiltrationStrength = ({ random, workload }: StrengthContext): Strength => {
  const bytes = Math.max(1e6, workload.usual.transmitBytes * logBetween(random, 3, 11), visibleTraffic(workload).bytes);
  return { bytes, fromDisk: random() < 0.5 ? between(random, 0.3, 1) : 0, cpuCores: between(random, 0.02, 0.08) };
};

/** The room to the limit is full after 55 to 75 % of the time, so that the kill belongs to the event. */
const leakStrength = ({ random, workload, durationSeconds }: StrengthContext): Strength => {
  const room = Math.max(32 * MIB, workload.plan.memoryLimitBytes - workload.usual.memoryBytes);
  return { bytesPerSecond: room / (durationSeconds * between(random, 0.55, 0.75)) };
};

const throttlingStrength = ({ random, workload }: StrengthContext): Strength => {
  const limit = workload.plan.cpuLimitCores ?? workload.usual.cores * 3;
  return { limitFactor: Math.min(0.9, (workload.usual.cores * between(random, 0.35, 0.6)) / limit) };
};

const DRAWS: Readonly<Record<ScenarioKind, (context: StrengthContext) => Strength>> = {
  miner: minerStrength,
  scan: scanStrength,
  flood: ({ random }) => ({ demandFactor: logBetween(random, 6, 20) }),
  crash_loop: () => ({}),
  exfiltration: exfiltrationStrength,
  leak: leakStrength,
  throttling: throttlingStrength,
  noisy_neighbour: ({ random, node }) => ({ hogCores: (node.plan.cores - node.usedCores) * between(random, 1.1, 2) }),
  disk_pressure: ({ random }) => ({ diskBusy: between(random, 0.85, 1) }),
  rollout: ({ random }) => ({ releaseCost: between(random, 0.85, 1.2) }),
  scale_out: ({ random }) => ({ demandFactor: between(random, 1.3, 1.8) }),
  nightly_batch: () => ({}),
  new_replica: () => ({}),
  node_drain: () => ({}),
  restart: () => ({}),
  traffic_shift: ({ random }) => ({ levelFactor: random() < 0.5 ? between(random, 1.25, 1.45) : 1 / between(random, 1.25, 1.45) }),
};

export const drawStrength = (kind: ScenarioKind, context: StrengthContext): Strength => DRAWS[kind](context);

/** Ethernet and IP headers with little in them; a full segment; data packets per acknowledgement. */
const PROBE_BYTES = 66;
const SEGMENT_BYTES = 1400;
const DATA_PER_ACKNOWLEDGEMENT = 2;

/** Adds what an event does to one of its pods. `share` = part of the step in which it is active, `leakedSeconds` since the leak or the container began. */
export const applyToPod = (kind: ScenarioKind, strength: Strength, share: number, leakedSeconds: number, effect: Effect): void => {
  const value = (key: string): number => (strength[key] ?? 0) * share;
  switch (kind) {
    case 'miner':
      effect.cpuCores += value('cpuCores');
      effect.memoryBytes += value('memoryBytes');
      effect.transmitBytes += value('poolBytes');
      effect.receiveBytes += value('poolBytes') / 2;
      effect.transmitPackets += value('poolBytes') / 200;
      effect.receivePackets += value('poolBytes') / 250;
      return;
    case 'scan':
      effect.transmitPackets += value('packets');
      effect.transmitBytes += value('packets') * PROBE_BYTES;
      effect.receivePackets += value('packets') * (strength.answered ?? 0);
      effect.receiveBytes += value('packets') * (strength.answered ?? 0) * PROBE_BYTES;
      effect.cpuCores += value('cpuCores');
      return;
    case 'exfiltration':
      effect.transmitBytes += value('bytes');
      effect.transmitPackets += value('bytes') / SEGMENT_BYTES;
      effect.receivePackets += value('bytes') / SEGMENT_BYTES / DATA_PER_ACKNOWLEDGEMENT;
      effect.receiveBytes += (value('bytes') / SEGMENT_BYTES / DATA_PER_ACKNOWLEDGEMENT) * PROBE_BYTES;
      effect.readBytes += value('bytes') * (strength.fromDisk ?? 0);
      effect.cpuCores += value('cpuCores');
      return;
    case 'leak':
      effect.memoryBytes += (strength.bytesPerSecond ?? 0) * leakedSeconds;
      return;
    case 'throttling':
      // A limit is one number: old or new, whichever holds for more of the step.
      if (share >= 0.5) effect.cpuLimit *= strength.limitFactor ?? 1;
      return;
    default:
      return;
  }
};

/** A nightly batch reads and sends the data of the pod: a good part of its CPU limit, and megabytes per second. */
export const applyNightlyBatch = (workload: WorkloadState, pod: Pod, share: number): void => {
  const limit = workload.plan.cpuLimitCores ?? workload.usual.cores * 3;
  pod.effect.cpuCores += 0.45 * Math.max(0, limit - workload.usual.cores) * share;
  pod.effect.readBytes += 12e6 * share;
  pod.effect.transmitBytes += 6e6 * share;
  pod.effect.transmitPackets += (6e6 / SEGMENT_BYTES) * share;
  pod.effect.receivePackets += (6e6 / SEGMENT_BYTES / DATA_PER_ACKNOWLEDGEMENT) * share;
};
