import type { Random } from '../../platform/index.ts';
import { between, gaussian, logBetween, SIMULATED_METRICS, type SimulatedMetric } from './simulated-metrics.ts';

/**
 * What can happen to a simulated workload. `job`: benign, and the same for the workload every time. `faint`: a fault that is too weak for the bar, and the
 * same for the workload every time. The others are attacks and faults.
 */
export type OccurrenceKind = 'job' | 'faint' | 'miner' | 'exfiltration' | 'flood' | 'scan' | 'error_storm' | 'leak';
export const FAULTS = ['miner', 'exfiltration', 'flood', 'scan', 'error_storm', 'leak'] as const satisfies readonly OccurrenceKind[];

/** Factors by metric. */
type Factors = Readonly<Partial<Record<SimulatedMetric, number>>>;

export interface Occurrence {
  readonly kind: OccurrenceKind;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly factors: Factors;
  /** Grows from nothing over its time instead of being there at once. */
  readonly slow: boolean;
}

/** What repeats for a workload: which metrics it moves, how far, for how long. */
export interface Pattern {
  readonly factors: Factors;
  readonly seconds: number;
}

/** Reports, backups, reindexing, cache warm-ups: work on the processor, the disk and the network, in shares of their own. */
const JOB_METRICS = [
  'pod_cpu_usage_cores',
  'pod_fs_reads_bytes_per_second',
  'pod_network_transmit_bytes_per_second',
  'pod_network_receive_bytes_per_second',
  'pod_memory_usage_bytes',
  'pod_latency_mean_seconds',
] as const satisfies readonly SimulatedMetric[];

/** What a job uses some of, and what it makes wait a little. */
const SMALL: ReadonlySet<string> = new Set(['pod_memory_usage_bytes', 'pod_latency_mean_seconds']);

export const drawJob = (random: Random): Pattern => {
  const shuffled = [...JOB_METRICS].map((metric) => ({ metric, at: random() })).sort((a, b) => a.at - b.at);
  const chosen = shuffled.slice(0, 2 + Math.floor(3 * random()));
  return {
    factors: Object.fromEntries(
      chosen.map(({ metric }) => [metric, SMALL.has(metric) ? between(random, 1.15, 1.6) : logBetween(random, 2.5, 8)]),
    ),
    seconds: between(random, 600, 2400),
  };
};

/** A slow trickle out, a throttled miner: the shape of an attack at a size that the bar lets pass. */
export const drawFaint = (random: Random): Pattern => {
  const size = logBetween(random, 1.15, 1.5);
  const factors: Factors =
    random() < 0.5
      ? { pod_cpu_usage_cores: size, pod_latency_mean_seconds: 1 + (size - 1) / 3 }
      : { pod_network_transmit_bytes_per_second: size, pod_network_transmit_packets_per_second: size };
  return { factors, seconds: between(random, 1200, 2400) };
};

/** One run of a pattern: sizes differ by a tenth, times by a fifth. */
export const runOf = (kind: 'job' | 'faint', { factors, seconds }: Pattern, fromSeconds: number, random: Random): Occurrence => {
  const size = Math.exp(0.1 * gaussian(random));
  return {
    kind,
    fromSeconds,
    toSeconds: fromSeconds + seconds * Math.exp(0.2 * gaussian(random)),
    factors: Object.fromEntries(
      Object.entries(factors).map(([metric, factor]) => [metric, 1 + (factor - 1) * size * Math.exp(0.05 * gaussian(random))]),
    ),
    slow: false,
  };
};

const DRAWS: Readonly<Record<(typeof FAULTS)[number], (random: Random) => Factors>> = {
  miner: (random) => ({ pod_cpu_usage_cores: logBetween(random, 1.8, 6), pod_latency_mean_seconds: between(random, 1, 1.6) }),
  exfiltration: (random) => {
    const size = logBetween(random, 2, 10);
    return { pod_network_transmit_bytes_per_second: size, pod_network_transmit_packets_per_second: size };
  },
  flood: (random) => {
    const size = logBetween(random, 4, 15);
    return {
      pod_requests_per_second: size,
      pod_network_receive_bytes_per_second: size,
      pod_network_transmit_bytes_per_second: size * 0.7,
      pod_network_transmit_packets_per_second: size * 0.8,
      pod_cpu_usage_cores: size * 0.6,
      pod_latency_mean_seconds: between(random, 1.5, 6),
      pod_request_error_ratio: between(random, 2, 40),
    };
  },
  scan: (random) => ({ pod_network_transmit_packets_per_second: logBetween(random, 2, 8), pod_cpu_usage_cores: between(random, 1, 1.2) }),
  error_storm: (random) => ({ pod_request_error_ratio: logBetween(random, 30, 150), pod_latency_mean_seconds: logBetween(random, 1.5, 5) }),
  leak: (random) => ({ pod_memory_usage_bytes: between(random, 1.4, 2.2) }),
};

export const drawFault = (kind: (typeof FAULTS)[number], fromSeconds: number, random: Random): Occurrence => ({
  kind,
  fromSeconds,
  toSeconds: fromSeconds + (kind === 'leak' ? between(random, 5400, 10_800) : between(random, 900, 3600)),
  factors: DRAWS[kind](random),
  slow: kind === 'leak',
});

/** Multiplies healthy values by what is going on during the step that ends at `seconds`. */
export const applyOccurrences = (values: Float64Array, active: readonly Occurrence[], seconds: number, stepSeconds: number): void => {
  for (const { fromSeconds, toSeconds, factors, slow } of active) {
    const share = Math.max(0, Math.min(toSeconds, seconds) - Math.max(fromSeconds, seconds - stepSeconds)) / stepSeconds;
    if (share === 0) continue;
    const part = slow ? share * Math.min(1, (seconds - fromSeconds) / (toSeconds - fromSeconds)) : share;
    SIMULATED_METRICS.forEach((metric, i) => {
      const factor = factors[metric];
      if (factor !== undefined) values[i]! *= 1 + (factor - 1) * part;
    });
  }
};
