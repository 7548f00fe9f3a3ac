import {
  checkModel,
  createModelSession,
  createWindowEncoder,
  findModel,
  spawnSessionThread,
  type WindowEncoder,
} from '../../learning/index.ts';
import { type Clock, seededRandom } from '../../platform/index.ts';
import { scoreWithEncoder } from '../../scoring/index.ts';
import type { SeriesDetector } from './series-detector.ts';

const SESSION = { threads: 1, maxQueue: 2, timeoutMs: 120_000 } as const;

/** A trained encoder with banks of each workload's own past. */
const createEncoderSeriesDetector = (encoder: WindowEncoder): SeriesDetector => ({
  name: 'model alone',
  score: ({ features, values }, { stepSeconds, seed }) =>
    scoreWithEncoder(encoder, features, values, { stepSeconds, random: seededRandom(seed) }),
});

/** The encoder of a folder, checked against its manifest, in a thread of its own. Rejects with `not_found`, `conflict`, `invalid_input`. */
export const openModelDetector = async (
  dir: string,
  clock: Clock,
): Promise<{ readonly detector: SeriesDetector; close(): Promise<void> }> => {
  const built = await findModel(dir);
  checkModel(built, 'any');
  const session = await createModelSession({ clock, spawn: spawnSessionThread }, { model: built.model, ...SESSION });
  return { detector: createEncoderSeriesDetector(createWindowEncoder(built.manifest, session)), close: session.close };
};
