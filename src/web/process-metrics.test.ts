import { Registry } from 'prom-client';
import { registerProcessMetrics } from './process-metrics.ts';

describe('registerProcessMetrics', () => {
  it('tells memory, CPU and start time as numbers above zero', async () => {
    const registry = new Registry();
    const metrics = registerProcessMetrics(registry);
    const text = await registry.metrics();
    metrics.stop();
    for (const name of [
      'process_resident_memory_bytes',
      'process_start_time_seconds',
      'nodejs_heap_size_used_bytes',
      'process_cpu_seconds_total',
    ]) {
      const value = Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
      expect(`${name} ${value > 0}`).toBe(`${name} true`);
    }
  });
});
