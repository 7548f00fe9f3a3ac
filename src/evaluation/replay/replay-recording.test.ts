import { describe, expect, it } from '@jest/globals';
import type { SelectorResult, WorkloadFrame } from '../../conventions/index.ts';
import type { FeatureExtractor } from '../../features/index.ts';
import type { RecordedSeries, Recording } from '../recording.ts';
import { replayRecording } from './replay-recording.ts';

const STEP = 1000;

const series = (name: string, samples: readonly (readonly [time: number, value: number])[]): RecordedSeries => ({
  labels: { __name__: name },
  family: 0,
  timesMs: Float64Array.from(samples, ([time]) => time),
  values: Float64Array.from(samples, ([, value]) => value),
});

const recordingOf = (...list: RecordedSeries[]): Recording => {
  const times = list.flatMap(({ timesMs }) => [...timesMs]);
  return { families: [], series: list, samples: times.length, startMs: Math.min(...times), endMs: Math.max(...times) };
};

/** Writes down what it is given. */
const createListener = (...names: string[]) => {
  const pushes: string[][] = [];
  const advances: number[] = [];
  const extractor = {
    selectors: names.map((value) => [{ name: '__name__', type: '=', value }] as const),
    push: (results: readonly SelectorResult[]) => {
      pushes.push(
        results.flatMap(({ selector, series: list }) =>
          list.flatMap((s) => Array.from(s.timesMs, (t, i) => `${selector}:${t}=${s.values[i]}`)),
        ),
      );
    },
    advance: (untilMs: number): WorkloadFrame[][] => {
      advances.push(untilMs);
      return [];
    },
  } as unknown as FeatureExtractor;
  return { extractor, pushes, advances };
};

const replay = (recording: Recording, extractor: FeatureExtractor): void =>
  void [...replayRecording(recording, extractor, { stepMs: STEP })];

describe('replayRecording', () => {
  it('gives every sample of the selected series once, and none of the others', () => {
    const { extractor, pushes } = createListener('b', 'a');
    replay(
      recordingOf(
        series('a', [
          [0, 1],
          [1000, 2],
        ]),
        series('b', [[500, 3]]),
        series('c', [[0, 4]]),
      ),
      extractor,
    );
    expect(pushes).toEqual([['0:500=3', '1:0=1', '1:1000=2']]);
  });

  it('gives no sample from after the slice that is asked to be scored', () => {
    const { extractor, pushes, advances } = createListener('a');
    const times = Array.from({ length: 1000 }, (_, i) => [i * STEP, i] as const);
    replay(recordingOf(series('a', times)), extractor);
    const newest = pushes.map((push) => Math.max(...push.map((text) => Number(/:(\d+)=/.exec(text)![1]))));
    expect(pushes.length).toBeGreaterThan(4);
    expect(pushes.flat()).toHaveLength(1000);
    for (const [i, time] of newest.entries()) expect(time).toBeLessThanOrEqual(advances[i]!);
    expect(advances.at(-1)).toBe(Infinity);
  });

  it('gives late and doubled samples after those that stand before them', () => {
    const { extractor, pushes } = createListener('a');
    replay(
      recordingOf(
        series('a', [
          [0, 1],
          [3000, 2],
          [1000, 3],
          [1000, 4],
          [4000, 5],
        ]),
      ),
      extractor,
    );
    expect(pushes).toEqual([['0:0=1', '0:3000=2'], ['0:1000=3'], ['0:1000=4', '0:4000=5']]);
  });

  it('jumps over a long gap', () => {
    const { extractor, advances } = createListener('a');
    replay(
      recordingOf(
        series('a', [
          [0, 1],
          [1e9, 2],
        ]),
      ),
      extractor,
    );
    expect(advances).toHaveLength(3);
  });

  it('ends where a late sample stands at the border of a slice', () => {
    const { extractor, pushes } = createListener('a');
    replay(
      recordingOf(
        series('a', [
          [0, 1],
          [500_000, 2],
          [10, 3],
          [600_000, 4],
        ]),
      ),
      extractor,
    );
    expect(pushes.flat()).toEqual(['0:0=1', '0:500000=2', '0:10=3', '0:600000=4']);
  });

  it('does nothing for an empty recording', () => {
    const { extractor, advances } = createListener('a');
    replay({ families: [], series: [], samples: 0, startMs: NaN, endMs: NaN }, extractor);
    expect(advances).toEqual([]);
  });
});
