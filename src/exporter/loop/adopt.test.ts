import type { Score, WorkloadFrame, WorkloadKey } from '../../conventions/index.ts';
import type { FeatureExtractor } from '../../features/index.ts';
import { BellwetherError, type Logger } from '../../platform/index.ts';
import type { ReadSlice, SeriesSource } from '../../prometheus/index.ts';
import type { Scorer, WorkloadSnapshot } from '../../scoring/index.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createOwnership } from '../ownership.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';
import { adopt } from './adopt.ts';
import { createPacer } from './pacer.ts';

const MINUTE_MS = 60_000;
const NOW_MS = 100 * MINUTE_MS;
const KEYS: readonly WorkloadKey[] = Array.from({ length: 30 }, (_, i) => ({
  namespace: `team-${i}`,
  workload: 'web',
  workloadKind: 'Deployment',
}));

/** A shard that was one of three and is now one of two; each read of the past takes a minute. */
const setup = (failure?: BellwetherError) => {
  const ownership = createOwnership({ index: 0, shards: 2 });
  ownership.resume({ index: 0, shards: 3 });
  const clock = createManualClock(NOW_MS);
  const won = KEYS.filter(ownership.gains);
  const asked: (readonly [number, number])[] = [];
  const learned = new Map<string, number>();
  const restored: string[] = [];
  let givenMs = NOW_MS - 5 * MINUTE_MS;
  const extractor = {
    selectors: [],
    push: () => undefined,
    *advance(untilMs: number) {
      for (; givenMs + MINUTE_MS <= untilMs; ) {
        givenMs += MINUTE_MS;
        yield KEYS.map((key) => ({ key, timeMs: givenMs }) as WorkloadFrame);
      }
    },
  } as unknown as FeatureExtractor;
  const source = {
    async *readSlices({ startMs, endMs }: { startMs: number; endMs: number }): AsyncGenerator<ReadSlice> {
      asked.push([startMs, endMs]);
      if (failure) throw failure;
      await clock.sleep(asked.length === 1 ? 3 * MINUTE_MS : 1_000);
      yield { startMs, endMs, results: [] };
    },
  } as unknown as SeriesSource;
  const fresh = {
    score: (frames: readonly WorkloadFrame[]) =>
      frames.map(({ key, timeMs }) => {
        learned.set(key.namespace, timeMs);
        return { key, timeMs } as Score;
      }),
    snapshot: () => KEYS.filter(({ namespace }) => learned.has(namespace)).map((key) => ({ key }) as WorkloadSnapshot),
    workloads: won.length,
  } as unknown as Scorer;
  const count = { inc: () => undefined, set: () => undefined };
  const run = async (): Promise<void> => {
    const done = adopt(
      {
        source,
        ownership,
        clock,
        createExtractor: () => extractor,
        createScorer: () => fresh,
        scorer: { restore: ({ key }) => restored.push(key.namespace) > 0 },
        // A cycle every minute.
        cycle: {
          get readMs() {
            return Math.floor(clock.nowMs() / MINUTE_MS) * MINUTE_MS;
          },
        },
        pacer: createPacer(clock),
        random: () => 0,
        log: { info: () => undefined, warn: () => undefined } as unknown as Logger,
        instruments: { cycles: count, cycleFailures: count, cycleLastSuccess: count } as unknown as ExporterInstruments,
      },
      { backfillMs: 5 * MINUTE_MS, stepMs: MINUTE_MS, sliceMs: 60 * MINUTE_MS },
      new AbortController().signal,
    );
    await clock.advance(30 * MINUTE_MS);
    await done;
  };
  return { run, ownership, won, asked, learned, restored };
};

describe('adopt', () => {
  it('learns what the shard has won and nothing else, and has it scored only then', async () => {
    const { run, ownership, won, learned, restored } = setup();
    expect(won.length).toBeGreaterThan(0);
    expect(won.some(ownership.scores)).toBe(false);
    await run();
    const names = won.map(({ namespace }) => namespace);
    expect([...learned.keys()]).toEqual(names);
    expect(restored).toEqual(names);
    expect(won.every(ownership.scores)).toBe(true);
    expect(ownership.learnedPlace).toEqual({ index: 0, shards: 2 });
  });

  it('reads on until nothing of the past is left that went by meanwhile', async () => {
    const { run, asked } = setup();
    await run();
    expect(asked).toEqual([
      [NOW_MS - 5 * MINUTE_MS, NOW_MS],
      [NOW_MS, NOW_MS + 3 * MINUTE_MS],
    ]);
  });

  it('lets the workloads begin without a past where it cannot be read', async () => {
    const { run, ownership, won, restored } = setup(new BellwetherError('upstream_refused', 'no'));
    await run();
    expect(restored).toEqual([]);
    expect(won.every(ownership.scores)).toBe(true);
  });
});
