import { describe, expect, it } from '@jest/globals';
import type { FrameLayout, UnitClass, WorkloadFrame } from '../../conventions/index.ts';
import { CLASSIC_DETECTORS } from '../../scoring/index.ts';
import { createClassicSeriesDetector } from './classic-detector.ts';
import { createSeriesCollector, scoreSeries } from './series-detector.ts';

const layoutOf = (...classes: UnitClass[]): FrameLayout => ({
  version: 'v',
  features: classes.map((unitClass, i) => ({ name: `m${i}`, unit: '', unitClass })),
});
const frame = (workload: string, timeMs: number, layout: FrameLayout, ...values: number[]): WorkloadFrame => ({
  key: { namespace: 'n', workload, workloadKind: 'Deployment' },
  timeMs,
  layout,
  values: Float64Array.from(values),
  replicas: 1,
});

describe('createSeriesCollector', () => {
  it('keeps the own metrics of each workload, and begins anew when its columns change', () => {
    const first = layoutOf('context', 'other', 'ratio');
    const collector = createSeriesCollector();
    collector.add([frame('a', 1, first, 9, 1, 2), frame('b', 1, first, 9, 3, 4)]);
    collector.add([frame('a', 2, first, 9, 5, 6)]);
    collector.add([frame('a', 3, layoutOf('other'), 7)]);
    const series = collector.series().map(({ name, features, timesMs, values }) => ({
      workload: name.workload,
      metrics: features.map((feature) => feature.name),
      times: [...timesMs],
      values: [...values],
    }));
    expect(series).toEqual([
      { workload: 'a', metrics: ['m1', 'm2'], times: [1, 2], values: [1, 2, 5, 6] },
      { workload: 'b', metrics: ['m1', 'm2'], times: [1], values: [3, 4] },
      { workload: 'a', metrics: ['m0'], times: [3], values: [7] },
    ]);
  });
});

describe('scoreSeries', () => {
  it.each(CLASSIC_DETECTORS.map((detector) => ({ name: detector.id, detector })))(
    'finds a spike by $name, and says where it is not ready',
    async ({ detector }) => {
      const layout = layoutOf('other');
      const collector = createSeriesCollector();
      for (let i = 0; i < 400; i++) collector.add([frame('a', i * 60_000, layout, i === 380 ? 50 : 10 + Math.sin(i * 1.7))]);
      const log = await scoreSeries(createClassicSeriesDetector(detector), collector.series(), { stepSeconds: 60, seed: 1 });
      const { scores, ready } = log.get({ namespace: 'n', workload: 'a' })!;
      expect(ready[10]).toBe(0);
      expect(ready[380]).toBe(1);
      // The window has lags, so the largest score may come one to three samples after the spike.
      const largest = Math.max(...scores.subarray(100));
      expect(Math.max(...scores.subarray(380, 384))).toBe(largest);
    },
  );
});
