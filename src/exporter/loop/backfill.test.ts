import { describe, expect, it } from '@jest/globals';
import type { Score, WorkloadFrame } from '../../conventions/index.ts';
import type { FeatureExtractor } from '../../features/index.ts';
import { BellwetherError } from '../../platform/index.ts';
import type { ReadSlice, SeriesSource } from '../../prometheus/index.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { type BackfillDeps, type BackfillOutcome, runBackfill } from './backfill.ts';
import { createPacer } from './pacer.ts';
import type { PipelineParts } from './scoring-pipeline.ts';

const MINUTE_MS = 60_000;
const RANGE = { fromMs: 0, toMs: 4 * MINUTE_MS, sliceMs: 2 * MINUTE_MS };

/** An extractor that gives one frame a minute, a scorer that writes down what it is given, a source that fails where it is told to. */
const setup = (failures: readonly BellwetherError[] = []) => {
  const scored: number[] = [];
  const asked: (readonly [number, number])[] = [];
  const pending = [...failures];
  let givenMs = 0;
  const extractor = {
    selectors: [],
    push: () => undefined,
    *advance(untilMs: number) {
      for (; givenMs + MINUTE_MS <= untilMs; ) {
        givenMs += MINUTE_MS;
        yield [{ timeMs: givenMs } as WorkloadFrame];
      }
    },
  } as unknown as FeatureExtractor;
  const source: Pick<SeriesSource, 'readSlices'> = {
    async *readSlices({ startMs, endMs }): AsyncGenerator<ReadSlice> {
      asked.push([startMs, endMs]);
      const failure = pending.shift();
      if (failure) throw failure;
      yield { startMs, endMs, results: [] };
    },
  };
  const clock = createManualClock(0);
  const pacer = createPacer(clock);
  const pipeline = {
    scorer: {
      score: (frames: readonly WorkloadFrame[]) =>
        frames.map(({ timeMs }) => {
          scored.push(timeMs);
          return { timeMs } as Score;
        }),
    },
    board: { admit: (frames: readonly WorkloadFrame[]) => ({ frames, capped: 0 }), record: () => undefined },
    pacer,
  } as unknown as PipelineParts;
  const deps: BackfillDeps = { source, extractor, pipeline, pacer, clock, random: () => 0, log: { warn: () => undefined } };
  const run = async (): Promise<BackfillOutcome> => {
    const outcome = runBackfill(deps, RANGE, new AbortController().signal);
    await clock.advance(10 * MINUTE_MS);
    return outcome;
  };
  return { run, scored, asked };
};

const WHOLE = [1, 2, 3, 4].map((minute) => minute * MINUTE_MS);

describe('runBackfill', () => {
  it('scores every instant of the range, whether or not somebody counts', async () => {
    const { run, scored } = setup();
    expect(await run()).toBe('complete');
    expect(scored).toEqual(WHOLE);
  });

  it('asks for no millisecond twice', async () => {
    const { run, asked } = setup();
    await run();
    expect(asked).toEqual([
      [0, 2 * MINUTE_MS],
      [2 * MINUTE_MS + 1, 4 * MINUTE_MS],
    ]);
  });

  it('goes on where it stopped, for as long as an error may pass', async () => {
    const { run, scored, asked } = setup(Array.from({ length: 8 }, () => new BellwetherError('upstream_unavailable', 'down')));
    expect(await run()).toBe('complete');
    expect(scored).toEqual(WHOLE);
    expect(asked).toHaveLength(10);
  });

  it('gives up after three refusals in a row', async () => {
    const { run, scored, asked } = setup(Array.from({ length: 8 }, () => new BellwetherError('upstream_refused', 'no')));
    expect(await run()).toBe('abandoned');
    expect(scored).toEqual([]);
    expect(asked).toHaveLength(3);
  });
});
