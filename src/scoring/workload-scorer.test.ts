import fc from 'fast-check';
import type { Score, WorkloadFrame } from '../conventions/index.ts';
import { seededRandom } from '../platform/index.ts';
import { gaussian, quietLifecycle, testFrame, testKey, testLayout } from '../testing/frames.ts';
import type { Scorer } from './scorer.ts';
import { createScorer } from './workload-scorer.ts';

const STEP = 30;
const START = 1_700_000_000;
const layout = testLayout('cpu:cpu_cores', 'memory:memory_bytes', 'tx:bytes_per_second');

const scorerOf = (more: { bank?: boolean } = {}): Scorer => createScorer({ stepSeconds: STEP, bank: more.bank ?? true, seed: 1 });

/** A calm workload: 0.5 cores, 200 MB, 50 kB/s with 5 % Gaussian noise. */
const calm = (seed = 7) => {
  const random = seededRandom(seed);
  const noise = () => 1 + 0.05 * gaussian(random);
  return () => [0.5 * noise(), 2e8 * noise(), 5e4 * noise()];
};

const feed = (scorer: Scorer, from: number, count: number, values: (i: number) => readonly number[], more = {}): Score[] =>
  Array.from({ length: count }, (_, i) => scorer.score([testFrame(layout, START + (from + i) * STEP, values(i), more)])[0]!);

describe('createScorer', () => {
  it('says that it warms up before the 5th frame and scores from there', () => {
    const scores = feed(scorerOf(), 0, 6, calm());
    expect(scores.map((score) => score.ready)).toEqual([false, false, false, false, true, true]);
    expect(scores[0]).toMatchObject({ reason: 'warming_up', value: Number.NaN });
  });

  it('stays below the boundary on a calm workload and passes it within two frames of a miner', () => {
    const scorer = scorerOf();
    const next = calm();
    const quiet = feed(scorer, 0, 2880, next);
    expect(quiet.filter((score) => score.value >= 1).length).toBeLessThanOrEqual(1);
    const miner = feed(scorer, 2880, 2, () => [3.9, ...next().slice(1)]);
    expect(miner.some((score) => score.value >= 1)).toBe(true);
    const hit = miner.find((score) => score.value >= 1)!;
    expect(hit.contributors[0]).toMatchObject({ metric: 'cpu', observed: 3.9 });
    expect(hit.contributors[0]!.upper).toBeLessThan(3.9);
    expect(hit.contributors[0]!.lower).toBeLessThanOrEqual(hit.contributors[0]!.expected);
    expect(hit.contributors.reduce((sum, c) => sum + c.contribution, 0)).toBeLessThanOrEqual(1 + 1e-9);
  });

  it('says a lasting shift for a while and then falls silent while it still ranks high', () => {
    const scorer = scorerOf();
    const next = calm();
    feed(scorer, 0, 1500, next);
    const shifted = feed(scorer, 1500, 1500, () => [1.5, ...next().slice(1)]);
    expect(shifted.slice(0, 4).some((score) => score.value >= 1)).toBe(true);
    expect(shifted.slice(-500).every((score) => score.value < 1)).toBe(true);
  });

  it('learns a daily rhythm, so that the daily peak stops being surprising', () => {
    const scorer = createScorer({ stepSeconds: 600, bank: false, seed: 1 });
    const random = seededRandom(3);
    const single = testLayout('cpu:cpu_cores');
    const day = 144;
    const peak = (i: number) => (i % day >= 60 && i % day < 72 ? 4 : 1) * (1 + 0.03 * gaussian(random));
    const scores = Array.from({ length: day * 8 }, (_, i) => scorer.score([testFrame(single, START + i * 600, [peak(i)])])[0]!);
    const alarms = (from: number, to: number) => scores.slice(from * day, to * day).filter((score) => score.value >= 1).length;
    expect(alarms(0, 2)).toBeGreaterThan(0);
    expect(alarms(4, 8)).toBe(0);
  });

  it('expects a nightly job on its second night, and not at another hour', () => {
    const day = 2880;
    const run = (startOf: (dayNumber: number) => number) => {
      const scorer = scorerOf({ bank: false });
      const next = calm();
      return feed(scorer, 0, 2 * day, (i) => {
        const values = next();
        const from = startOf(Math.floor(i / day));
        return i % day >= from && i % day < from + 60 ? [values[0]! * 6, values[1]!, values[2]! * 30] : values;
      });
    };
    const largest = (scores: readonly Score[]) => Math.max(...scores.slice(day).map(({ margin }) => margin));
    const atItsHour = largest(run(() => 400));
    expect(atItsHour).toBeLessThan(1);
    expect(atItsHour).toBeLessThan(0.8 * largest(run((number) => 400 + 1200 * number)));
  });

  it('does nothing to a metric without a sample', () => {
    const scorer = scorerOf();
    const next = calm();
    feed(scorer, 0, 500, next);
    const gap = feed(scorer, 500, 50, () => [Number.NaN, ...next().slice(1)]);
    expect(gap.every((score) => score.ready && score.value < 1)).toBe(true);
    expect(gap.every((score) => score.contributors.every((c) => c.metric !== 'cpu'))).toBe(true);
  });

  it('gives no score where every metric is missing', () => {
    const scorer = scorerOf();
    feed(scorer, 0, 100, calm());
    const [score] = feed(scorer, 100, 1, () => [Number.NaN, Number.NaN, Number.NaN]);
    expect(score).toMatchObject({ ready: false, value: Number.NaN });
  });

  it('ignores a frame older than the newest one', () => {
    const scorer = scorerOf();
    feed(scorer, 0, 100, calm());
    expect(scorer.score([testFrame(layout, START, [9, 9, 9])])[0]).toMatchObject({ ready: false, reason: 'stale_data' });
  });

  it('goes on when the clock was set back for good', () => {
    const scorer = scorerOf();
    const next = calm();
    feed(scorer, 10_000, 100, next);
    const back = feed(scorer, 0, 30, next);
    expect(back[0]!.ready).toBe(false);
    expect(back.slice(-15).every((score) => score.ready && score.value < 1)).toBe(true);
  });

  describe('after a rollout', () => {
    /** Scores from the frame after a change on; `cpu` cores instead of the usual 0.5. */
    const afterChange = (changed: boolean, cpu: number, frames = 30) => {
      const scorer = scorerOf();
      const next = calm();
      feed(scorer, 0, 1500, next);
      feed(scorer, 1500, 1, next, changed ? { changed: 'rollout' } : {});
      return feed(scorer, 1501, frames, () => [cpu, ...next().slice(1)]);
    };

    it('leaves out for ten minutes what new pods need, and no longer', () => {
      expect(
        afterChange(false, 1.6)
          .slice(0, 3)
          .some((score) => score.value >= 1),
      ).toBe(true);
      const damped = afterChange(true, 1.6);
      expect(damped.slice(0, 19).every((score) => score.damped && score.value < 1)).toBe(true);
      expect(damped.at(-1)!.damped).toBe(false);
    });

    it('finds a miner that begins with it, which takes more than new pods need', () => {
      expect(afterChange(true, 6, 3).some((score) => score.value >= 1 && score.contributors[0]!.metric === 'cpu')).toBe(true);
    });
  });

  it('still finds a crash loop that begins with a rollout', () => {
    const scorer = scorerOf();
    const next = calm();
    feed(scorer, 0, 300, next, { lifecycle: quietLifecycle });
    feed(scorer, 300, 1, next, { lifecycle: quietLifecycle, changed: 'rollout' });
    const looping = feed(scorer, 301, 2, next, { lifecycle: { ...quietLifecycle, restarts: 1 } });
    expect(looping[1]).toMatchObject({ detector: 'lifecycle' });
    expect(looping[1]!.value).toBeGreaterThanOrEqual(1);
    expect(looping[1]!.contributors[0]!.metric).toBe('container_restarts');
  });

  it('says a miner that begins with a rollout once the damping ends', () => {
    const scorer = scorerOf();
    const next = calm();
    feed(scorer, 0, 1500, next);
    feed(scorer, 1500, 1, () => [3.9, ...next().slice(1)], { changed: 'rollout' });
    const mined = feed(scorer, 1501, 30, () => [3.9, ...next().slice(1)]);
    expect(mined.some((score) => score.value >= 1)).toBe(true);
  });

  it('keeps what it knows of a metric when the columns change', () => {
    const scorer = scorerOf();
    const next = calm();
    feed(scorer, 0, 1500, next);
    const wider = testLayout('cpu:cpu_cores', 'disk:bytes_per_second', 'memory:memory_bytes', 'tx:bytes_per_second');
    const at = (i: number, cpu: number) => {
      const [, memory, tx] = next();
      return scorer.score([testFrame(wider, START + (1500 + i) * STEP, [cpu, 1e4, memory!, tx!])])[0]!;
    };
    expect(at(0, 0.5)).toMatchObject({ ready: true });
    expect(Math.max(at(1, 3.9).value, at(2, 3.9).value)).toBeGreaterThanOrEqual(1);
  });

  it('is the same after snapshot and restore, to the last bit', () => {
    const scorer = scorerOf();
    const next = calm();
    feed(scorer, 0, 800, next);
    const other = scorerOf();
    for (const snapshot of scorer.snapshot()) expect(other.restore(snapshot)).toBe(true);
    const values = Array.from({ length: 50 }, next);
    // A restart reads the same columns into a new layout object.
    const again = testLayout('cpu:cpu_cores', 'memory:memory_bytes', 'tx:bytes_per_second');
    const rescored = values.map((v, i) => other.score([testFrame(again, START + (800 + i) * STEP, v)])[0]!.value);
    expect(rescored).toEqual(feed(scorer, 800, 50, (i) => values[i]!).map((score) => score.value));
  });

  it('refuses a snapshot of another step, version or size', () => {
    const scorer = scorerOf();
    feed(scorer, 0, 10, calm());
    const [snapshot] = [...scorer.snapshot()];
    expect(createScorer({ stepSeconds: 60, bank: true, seed: 1 }).restore(snapshot!)).toBe(false);
    expect(scorerOf({ bank: false }).restore(snapshot!)).toBe(false);
    expect(scorerOf().restore({ ...snapshot!, header: { ...snapshot!.header, version: 'other' } })).toBe(false);
    expect(scorerOf().restore({ ...snapshot!, header: {} })).toBe(false);
    expect(scorerOf().restore({ ...snapshot!, state: snapshot!.state.subarray(1) })).toBe(false);
  });

  it('forgets a workload', () => {
    const scorer = scorerOf();
    feed(scorer, 0, 10, calm());
    expect(scorer.workloads).toBe(1);
    expect(scorer.stateBytes).toBeGreaterThan(1000);
    scorer.forget(testKey());
    expect(scorer.workloads).toBe(0);
    expect(scorer.stateBytes).toBe(0);
  });

  it('never gives a NaN or infinite score when ready, whatever the input', () => {
    const poison = fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      1e308,
      -1e308,
      1e200,
      0,
      -0,
      5e-324,
      1,
      1e9,
    );
    const frames = fc.array(
      fc.tuple(fc.integer({ min: -200, max: 400 }), fc.array(fc.oneof(poison, fc.double()), { minLength: 3, maxLength: 3 })),
      {
        minLength: 20,
        maxLength: 120,
      },
    );
    fc.assert(
      fc.property(frames, (sequence) => {
        const scorer = scorerOf();
        let seconds = START;
        for (const [step, values] of sequence) {
          seconds += step;
          const frame: WorkloadFrame = testFrame(layout, seconds, values, { lifecycle: quietLifecycle });
          const [score] = scorer.score([frame]);
          if (score!.ready) {
            expect(Number.isFinite(score!.value) && score!.value >= 0).toBe(true);
            expect(score!.contributors.every((c) => Number.isFinite(c.contribution) && c.contribution >= 0 && c.contribution <= 1)).toBe(
              true,
            );
          } else expect(score!.reason).toBeDefined();
        }
      }),
      { numRuns: 200, seed: 11 },
    );
  });
});
