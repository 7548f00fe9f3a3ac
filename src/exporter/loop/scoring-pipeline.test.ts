import { describe, expect, it } from '@jest/globals';
import type { Score, WorkloadFrame, WorkloadKey } from '../../conventions/index.ts';
import type { FeatureExtractor } from '../../features/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createPacer } from './pacer.ts';
import { type PipelineParts, scoreUntil } from './scoring-pipeline.ts';

const KEYS: readonly WorkloadKey[] = ['a', 'b'].map((workload) => ({ namespace: 'n', workload, workloadKind: 'Deployment' }));
const MINUTES = [1, 2, 3];
const instants = MINUTES.map((timeMs) => KEYS.map((key) => ({ key, timeMs }) as WorkloadFrame));

/** Writes down in which order frames were scored and put on the board. */
const run = async (over: Partial<Scorer> = {}) => {
  const scored: string[] = [];
  const recorded: string[] = [];
  const nameOf = ({ key, timeMs }: Pick<Score, 'key' | 'timeMs'>): string => `${key.workload}${timeMs}`;
  const parts = {
    scorer: {
      score: (frames: readonly WorkloadFrame[]) => {
        scored.push(...frames.map(nameOf));
        return frames.map(({ key, timeMs }) => ({ key, timeMs }) as Score);
      },
      refine: async (scores: readonly Score[]) => scores,
      ...over,
    },
    board: {
      admit: (frames: readonly WorkloadFrame[]) => ({ frames, capped: 0 }),
      record: (frames: readonly WorkloadFrame[], scores: readonly Score[]) => {
        frames.forEach((frame, i) => {
          recorded.push(`${nameOf(frame)}=${nameOf(scores[i]!)}`);
        });
      },
    },
    pacer: createPacer(createManualClock(0)),
  } as unknown as PipelineParts;
  const counts = await scoreUntil({ advance: () => instants } as unknown as FeatureExtractor, 3, parts);
  return { scored, recorded, counts };
};

describe('scoreUntil', () => {
  it('scores a long past workload by workload, and puts it on the board instant by instant', async () => {
    const { scored, recorded, counts } = await run();
    expect(scored).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
    expect(recorded).toEqual(['a1=a1', 'b1=b1', 'a2=a2', 'b2=b2', 'a3=a3', 'b3=b3']);
    expect(counts).toEqual({ instants: 3, frames: 6, capped: 0 });
  });

  it('scores instant by instant where a learned model judges the newest frame of each workload', async () => {
    const learned = {} as Scorer['learned'];
    expect((await run({ learned } as Partial<Scorer>)).scored).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
  });
});
