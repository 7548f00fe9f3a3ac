// The features of a simulated cluster on a usual day and a half, as series.
import { runTrial } from '../../src/demo/index.ts';
import { createSeriesCollector, type WorkloadSeries } from '../../src/evaluation/index.ts';

const HOUR_MS = 3_600_000;
const WORKLOADS = 12;
/** A Wednesday: two working days. */
const START_MS = Date.UTC(2026, 2, 4);

export const clusterSeries = async (seed: number): Promise<WorkloadSeries[]> => {
  const collector = createSeriesCollector();
  const collect = {
    name: 'collector',
    score: (frames: Parameters<typeof collector.add>[0]) => {
      collector.add(frames);
      return frames.map(() => ({ value: Number.NaN, metrics: [] }));
    },
  };
  const options = {
    seed,
    workloads: WORKLOADS,
    stepMs: 30_000,
    startMs: START_MS,
    historyMs: 36 * HOUR_MS,
    cleanMs: 0,
    eventMs: 0,
    kinds: [],
  };
  await runTrial(options, [collect]);
  return collector.series();
};
