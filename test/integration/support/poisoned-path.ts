import { type Labels, type Score, type Series, type WorkloadKey, workloadId } from '../../../src/conventions/index.ts';
import type { ClusterPlan } from '../../../src/demo/simulator/index.ts';
import { createSimulation } from '../../../src/demo/simulator/index.ts';
import { createScoreBoard } from '../../../src/exporter/board/score-board.ts';
import { createScoreExposition } from '../../../src/exporter/exposition/score-exposition.ts';
import { createSelectorIndex } from '../../../src/exporter/ingest/match-selector.ts';
import { createLiveCycle } from '../../../src/exporter/loop/live-cycle.ts';
import { createPacer } from '../../../src/exporter/loop/pacer.ts';
import { createFeatureExtractor, defaultCatalog, type FeatureStats } from '../../../src/features/index.ts';
import type { ReadRequest, SeriesSource } from '../../../src/prometheus/index.ts';
import { createScorer } from '../../../src/scoring/index.ts';

export const STEP_MS = 30_000;
export const START_MS = Date.UTC(2026, 0, 5);

export interface Sample {
  readonly timeMs: number;
  readonly value: number;
  /** From when on the server gives it. */
  readonly seenMs: number;
}

/** A series as the server holds it. A read gives the samples in this order, whatever it is. */
export interface Stream {
  readonly labels: Labels;
  readonly samples: readonly Sample[];
  /** Times of stale markers. */
  readonly ends: readonly number[];
}

/** What a simulated cluster gives in so many steps. */
export const streamsOf = (plan: ClusterPlan, steps: number): Stream[] => {
  const simulation = createSimulation(plan, { stepMs: STEP_MS, startMs: START_MS });
  const streams: { labels: Labels; samples: Sample[]; ends: number[] }[] = [];
  const streamOf = (series: number) => {
    streams[series] ??= { labels: simulation.series.labels[series] as Labels, samples: [], ends: [] };
    return streams[series];
  };
  for (let step = 0; step < steps; step++) {
    const { count, series, timesMs, values, stale } = simulation.step();
    for (let i = 0; i < count; i++) {
      const timeMs = timesMs[i] as number;
      streamOf(series[i] as number).samples.push({ timeMs, value: values[i] as number, seenMs: timeMs });
    }
    for (const marker of stale) streamOf(marker.series).ends.push(marker.timeMs);
  }
  // Series that nothing was ever scraped of have no stream.
  return streams.filter((stream) => stream !== undefined);
};

/** Samples by stream, in the order of the stream. */
type Shelf = Map<number, Sample[]>;

/** Samples on shelves of one step each, so that a read of a minute does not look at hours. Times that are none are in every range. */
const shelve = (streams: readonly Stream[]): { readonly shelves: Map<number, Shelf>; readonly timeless: Shelf } => {
  const shelves = new Map<number, Shelf>();
  const timeless: Shelf = new Map();
  const put = (shelf: Shelf, stream: number, sample: Sample): void => {
    const list = shelf.get(stream);
    if (list) list.push(sample);
    else shelf.set(stream, [sample]);
  };
  for (const [stream, { samples }] of streams.entries()) {
    for (const sample of samples) {
      const number = Math.floor(sample.timeMs / STEP_MS);
      if (Number.isNaN(number)) {
        put(timeless, stream, sample);
        continue;
      }
      const shelf = shelves.get(number) ?? new Map();
      shelves.set(number, shelf);
      put(shelf, stream, sample);
    }
  }
  return { shelves, timeless };
};

/** A server that is asked for ranges, as Prometheus is, but whose samples may be anything. */
const serve = (streams: readonly Stream[], nowMs: () => number): Pick<SeriesSource, 'read' | 'readSlices'> => {
  const { shelves, timeless } = shelve(streams);
  let takers: readonly (readonly number[])[] | undefined;

  const samplesIn = (startMs: number, endMs: number): Shelf => {
    const found: Shelf = new Map();
    const take = (shelf: Shelf | undefined): void => {
      for (const [stream, samples] of shelf ?? []) {
        const inside = samples.filter(({ timeMs, seenMs }) => !(timeMs < startMs) && !(timeMs > endMs) && seenMs <= nowMs());
        if (inside.length > 0) found.set(stream, [...(found.get(stream) ?? []), ...inside]);
      }
    };
    for (let number = Math.floor(startMs / STEP_MS); number <= Math.floor(endMs / STEP_MS); number++) take(shelves.get(number));
    take(timeless);
    return found;
  };
  const read = async ({ selectors, startMs, endMs }: ReadRequest) => {
    const selectorsOf = createSelectorIndex(selectors);
    takers ??= streams.map(({ labels }) => selectorsOf(labels));
    const results = selectors.map((_, selector) => ({ selector, series: [] as Series[] }));
    const found = samplesIn(startMs, endMs);
    for (const [i, { labels, ends }] of streams.entries()) {
      const inside = found.get(i) ?? [];
      const end = ends.findLast((timeMs) => timeMs >= startMs && timeMs <= endMs);
      const ended = end !== undefined && !inside.some(({ timeMs }) => timeMs >= end);
      if (inside.length === 0 && !ended) continue;
      const series: Series = {
        labels,
        timesMs: Float64Array.from(inside, ({ timeMs }) => timeMs),
        values: Float64Array.from(inside, ({ value }) => value),
        ...(ended ? { staleMs: end } : {}),
      };
      for (const selector of takers[i] ?? []) results[selector]?.series.push(series);
    }
    return results;
  };
  return {
    read,
    readSlices: async function* (request: ReadRequest) {
      yield { startMs: request.startMs, endMs: request.endMs, results: await read(request) };
    },
  };
};

/** What is wrong with a score; undefined where nothing is. */
export const faultOf = ({ ready, value, margin, contributors }: Score): string | undefined => {
  if (!ready) return Number.isNaN(value) && contributors.length === 0 ? undefined : 'a score that is not ready has a value';
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY) || !Number.isFinite(margin)) return `value ${value}, margin ${margin}`;
  for (const { metric, contribution, observed, expected, lower, upper } of contributors) {
    if (!(contribution >= 0 && contribution <= 1)) return `contribution ${contribution} of ${metric}`;
    if (![observed, expected, lower, upper].every(Number.isFinite)) return `${metric}: ${observed}, ${expected}, ${lower} to ${upper}`;
  }
  return undefined;
};

export interface PathResult {
  /** Scores by workload and instant; NaN where not ready. */
  readonly tracks: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly keys: ReadonlyMap<string, WorkloadKey>;
  /** Cycles that failed, scores and exposed lines that are not what they have to be. */
  readonly faults: readonly string[];
  readonly stats: FeatureStats;
  /** What is held after each cycle. */
  readonly held: readonly { readonly series: number; readonly pods: number; readonly workloads: number; readonly scored: number }[];
}

export interface PathOptions {
  /** The exporter's clock at each cycle. */
  readonly clockMs: readonly number[];
  readonly maxWorkloads?: number;
  /** Called after each cycle. */
  readonly onCycle?: (cycle: number) => void;
}

const PLAIN_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]\d+)?$/;
const HISTORY = { historySlots: 240, valueSlots: 60, maxHistoryBytes: 2 ** 24, maxExplainedScores: 500 };

/** Drives the exporter's cycle over the streams: read, features, scores, board, exposition. */
export const runPath = async (streams: readonly Stream[], { clockMs, maxWorkloads = 1000, onCycle }: PathOptions): Promise<PathResult> => {
  let nowMs = clockMs[0] ?? 0;
  const clock = { nowMs: () => nowMs, monotonicMs: () => performance.now(), sleep: async () => undefined };
  const tracks = new Map<string, Map<number, number>>();
  const keys = new Map<string, WorkloadKey>();
  const faults: string[] = [];
  const held: { series: number; pods: number; workloads: number; scored: number }[] = [];
  const scorer = createScorer({ stepSeconds: STEP_MS / 1000, bank: true, seed: 1 });
  const board = createScoreBoard(scorer, {
    ...HISTORY,
    limits: () => ({ maxWorkloads, goneAfterMs: 5 * STEP_MS, forgetAfterMs: 36 * 3_600_000 }),
  });
  const pacer = createPacer(clock);
  const onScores = (scores: readonly Score[]): void => {
    for (const score of scores) {
      const fault = faultOf(score);
      const id = workloadId(score.key);
      if (fault !== undefined) faults.push(`${id} at ${score.timeMs}: ${fault}`);
      const track = tracks.get(id) ?? new Map<number, number>();
      tracks.set(id, track.set(score.timeMs, score.value));
      keys.set(id, score.key);
    }
  };
  const cycle = createLiveCycle(
    {
      source: serve(streams, () => nowMs),
      createExtractor: (pace) => createFeatureExtractor(defaultCatalog(), pace),
      pipeline: { scorer, board, pacer, onScores },
      pacer,
      clock,
      log: { warn: () => undefined },
    },
    { intervalMs: STEP_MS, sliceMs: 3_600_000, longestGapMs: 3_600_000 },
  );
  const exposition = createScoreExposition(board, () => ({ maxContributions: 3000 }));
  cycle.begin(nowMs - STEP_MS);
  for (const [number, timeMs] of clockMs.entries()) {
    nowMs = timeMs;
    const result = await cycle.run(new AbortController().signal);
    if (!result.ok) faults.push(`cycle at ${timeMs}: ${result.error.message}`);
    // As the exporter's loop does after each cycle.
    if (cycle.takeClockSetBack()) board.clearHistory(nowMs);
    if (result.ok) board.sweep(result.dataMs);
    for (const line of exposition.render({ withdrawn: false, backfilling: false }).text.split('\n')) {
      if (line !== '' && !line.startsWith('#') && !PLAIN_NUMBER.test(line.slice(line.lastIndexOf(' ') + 1))) faults.push(line);
    }
    const { series, pods, workloads } = cycle.extractor.stats;
    held.push({ series, pods, workloads, scored: scorer.workloads });
    onCycle?.(number);
  }
  return { tracks, keys, faults, stats: cycle.extractor.stats, held };
};
