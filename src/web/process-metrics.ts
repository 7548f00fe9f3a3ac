import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** What operators look at first. The rest of the library's defaults breaks naming rules that promtool checks. */
const KEPT = ['process_cpu_user_seconds_total', 'process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_start_time_seconds'];

/** How often the delay is sampled; blocks shorter than this are not seen. */
const RESOLUTION_MS = 10;
const NANOSECONDS = 1e9;

export interface ProcessMetrics {
  /** Longest time that the event loop was held since the last call. */
  takeLongestBlockSeconds(): number;
  stop(): void;
}

/** Adds memory, CPU and start time of this process to a registry, and begins to watch the event loop. */
export const registerProcessMetrics = (registry: Registry): ProcessMetrics => {
  const all = new Registry();
  collectDefaultMetrics({ register: all });
  for (const name of KEPT) {
    const metric = all.getSingleMetric(name);
    if (metric) registry.registerMetric(metric);
  }
  // The library sets this one when it collects another, which is not kept.
  const heapUsed: Gauge = new Gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: 'Bytes of the heap that are in use.',
    registers: [registry],
    collect: (): void => heapUsed.set(process.memoryUsage().heapUsed),
  });
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return {
    takeLongestBlockSeconds: () => {
      const seconds = Math.max(0, delay.max / NANOSECONDS - RESOLUTION_MS / 1000);
      delay.reset();
      return seconds;
    },
    stop: () => {
      delay.disable();
      all.clear();
    },
  };
};
