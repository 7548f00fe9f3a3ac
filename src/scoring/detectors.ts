import type { FrameLayout, WorkloadFrame } from '../conventions/index.ts';
import { createCeilingRule } from './ceiling-rule.ts';
import type { Detector } from './detector.ts';
import { createLifecycleDetector } from './lifecycle.ts';
import { createPeerOutlierDetector } from './peer-outlier.ts';

/** The feature that says how much of its CPU limit a workload uses, under whatever prefix a recording gives it. */
const CPU_LIMIT_RATIO = /(^|_)cpu_limit_usage_ratio$/;

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
];
