import type { WorkloadFrame } from '../../conventions/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { createAdaptiveBands } from './adaptive-bands.ts';
import { createOnlineZ } from './online-z.ts';
import { createPerWorkload } from './per-workload.ts';
import { createWindowBank } from './window-bank.ts';

/** What a score has to beat; each is scaled so that 1 is its customary boundary. */
export const BASELINES = ['random', 'constant-on', 'online-z', 'adaptive-bands', 'knn'] as const;

export type BaselineName = (typeof BASELINES)[number];

export interface BaselineOptions {
  readonly stepSeconds: number;
  readonly seed: number;
}

/** Scores one frame from the frames of its workload before it; NaN while it knows too little. Frames of a workload come in rising time. */
export type Baseline = (frame: WorkloadFrame) => number;

/**
 * - `random`: uniform in 0..1; what chance reaches.
 * - `constant-on`: 1 always; what full recall costs.
 * - `online-z`: mean of the three largest |z| over 3, mean and deviation of each metric forgetting by .996 a sample.
 * - `adaptive-bands`: bands as the recording rules of grafana/promql-anomaly-detection draw them; over 1 is outside.
 * - `knn`: distance of a short window to its nearest ones in a bank of the past, over the usual distance plus three deviations.
 */
export const createBaseline = (name: BaselineName, options: BaselineOptions): Baseline => {
  switch (name) {
    case 'random': {
      const random = seededRandom(options.seed);
      return () => random();
    }
    case 'constant-on':
      return () => 1;
    case 'online-z':
      return createPerWorkload(createOnlineZ);
    case 'adaptive-bands':
      return createPerWorkload((width) => createAdaptiveBands(width, options.stepSeconds));
    case 'knn':
      return createPerWorkload((width) => createWindowBank(width, seededRandom(options.seed)));
  }
};
