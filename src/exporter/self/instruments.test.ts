import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { EXPORTER_METRICS } from '../../conventions/index.ts';
import { createInstruments, setTotal } from './instruments.ts';

describe('createInstruments', () => {
  it('registers every definition of the exporter under its own name and help', async () => {
    const registry = new Registry();
    createInstruments(EXPORTER_METRICS, registry);
    const registered = await registry.getMetricsAsJSON();
    expect(registered.map(({ name, help, type }) => ({ name, help, type }))).toEqual(
      Object.values(EXPORTER_METRICS).map(({ name, help, type }) => ({ name, help, type })),
    );
  });

  it('gives each instrument the labels of its definition', async () => {
    const registry = new Registry();
    const { cycles } = createInstruments({ cycles: EXPORTER_METRICS.cycles }, registry);
    cycles.inc({ loop: 'tick' });
    expect(await registry.metrics()).toContain('bellwether_cycles_total{loop="tick"} 1');
  });
});

describe('setTotal', () => {
  it('shows a running total that is kept elsewhere', async () => {
    const registry = new Registry();
    const { droppedSeries } = createInstruments({ droppedSeries: EXPORTER_METRICS.droppedSeries }, registry);
    setTotal(droppedSeries, new Map([[{ reason: 'no_pod' }, 3]]));
    setTotal(droppedSeries, new Map([[{ reason: 'no_pod' }, 5]]));
    expect(await registry.metrics()).toContain('bellwether_dropped_series_total{reason="no_pod"} 5');
  });
});
