import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { PROCESS_METRICS } from '../conventions/index.ts';
import { createInstruments, setTotal } from './instruments.ts';

describe('createInstruments', () => {
  it('registers every definition under its own name and help', async () => {
    const registry = new Registry();
    createInstruments(PROCESS_METRICS, registry);
    const registered = await registry.getMetricsAsJSON();
    expect(registered.map(({ name, help, type }) => ({ name, help, type }))).toEqual(
      Object.values(PROCESS_METRICS).map(({ name, help, type }) => ({ name, help, type })),
    );
  });

  it('gives each instrument the labels of its definition', async () => {
    const registry = new Registry();
    const { cycles } = createInstruments({ cycles: PROCESS_METRICS.cycles }, registry);
    cycles.inc({ loop: 'tick' });
    expect(await registry.metrics()).toContain('bellwether_cycles_total{loop="tick"} 1');
  });
});

describe('setTotal', () => {
  it('shows a running total that is kept elsewhere', async () => {
    const registry = new Registry();
    const { cycleFailures } = createInstruments({ cycleFailures: PROCESS_METRICS.cycleFailures }, registry);
    setTotal(cycleFailures, new Map([[{ loop: 'tick', reason: 'timeout' }, 3]]));
    setTotal(cycleFailures, new Map([[{ loop: 'tick', reason: 'timeout' }, 5]]));
    expect(await registry.metrics()).toContain('bellwether_cycle_failures_total{loop="tick",reason="timeout"} 5');
  });
});
