import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { EXPORTER_METRICS } from '../../conventions/index.ts';

/** What operators look at first. The rest of the library's defaults breaks naming rules that promtool checks. */
const KEPT = ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_start_time_seconds', 'nodejs_heap_size_used_bytes'];

/** How often the delay is sampled; blocks shorter than this are not seen. */
const RESOLUTION_MS = 10;
const NANOSECONDS = 1e9;

/** Memory, CPU and the longest block of the event loop since the last scrape. */
export const registerProcessMetrics = (registry: Registry): { stop(): void } => {
  const all = new Registry();
  collectDefaultMetrics({ register: all });
  for (const name of KEPT) {
    const metric = all.getSingleMetric(name);
    if (metric) registry.registerMetric(metric);
  }
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const { name, help } = EXPORTER_METRICS.eventLoopBlock;
  const gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: () => {
      gauge.set(Math.max(0, delay.max / NANOSECONDS - RESOLUTION_MS / 1000));
      delay.reset();
    },
  });
  return {
    stop: () => {
      delay.disable();
      all.clear();
    },
  };
};
