import type { Score, WorkloadFrame } from '../../conventions/index.ts';
import type { FeatureExtractor, FeatureStats } from '../../features/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import type { Baseline } from '../baselines/baseline.ts';
import type { EventsFile, LabelledEvent } from '../events-file.ts';
import type { FrameKinds } from '../kinds/kinds-of-frames.ts';
import { entityId } from '../metrics/evaluation-set.ts';
import type { EventDeviations, EventPeak } from '../metrics/explanation.ts';
import { createDeviations } from '../metrics/largest-z.ts';
import type { Recording } from '../recording.ts';
import { replayRecording } from './replay-recording.ts';
import { createScoreLog, nameOf, type ScoreLog } from './score-log.ts';

/** The exporter's own parts, fresh: they keep what they learn. */
export interface ScoringParts {
  readonly extractor: FeatureExtractor;
  readonly scorer: Scorer;
  readonly baselines: ReadonlyMap<string, Baseline>;
  /** Told of every frame, in the order of time. */
  readonly onFrames?: ((frames: readonly WorkloadFrame[]) => void) | undefined;
}

export interface ScoredRecording {
  readonly log: ScoreLog;
  /** By baseline name; the margin column repeats the score. */
  readonly baselineLogs: ReadonlyMap<string, ScoreLog>;
  readonly peaks: readonly EventPeak[];
  /** By event and entity of its namespace: the largest |z| of any metric during the event. */
  readonly deviations: EventDeviations;
  /** Of a classifier, where there is one. */
  readonly kinds?: FrameKinds | undefined;
  readonly stats: FeatureStats;
}

/**
 * Replays a recording through the exporter's path, frame by frame: the score at t has seen nothing after t.
 * Yields the number of samples given so far, so that the caller can show it and stay responsive; returns the scores.
 */
export async function* scoreRecording(
  recording: Recording,
  events: EventsFile,
  parts: ScoringParts,
): AsyncGenerator<number, ScoredRecording> {
  const log = createScoreLog();
  const withoutModel = parts.scorer.learned && createScoreLog();
  const baselineLogs = new Map([...parts.baselines.keys()].map((name) => [name, createScoreLog()]));
  const peaks = createPeakCollector(events);
  const deviations = isExplained(events) ? createDeviations() : undefined;
  let given = 0;
  const stepMs = events.stepSeconds * 1000;
  for (const frames of replayRecording(recording, parts.extractor, { stepMs, onProgress: (samples) => (given = samples) })) {
    parts.onFrames?.(frames);
    const zs = deviations && frames.map(deviations);
    const early = parts.scorer.score(frames);
    const scores = parts.scorer.learned ? await parts.scorer.refine(early) : early;
    scores.forEach((score, i) => {
      withoutModel?.add(nameOf(score.key), score.timeMs, early[i]!.value, score.ready, early[i]!.margin);
      log.add(nameOf(score.key), score.timeMs, score.value, score.ready, score.margin);
      peaks.observe(score, frames[i]!, zs?.[i]);
    });
    for (const [name, baseline] of parts.baselines) {
      for (const frame of frames) {
        const value = baseline(frame);
        baselineLogs.get(name)!.add(nameOf(frame.key), frame.timeMs, value, Number.isFinite(value), value);
      }
    }
    yield given;
  }
  if (withoutModel) baselineLogs.set(WITHOUT_MODEL, withoutModel);
  return { log, baselineLogs, peaks: peaks.peaks(), deviations: peaks.deviations, stats: parts.extractor.stats };
}

/** Name of the score as it is before a learned model joins it. */
const WITHOUT_MODEL = 'without model';

const isExplained = ({ events }: EventsFile): boolean =>
  events.some(({ metrics, targetWorkload }) => metrics !== undefined || targetWorkload !== undefined);

/** Features from the largest |z| down; those without one are left out. */
const orderByZ = ({ layout }: WorkloadFrame, zs: Float64Array): string[] =>
  layout.features
    .map(({ name }, i) => ({ name, z: zs[i]! }))
    .filter(({ z }) => Number.isFinite(z))
    .sort((a, b) => b.z - a.z)
    .map(({ name }) => name);

/** Keeps what stood beside the highest score of each event. */
const createPeakCollector = (events: EventsFile) => {
  const byEntity = new Map<string, { event: LabelledEvent; peak: EventPeak }[]>();
  for (const event of events.events) {
    const entry = { event, peak: { event, score: Number.NEGATIVE_INFINITY, contributors: [], features: [], byLargestZ: [] } };
    const list = byEntity.get(entityId(event));
    if (list) list.push(entry);
    else byEntity.set(entityId(event), [entry]);
  }
  const deviations = new Map<LabelledEvent, Map<string, number>>();
  const watchDeviations = (score: Score, zs: Float64Array): void => {
    const name = nameOf(score.key);
    const seconds = score.timeMs / 1000;
    for (const event of events.events) {
      if (event.namespace !== name.namespace || seconds < event.from || seconds >= event.to) continue;
      const own = deviations.get(event) ?? new Map<string, number>();
      deviations.set(event, own);
      for (const z of zs) if (z > (own.get(entityId(name)) ?? 0)) own.set(entityId(name), z);
    }
  };
  return {
    deviations,
    observe: (score: Score, frame: WorkloadFrame, zs: Float64Array | undefined): void => {
      if (zs) watchDeviations(score, zs);
      if (!score.ready) return;
      const seconds = score.timeMs / 1000;
      for (const entry of byEntity.get(entityId(nameOf(score.key))) ?? []) {
        if (seconds < entry.event.from || seconds >= entry.event.to || score.value <= entry.peak.score) continue;
        entry.peak = {
          event: entry.event,
          score: score.value,
          contributors: score.contributors,
          features: frame.layout.features.map(({ name }) => name),
          byLargestZ: zs ? orderByZ(frame, zs) : [],
        };
      }
    },
    peaks: (): EventPeak[] => [...byEntity.values()].flat().map(({ peak }) => peak),
  };
};
