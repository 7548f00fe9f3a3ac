import { createModelSession, spawnSessionThread } from '../../learning/index.ts';
import { BellwetherError, type Clock } from '../../platform/index.ts';
import { CLASSIC_DETECTORS, createAutoencoder, createLstmForecast, createTransformerForecast } from '../../scoring/index.ts';
import { createClassicSeriesDetector } from './classic-detector.ts';
import type { SeriesDetector } from './series-detector.ts';

/** Batches of a fit follow one another, so no more than one waits; a step takes milliseconds, on a machine at its limit seconds. */
const SESSION = { threads: 1, maxQueue: 4, timeoutMs: 60_000 } as const;
/** The second tier: networks that are trained anew for each workload, again and again. */
const TRAINED = { autoencoder: createAutoencoder, lstm: createLstmForecast, transformer: createTransformerForecast } as const;

/** What can be judged beside the score, by name. */
export const DETECTOR_NAMES: readonly string[] = [...CLASSIC_DETECTORS.map(({ id }) => id), ...Object.keys(TRAINED)];

export interface ChosenDetectors {
  readonly detectors: readonly SeriesDetector[];
  /** Ends the threads of those that have some. */
  close(): Promise<void>;
}

/** Detectors by their names; `all` stands for every one. Throws `invalid_input` for an unknown name. */
export const chooseDetectors = (names: readonly string[], clock: Clock): ChosenDetectors => {
  const unknown = names.find((name) => name !== 'all' && !DETECTOR_NAMES.includes(name));
  if (unknown !== undefined)
    throw new BellwetherError('invalid_input', `there is no detector ${unknown}; there are: all, ${DETECTOR_NAMES.join(', ')}`);
  const trained = Object.values(TRAINED).map((create) =>
    create((model) => createModelSession({ clock, spawn: spawnSessionThread }, { model, ...SESSION })),
  );
  const detectors = [...CLASSIC_DETECTORS, ...trained]
    .filter(({ id }) => names.includes('all') || names.includes(id))
    .map(createClassicSeriesDetector);
  return { detectors, close: async () => void (await Promise.all(trained.map(({ close }) => close()))) };
};
