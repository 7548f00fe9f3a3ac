import { createFeatureExtractor } from '../../features/index.ts';
import type { WindowEncoder } from '../../learning/index.ts';
import { type Clock, openReadStream } from '../../platform/index.ts';
import { createScorer } from '../../scoring/index.ts';
import { readOpenMetrics } from '../open-metrics-reader.ts';
import { recordingFeatures } from './recording-features.ts';
import { type ScoredRecording, scoreRecording } from './score-recording.ts';

// Long enough to cost nothing, short enough for Ctrl-C.
const TURN_MS = 100;

export interface ReplayFileOptions {
  readonly stepSeconds: number;
  readonly encoder: WindowEncoder;
}

/** The scores of a recording without labels, by an encoder, each from what came before it. */
export const replayFile = async (
  path: string,
  { stepSeconds, encoder }: ReplayFileOptions,
  clock: Clock,
  signal?: AbortSignal,
): Promise<ScoredRecording['log']> => {
  const recording = await readOpenMetrics(openReadStream(path), { file: path });
  const work = scoreRecording(
    recording,
    { name: path, stepSeconds, cleanUntil: undefined, faultFreeSpans: [], entities: [], events: [] },
    {
      extractor: createFeatureExtractor(recordingFeatures(recording), { pace: 'samples', stepMs: stepSeconds * 1000 }),
      scorer: createScorer({ stepSeconds, bank: true, seed: 1, learned: { encoder, mode: 'on' } }),
      baselines: new Map(),
    },
  );
  let turnStart = clock.monotonicMs();
  for (;;) {
    const step = await work.next();
    if (step.done) return step.value.log;
    if (clock.monotonicMs() - turnStart < TURN_MS) continue;
    await clock.sleep(0);
    signal?.throwIfAborted();
    turnStart = clock.monotonicMs();
  }
};
