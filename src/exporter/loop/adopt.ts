import type { FeatureExtractor, PaceOptions } from '../../features/index.ts';
import { type Clock, type Logger, type Random, toBellwetherError } from '../../platform/index.ts';
import type { SeriesSource } from '../../prometheus/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import type { Ownership } from '../ownership.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';
import { type BackfillOutcome, runBackfill } from './backfill.ts';
import type { LiveCycle } from './live-cycle.ts';
import type { Pacer } from './pacer.ts';

export interface AdoptDeps {
  readonly source: SeriesSource;
  readonly createExtractor: (pace: PaceOptions) => FeatureExtractor;
  /** Of the same options as the scorer of the live cycles. */
  readonly createScorer: () => Scorer;
  readonly scorer: Pick<Scorer, 'restore'>;
  readonly ownership: Pick<Ownership, 'gains' | 'settle' | 'shard'>;
  readonly cycle: Pick<LiveCycle, 'readMs'>;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly instruments: Pick<ExporterInstruments, 'cycles' | 'cycleFailures' | 'cycleLastSuccess'>;
}

export interface AdoptOptions {
  readonly backfillMs: number;
  readonly stepMs: number;
  readonly sliceMs: number;
}

/** Each round reads what went by during the one before and is far shorter; the bound is for a source that has become slower than time. */
const MAX_ROUNDS = 20;

/**
 * Learns the past of workloads that this shard has won, beside the live cycles, and then has them scored. Until then the shard that had them goes
 * on, so there is no gap. What cannot be read is given up, and those workloads begin without a past.
 */
export const adopt = async (deps: AdoptDeps, options: AdoptOptions, signal: AbortSignal): Promise<void> => {
  const { ownership, pacer, clock, log, instruments: m } = deps;
  const loop = 'adopt';
  const scorer = deps.createScorer();
  const extractor = deps.createExtractor({ pace: 'grid', stepMs: options.stepMs });
  const startedMs = clock.nowMs();
  m.cycles.inc({ loop });

  const replay = (fromMs: number, toMs: number): Promise<BackfillOutcome> =>
    runBackfill(
      {
        ...deps,
        extractor,
        pipeline: {
          scorer,
          board: { admit: (frames) => ({ frames, capped: 0 }), record: () => undefined },
          pacer,
          isNews: ({ key }) => ownership.gains(key),
        },
        onError: ({ code }) => m.cycleFailures.inc({ loop, reason: code }),
      },
      { fromMs, toMs, sliceMs: options.sliceMs },
      signal,
    );

  const replayAll = async (): Promise<BackfillOutcome> => {
    let doneMs = Math.floor((startedMs - options.backfillMs) / options.stepMs) * options.stepMs;
    // Until it has every instant that the cycles have gone past: one that both leave out would be missing in the states.
    for (let round = 0; round < MAX_ROUNDS && (round === 0 || doneMs < deps.cycle.readMs); round++) {
      const toMs = clock.nowMs();
      const outcome = await replay(doneMs, toMs);
      if (outcome !== 'complete') return outcome;
      doneMs = toMs;
    }
    return 'complete';
  };

  const outcome = await replayAll().catch((thrown: unknown): BackfillOutcome => {
    log.error({ err: toBellwetherError(thrown) }, 'learning what this shard has won failed in a way that is a defect');
    return 'abandoned';
  });
  if (outcome === 'cancelled') return;
  // All at one go, some microseconds each: a cycle in between would go past an instant.
  for (const snapshot of scorer.snapshot()) deps.scorer.restore(snapshot);
  ownership.settle();
  const nowMs = clock.nowMs();
  if (outcome === 'complete') m.cycleLastSuccess.set({ loop }, nowMs / 1000);
  log.info(
    { ...ownership.shard.place, outcome, workloads: scorer.workloads, seconds: (nowMs - startedMs) / 1000 },
    'workloads of other shards taken over',
  );
};
