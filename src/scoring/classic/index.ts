import { histogramScore } from './histogram-score.ts';
import { isolationForest } from './isolation-forest.ts';
import { localOutlierFactor, nearestNeighbours } from './nearest-neighbours.ts';
import { oneClass } from './one-class.ts';
import type { ClassicDetector } from './rows.ts';

export { createAutoencoder, type OpenSession, type TrainedDetector } from './autoencoder.ts';
export { type PrequentialOptions, scorePrequentially } from './prequential.ts';
export { buildRows, buildWindows } from './row-builder.ts';
export type { ClassicDetector, FittedDetector, Rows } from './rows.ts';
export { createLstmForecast, createTransformerForecast, SEQUENCE_LENGTH } from './sequence-models.ts';

/** The detectors that need no network. */
export const CLASSIC_DETECTORS: readonly ClassicDetector[] = [
  isolationForest,
  nearestNeighbours,
  histogramScore,
  localOutlierFactor,
  oneClass,
];
