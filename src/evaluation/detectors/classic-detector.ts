import { seededRandom } from '../../platform/index.ts';
import { buildRows, buildWindows, type ClassicDetector, SEQUENCE_LENGTH, scorePrequentially } from '../../scoring/index.ts';
import type { SeriesDetector } from './series-detector.ts';

/** A classic detector over a workload's rows, fitted again and again on the past. */
export const createClassicSeriesDetector = (detector: ClassicDetector): SeriesDetector => ({
  name: detector.id,
  score: async ({ features, values }, { stepSeconds, seed }) =>
    scorePrequentially(
      detector,
      detector.rows === 'windows' ? buildWindows(features, values, SEQUENCE_LENGTH) : buildRows(features, values),
      { stepSeconds, random: seededRandom(seed) },
    ),
});
