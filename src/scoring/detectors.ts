import type { FrameLayout, WorkloadFrame } from '../conventions/index.ts';
import { createCeilingRule } from './ceiling-rule.ts';
import { createCpuSurgeDetector } from './cpu-surge.ts';
import type { Detector } from './detector.ts';
import { createLifecycleDetector } from './lifecycle.ts';
import { CPU_LIMIT_RATIO } from './load-role.ts';
import { createMemoryGrowthDetector } from './memory-growth.ts';
import { createPeerOutlierDetector } from './peer-outlier.ts';
import { createTrafficMixDetector } from './traffic-mix.ts';
import { scoredColumns } from './workload-state.ts';

const columns = new WeakMap<FrameLayout, number>();

const cpuLimitColumn = (layout: FrameLayout): number => {
  let column = columns.get(layout);
  if (column === undefined) {
    column = layout.features.findIndex((feature) => CPU_LIMIT_RATIO.test(feature.name));
    columns.set(layout, column);
  }
  return column;
};

const cpuLimitRatio = (frame: WorkloadFrame): number => frame.values[cpuLimitColumn(frame.layout)] ?? Number.NaN;

const columnOf = (layout: FrameLayout, name: string): number => layout.features.findIndex((feature) => feature.name === name);

/** Every detector beside the streaming baseline, in the order of their memories in a snapshot: append only, or raise the scorer's version. */
export const createDetectors = (): readonly Detector[] => [
  // The recipe's rule: OB-22 CPU recall .64 to .91 with unchanged false alarms.
  createCeilingRule({
    id: 'cpu_limit',
    metric: 'pod_cpu_limit_usage_ratio',
    ratioOf: cpuLimitRatio,
    applies: (layout) => cpuLimitColumn(layout) >= 0,
    above: 0.7,
    aboveMedian: 0.25,
    samples: 2,
    value: 1.2,
  }),
  // Throttling every other period, which was not so in the last hours: three samples, as one garbage collection may do it.
  createCeilingRule({
    id: 'throttling',
    metric: 'pod_cpu_throttled_ratio',
    ratioOf: (frame) => frame.lifecycle?.throttledRatio ?? Number.NaN,
    applies: () => true,
    above: 0.5,
    aboveMedian: 0.3,
    samples: 3,
    value: 1.1,
  }),
  createPeerOutlierDetector(),
  createLifecycleDetector(),
  // A node whose CPU is used up, which was not so in the last hours: whoever runs there waits.
  createCeilingRule({
    id: 'node_cpu',
    metric: 'node_cpu_usage_ratio',
    ratioOf: (frame) => frame.values[columnOf(frame.layout, 'node_cpu_usage_ratio')] ?? Number.NaN,
    applies: (layout) => scoredColumns(layout).metrics.some(({ name }) => name === 'node_cpu_usage_ratio'),
    above: 0.9,
    aboveMedian: 0.25,
    samples: 2,
    value: 1.2,
  }),
  createMemoryGrowthDetector(),
  createTrafficMixDetector(),
  createCpuSurgeDetector(),
];
