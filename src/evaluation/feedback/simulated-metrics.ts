import type { FrameLayout } from '../../conventions/index.ts';
import type { Random } from '../../platform/index.ts';

/** Metrics of a simulated workload: what every cluster has, and requests. */
export const SIMULATED_METRICS = [
  'pod_cpu_usage_cores',
  'pod_memory_usage_bytes',
  'pod_network_receive_bytes_per_second',
  'pod_network_transmit_bytes_per_second',
  'pod_network_transmit_packets_per_second',
  'pod_fs_reads_bytes_per_second',
  'pod_requests_per_second',
  'pod_latency_mean_seconds',
  'pod_request_error_ratio',
] as const;
export type SimulatedMetric = (typeof SIMULATED_METRICS)[number];

const CLASSES = [
  'cpu_cores',
  'memory_bytes',
  'bytes_per_second',
  'bytes_per_second',
  'per_second',
  'bytes_per_second',
  'requests_per_second',
  'seconds',
  'error_ratio',
] as const;

export const SIMULATED_LAYOUT: FrameLayout = {
  version: 'simulated-1',
  features: SIMULATED_METRICS.map((name, i) => ({ name, unit: 'unit', unitClass: CLASSES[i]!, min: 0 })),
};

/** A standard Gaussian from two uniform numbers (Box and Muller). */
export const gaussian = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
export const between = (random: Random, low: number, high: number): number => low + (high - low) * random();
/** Uniform on a logarithmic scale. */
export const logBetween = (random: Random, low: number, high: number): number => low * (high / low) ** random();

const DAY = 86_400;

/** The healthy values of a workload, step by step: a daily rhythm of demand, noise that lasts, and now and then a burst of demand. */
export const createHealthyValues = (random: Random, stepSeconds: number): ((seconds: number) => Float64Array) => {
  const demand = logBetween(random, 5, 400);
  const cpuPerRequest = logBetween(random, 0.001, 0.01);
  const idle = between(random, 0.02, 0.2);
  const bytesIn = logBetween(random, 500, 5000);
  const bytesOut = logBetween(random, 1000, 20_000);
  const reads = logBetween(random, 2e4, 2e6);
  const memory = logBetween(random, 1e8, 2e9);
  const latency = logBetween(random, 0.005, 0.2);
  const errors = between(random, 0.0005, 0.004);
  const depth = between(random, 0.2, 0.6);
  const phase = between(random, 0, DAY);
  const noise = between(random, 0.03, 0.1);
  // Noise of demand lasts about an hour.
  const keep = Math.exp(-stepSeconds / 3600);
  let [drift, burstUntil, burst, heap] = [0, 0, 1, 0];
  const jitter = (size: number): number => Math.exp(size * gaussian(random));
  return (seconds) => {
    drift = keep * drift + Math.sqrt(1 - keep * keep) * gaussian(random);
    // One burst in two days, up to 60 % more for ten to thirty minutes.
    if (seconds >= burstUntil) {
      burst = 1;
      if (random() < stepSeconds / (2 * DAY)) {
        burst = between(random, 1.2, 1.6);
        burstUntil = seconds + between(random, 600, 1800);
      }
    }
    heap = (heap + stepSeconds / 7200) % 1;
    const load = (1 + depth * Math.sin((2 * Math.PI * (seconds + phase)) / DAY)) * Math.exp(noise * drift) * burst;
    const requests = demand * load * jitter(0.03);
    return Float64Array.of(
      (idle + cpuPerRequest * requests) * jitter(0.04),
      memory * (1 + 0.08 * heap) * jitter(0.005),
      bytesIn * requests * jitter(0.04),
      bytesOut * requests * jitter(0.04),
      ((bytesOut * requests) / 900) * jitter(0.04),
      reads * load * jitter(0.25),
      requests,
      latency * (0.9 + 0.1 * load) * jitter(0.06),
      errors * jitter(0.3),
    );
  };
};
