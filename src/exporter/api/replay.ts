import { type Score, type WorkloadFrame, type WorkloadKey, workloadId } from '../../conventions/index.ts';
import type { FeatureExtractor, PaceOptions } from '../../features/index.ts';
import { BellwetherError, type Clock } from '../../platform/index.ts';
import type { SeriesSource } from '../../prometheus/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import type { HistoryPoint, ValueSeries } from '../board/score-history.ts';
import type { Pacer } from '../loop/pacer.ts';
import { pushInPieces } from '../loop/scoring-pipeline.ts';
import { CONTEXT_AFTER_MS, type Evidence } from './explanation.ts';
import type { NarrowedInput } from './narrow-inputs.ts';

export interface ReplayDeps {
  readonly source: Pick<SeriesSource, 'readSlices'> | undefined;
  readonly createExtractor: (pace: PaceOptions) => FeatureExtractor;
  /** What has to be read for one workload. */
  readonly inputsOf: (key: WorkloadKey) => readonly NarrowedInput[];
  /** A scorer that gives contributors of quiet scores too. */
  readonly createScorer: () => Scorer;
  readonly pacer: Pacer;
  readonly clock: Clock;
}

export interface ReplayOptions {
  readonly replayMs: () => number;
  /** Pace of the live cycles, and of a back-fill where the stretch would have too many instants at that. */
  readonly intervalMs: number;
  readonly backfillStepMs: number;
}

/** Scores a workload's past anew out of Prometheus, apart from the live state. */
export interface Replayer {
  /**
   * What the scores around an instant would have been. Rejects with `not_found` where the workload has no data there, `overloaded` while
   * others wait, `not_ready` without a Prometheus, and with the errors of the source.
   */
  replay(key: WorkloadKey, timeMs: number, signal: AbortSignal): Promise<Evidence>;
}

/** Replays read a day of a namespace: one at a time, and few that wait. */
const MOST_WAITING = 4;
const MOST_INSTANTS = 5_000;
/** Answers are kept for as long as someone looks at one page. */
const KEPT_ANSWERS = 8;
/** Scores and values kept of a replay: what an explanation shows, and what the rule looks back on. */
const KEPT_BEFORE_MS = 2 * 3_600_000;

interface Kept {
  readonly points: HistoryPoint[];
  readonly scores: Score[];
  readonly frames: WorkloadFrame[];
}

const valuesOf = (frames: readonly WorkloadFrame[], fromMs: number, toMs: number): readonly ValueSeries[] => {
  const within = frames.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs);
  const features = within.at(-1)?.layout.features ?? [];
  return features
    .map(({ name, unit }, i) => ({
      metric: name,
      unit,
      points: within.map(({ timeMs, values }) => [timeMs, values[i] ?? Number.NaN] as const),
    }))
    .filter(({ points }) => points.some(([, value]) => !Number.isNaN(value)));
};

export const createReplayer = (deps: ReplayDeps, options: ReplayOptions): Replayer => {
  const { source, pacer, clock } = deps;
  const answers = new Map<string, Evidence>();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const run = async (key: WorkloadKey, timeMs: number, signal: AbortSignal): Promise<Evidence> => {
    if (!source) throw new BellwetherError('not_ready', 'pushed samples are not kept: only the history in memory can be explained');
    const replayMs = options.replayMs();
    const stepMs = replayMs / options.intervalMs <= MOST_INSTANTS ? options.intervalMs : options.backfillStepMs;
    const endMs = Math.min(clock.nowMs(), timeMs + CONTEXT_AFTER_MS);
    const extractor = deps.createExtractor({ pace: 'grid', stepMs });
    const scorer = deps.createScorer();
    const id = workloadId(key);
    const kept: Kept = { points: [], scores: [], frames: [] };
    const take = (frame: WorkloadFrame): void => {
      const [score] = scorer.score([frame]);
      if (!score || frame.timeMs < timeMs - KEPT_BEFORE_MS) return;
      const { ready, reason, value } = score;
      kept.points.push(
        ready ? { timeMs: frame.timeMs, score: value } : { timeMs: frame.timeMs, score: Number.NaN, reason: reason ?? 'no_data' },
      );
      kept.scores.push(score);
      kept.frames.push(frame);
    };
    const inputs = deps.inputsOf(key);
    const request = { selectors: inputs.map(({ selector }) => selector), startMs: timeMs - replayMs, endMs };
    for await (const slice of source.readSlices(request, signal)) {
      const results = slice.results.map(({ selector, series }) => ({ selector: inputs[selector]?.index ?? selector, series }));
      await pushInPieces(extractor, results, pacer);
      for (const instant of extractor.advance(slice.endMs)) {
        const frame = instant.find((one) => workloadId(one.key) === id);
        if (frame) take(frame);
        await pacer.breathe();
      }
    }
    const newest = kept.frames.at(-1);
    if (!newest) throw new BellwetherError('not_found', `no data of ${id} around this time`);
    return {
      key: newest.key,
      source: 'replay',
      points: kept.points,
      scores: kept.scores,
      values: (fromMs, toMs) => valuesOf(kept.frames, fromMs, toMs),
      modelVersion: scorer.modelVersion,
      stepMs,
      nowMs: clock.nowMs(),
    };
  };

  const remember = (name: string, evidence: Evidence): Evidence => {
    answers.set(name, evidence);
    const oldest = answers.keys().next();
    if (answers.size > KEPT_ANSWERS && !oldest.done) answers.delete(oldest.value);
    return evidence;
  };

  return {
    replay: async (key, timeMs, signal) => {
      const name = `${workloadId(key)} ${timeMs}`;
      const known = answers.get(name);
      if (known) return known;
      if (waiting >= MOST_WAITING)
        throw new BellwetherError('overloaded', 'too many explanations are being worked out; try again in a few seconds');
      waiting++;
      const turn = last.then(() => run(key, timeMs, signal));
      last = turn.catch(() => undefined);
      return turn.then((evidence) => remember(name, evidence)).finally(() => waiting--);
    },
  };
};
