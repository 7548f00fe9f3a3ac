import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../platform/index.ts';
import type { EventsFile, LabelledEvent } from '../events-file.ts';
import { entityId } from './evaluation-set.ts';
import { judgeMetricNaming, rankCauses } from './explanation.ts';
import type { ScoreColumns } from './score-columns.ts';

const event = (rest: Partial<LabelledEvent>): LabelledEvent => ({
  id: 'e',
  namespace: 'n',
  workload: 'a',
  from: 100,
  to: 200,
  kind: undefined,
  metrics: undefined,
  targetWorkload: undefined,
  ...rest,
});
const contributor = (metric: string) => ({
  metric,
  contribution: 0.3,
  observed: 1,
  expected: 0,
  lower: 0,
  upper: 0,
  unit: '',
  detector: 'level',
});
const peak = (metrics: string[] | undefined, named: string[]) => ({
  event: event({ metrics }),
  score: 2,
  contributors: named.map(contributor),
  features: ['a', 'b', 'c', 'd'],
  byLargestZ: ['d', 'a', 'b', 'c'],
});

describe('judgeMetricNaming', () => {
  it('gives precision at 1 and 3 beside that of a random order', () => {
    const naming = judgeMetricNaming(
      [peak(['a', 'b'], ['a', 'c', 'b']), peak(['a'], ['c']), peak(['a'], []), peak(undefined, ['a']), peak([], ['a'])],
      seededRandom(1),
    );
    expect(naming).toMatchObject({
      labelled: 3,
      explained: 2,
      precisionAt1: 0.5,
      precisionAt3: (2 / 3 + 0) / 2,
      randomPrecision: (2 / 4 + 1 / 4) / 2,
    });
  });

  it('holds as many contributors as are true against a random order and the order of |z|, and counts what was not alarmed as missed', () => {
    const quiet = { ...peak(['a'], ['a']), score: 0.9 };
    const naming = judgeMetricNaming([peak(['a', 'b'], ['b', 'a', 'c']), peak(['d'], ['a', 'd']), quiet], seededRandom(1));
    expect(naming).toMatchObject({ alarmed: 2, fewTrue: 3, hitAt1: 1 / 3, precisionWithMisses: 1 / 3 });
    expect(naming.precisionAtTrue).toEqual({ own: 0.5, random: (2 / 4 + 1 / 4) / 2, largestZ: (1 / 2 + 1) / 2 });
    expect(naming.overLargestZ!.mean).toBeCloseTo(-0.25, 12);
    expect(naming.overLargestZ!.interval).toEqual([-1, 0.5]);
  });

  it('has no shares where nothing is labelled', () => {
    expect(judgeMetricNaming([], seededRandom(1))).toMatchObject({ labelled: 0, precisionAt1: undefined });
  });
});

describe('rankCauses', () => {
  const at = (score: number): ScoreColumns => ({
    times: Float64Array.of(50, 150),
    scores: Float64Array.of(9, score),
    ready: Uint8Array.of(1, 1),
  });
  const file = (events: LabelledEvent[]): EventsFile => ({
    name: '',
    stepSeconds: 60,
    cleanUntil: undefined,
    faultFreeSpans: [],
    entities: ['a', 'b', 'c', 'd'].map((workload) => ({ namespace: 'n', workload, cleanUntil: undefined })),
    events,
  });
  const rank = (scores: Record<string, ScoreColumns>, events = [event({ targetWorkload: 'b' })]) =>
    rankCauses(file(events), { get: ({ workload }) => scores[workload], names: () => [] }, DEVIATIONS(events), seededRandom(1));
  /** By |z| the cause `a` is the second of four. */
  const DEVIATIONS = (events: readonly LabelledEvent[]) =>
    new Map(
      events.map((each) => [
        each,
        new Map(
          [
            ['a', 5],
            ['b', 7],
            ['c', 1],
          ].map(([workload, z]) => [entityId({ namespace: 'n', workload: String(workload) }), Number(z)]),
        ),
      ]),
    );

  it('ranks the cause by the highest score during the event, not before it', () => {
    expect(rank({ a: at(2), b: at(3), c: at(1), d: at(0) })).toEqual({
      events: 1,
      top1: 0,
      top3: 1,
      meanReciprocalRank: 0.5,
      randomTop1: 0.25,
      largestZ: { top1: 0, top3: 1, meanReciprocalRank: 0.5 },
      overLargestZ: undefined,
    });
  });

  it('puts the cause in the middle of its equals and, without a score, last', () => {
    expect(rank({ a: at(2), b: at(2), c: at(2), d: at(0) }).meanReciprocalRank).toBeCloseTo(1 / 2, 12);
    expect(rank({ b: at(2) }).meanReciprocalRank).toBeCloseTo(1 / 4, 12);
  });

  it('looks only at events whose symptom shows elsewhere', () => {
    expect(rank({ a: at(2) }, [event({}), event({ targetWorkload: 'a' })]).events).toBe(0);
  });
});
