import { createFeatureExtractor, type FeatureCatalog } from '../features/index.ts';
import type { KindClassifier, WindowEncoder } from '../learning/index.ts';
import { type Clock, createProgress } from '../platform/index.ts';
import { createScorer, type LearnedSetting, learnedModeOf } from '../scoring/index.ts';
import { auditRecording } from './audit/audit-recording.ts';
import { BASELINES, createBaseline } from './baselines/baseline.ts';
import { createSeriesCollector, type SeriesDetector, scoreSeries } from './detectors/series-detector.ts';
import { type Evaluation, evaluate, type ScoredPair } from './evaluate.ts';
import type { EventsFile } from './events-file.ts';
import { kindsOfFrames } from './kinds/kinds-of-frames.ts';
import type { SetOptions } from './metrics/evaluation-set.ts';
import type { Recording } from './recording.ts';
import { type PairPaths, readEvents, readPair } from './replay/read-pair.ts';
import { recordingFeatures } from './replay/recording-features.ts';
import type { ScoreLog } from './replay/score-log.ts';
import { type ScoredRecording, type ScoringParts, scoreRecording } from './replay/score-recording.ts';

export interface RunOptions extends SetOptions {
  readonly pairs: readonly PairPaths[];
  /** What is read and made of it; default: every gauge family of a recording is a feature of its (namespace, workload). */
  readonly catalog?: FeatureCatalog | undefined;
  readonly baselines: boolean;
  /** Keep the kNN bank of the scorer's rank part. */
  readonly bank: boolean;
  /** What the encoder of `RunDeps` may do; default: on. */
  readonly learned?: LearnedSetting | undefined;
  readonly seed: number;
}

export interface RunDeps {
  readonly clock: Clock;
  /** Judged beside the score, after the baselines. */
  readonly detectors?: readonly SeriesDetector[];
  /** A trained encoder that joins the score; the score without it is then judged beside it. */
  readonly encoder?: WindowEncoder | undefined;
  /** A model that was trained with labels: it names the kind of each frame. */
  readonly classifier?: KindClassifier | undefined;
  /** Takes the scores of each pair as soon as they are there. */
  readonly onScored?: (index: number, scored: ScoredRecording) => Promise<void>;
}

// Long enough to cost nothing, short enough for Ctrl-C and the progress bar.
const TURN_MS = 100;
const BAR_STEPS = 1000;

/** Reads, replays and judges the pairs. One recording is in memory at a time. */
export const runEvaluation = async (deps: RunDeps, options: RunOptions, signal?: AbortSignal): Promise<Evaluation> => {
  const progress = createProgress({ label: 'evaluating', total: options.pairs.length * BAR_STEPS });
  try {
    for (const { events } of options.pairs) await readEvents(events);
    const scored: ScoredPair[] = [];
    for (const [index, paths] of options.pairs.entries()) {
      const { recording, events } = await readPair(paths);
      const frames = createSeriesCollector();
      const parts = { ...createParts(recording, events, options, deps.encoder), onFrames: frames.add };
      const onSamples = (samples: number): void => progress.update((index + samples / Math.max(1, recording.samples)) * BAR_STEPS);
      const replayed = await inTurns(scoreRecording(recording, events, parts), onSamples, deps.clock, signal);
      const judge = (detector: SeriesDetector): Promise<ScoreLog> => {
        signal?.throwIfAborted();
        return scoreSeries(detector, frames.series(), { stepSeconds: events.stepSeconds, seed: options.seed });
      };
      const baselineLogs = new Map(replayed.baselineLogs);
      for (const detector of deps.detectors ?? []) baselineLogs.set(detector.name, await judge(detector));
      const kinds = deps.classifier && (await kindsOfFrames(deps.classifier, frames.series(), events));
      const result = { ...replayed, baselineLogs, kinds };
      await deps.onScored?.(index, result);
      scored.push({ events, scored: result, audit: auditRecording(frames.series(), events) });
    }
    return evaluate(scored, { ...options, classes: deps.classifier?.facts.classes });
  } finally {
    progress.stop();
  }
};

const createParts = (
  recording: Recording,
  { stepSeconds }: EventsFile,
  options: RunOptions,
  encoder: WindowEncoder | undefined,
): ScoringParts => {
  const mode = encoder ? learnedModeOf(options.learned ?? 'on', stepSeconds) : 'off';
  return {
    extractor: createFeatureExtractor(options.catalog ?? recordingFeatures(recording), { pace: 'samples', stepMs: stepSeconds * 1000 }),
    scorer: createScorer({
      stepSeconds,
      bank: options.bank,
      seed: options.seed,
      mostContributors: Number.POSITIVE_INFINITY,
      ...(encoder && mode !== 'off' ? { learned: { encoder, mode } } : {}),
    }),
    baselines: new Map(
      (options.baselines ? BASELINES : []).map((name) => [name, createBaseline(name, { stepSeconds, seed: options.seed })]),
    ),
  };
};

/** Runs a long computation in turns, so that signals and timers are heard. */
const inTurns = async <T>(
  work: AsyncGenerator<number, T>,
  onProgress: (done: number) => void,
  clock: Clock,
  signal?: AbortSignal,
): Promise<T> => {
  let turnStart = clock.monotonicMs();
  for (;;) {
    const step = await work.next();
    if (step.done) return step.value;
    if (clock.monotonicMs() - turnStart < TURN_MS) continue;
    onProgress(step.value);
    await clock.sleep(0);
    signal?.throwIfAborted();
    turnStart = clock.monotonicMs();
  }
};
