import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../platform/index.ts';
import type { EventsFile } from '../events-file.ts';
import { buildEntities, entityId, type SetOptions } from './evaluation-set.ts';
import type { ScoreColumns } from './score-columns.ts';
import { summarise } from './summary.ts';

const HOUR = 3600;

/** One row a minute for a day; `alarms` are the minutes with score 2. */
const day = (alarms: readonly number[], base = 0.1): ScoreColumns => {
  const times = Float64Array.from({ length: 1440 }, (_, i) => i * 60);
  return { times, scores: times.map((_, i) => (alarms.includes(i) ? 2 : base)), ready: new Uint8Array(1440).fill(1) };
};

const event = (workload: string, fromHour: number, kind: string, minutes = 10) => ({
  id: `${workload}-${fromHour}`,
  namespace: 'n',
  workload,
  from: fromHour * HOUR,
  to: fromHour * HOUR + minutes * 60,
  kind,
  metrics: undefined,
  targetWorkload: undefined,
});

const EVENTS: EventsFile = {
  name: 'x',
  stepSeconds: 60,
  cleanUntil: undefined,
  faultFreeSpans: [],
  entities: ['a', 'b'].map((workload) => ({ namespace: 'n', workload, cleanUntil: undefined })),
  events: [event('a', 2, 'cpu'), event('a', 10, 'net'), event('b', 12, 'cpu', 20)],
};

const build = (columns: Record<string, ScoreColumns>, options: SetOptions = {}) => {
  const names = Object.keys(columns).map((workload) => ({ namespace: 'n', workload }));
  return buildEntities(EVENTS, { get: ({ workload }) => columns[workload], names: () => names }, options);
};
const figures = (columns: Record<string, ScoreColumns>, options?: SetOptions) =>
  summarise(build(columns, options).entities, { threshold: 1, draws: 200, random: seededRandom(1) });

describe('buildEntities', () => {
  it('takes the median event length as window, halves to the even side', () => {
    expect(build({}).entities[0]!.window).toBe(10);
    expect(build({}, { kinds: ['cpu'] }).entities[0]!.window).toBe(15);
    const lasting = (...minutes: number[]) => ({ ...EVENTS, events: minutes.map((m, i) => event('a', i, 'cpu', m)) });
    const windowOf = (...minutes: number[]) =>
      buildEntities(lasting(...minutes), { get: () => undefined, names: () => [] }, {}).entities[0]!.window;
    expect([windowOf(8, 9), windowOf(9, 10), windowOf(1), windowOf(500)]).toEqual([8, 10, 4, 100]);
    expect(build({}, { kinds: ['none'] }).entities[0]!.window).toBe(4);
    expect(build({}, { window: 7 }).entities[0]!.window).toBe(7);
  });

  it('warns of entities without scores and of scores without entity', () => {
    expect(build({ a: day([]), z: day([]) }).warnings).toEqual([
      'no scores for n/b',
      '1 scored workloads are not in the events file and are ignored',
    ]);
  });

  it('cuts events of other kinds out for their own entity', () => {
    const alarms = { a: day([605]), b: day([605]) };
    expect(figures(alarms)).toMatchObject({ falseAlarms: 1, detected: 1, events: 3 });
    expect(figures(alarms, { kinds: ['cpu'] })).toMatchObject({ falseAlarms: 1, detected: 0, events: 2 });
    expect(build(alarms, { kinds: ['cpu'] }).entities.map(({ rows }) => rows)).toEqual([1440 - 15, 1440]);
  });

  it('cuts the time of neighbours with events, but no own event', () => {
    const set = build({ a: day([605]), b: day([605, 123]) }, { cutNamespace: true });
    expect(set.entities.map((entity) => entity.at(1).falseAlarms)).toEqual([0, 0]);
    expect(set.entities.map(({ events }) => events.length)).toEqual([2, 1]);
  });

  it('keeps names with slashes apart', () =>
    expect(entityId({ namespace: 'a/b', workload: 'c' })).not.toBe(entityId({ namespace: 'a', workload: 'b/c' })));
});

describe('summarise', () => {
  it('pools entities: sums before divisions, means of ranks', () => {
    const summary = figures({ a: day([121, 122, 900]), b: day([]) });
    expect(summary).toMatchObject({
      entities: 2,
      events: 3,
      detected: 1,
      falseAlarms: 1,
      episodes: 2,
      delayMedianSeconds: 60,
      delayP90Seconds: 60,
    });
    expect(summary.eventRecall).toBeCloseTo(1 / 3, 12);
    expect(summary.falseAlarmsPerEntityDay).toBeCloseTo(1 / 2, 12);
    expect(summary.alarmPrecision).toBeCloseTo(1 / 2, 12);
    expect(summary.alarmTimeShare).toBeCloseTo(3 / 2880, 12);
  });

  it('gives intervals that hold the figure, the same for the same seed', () => {
    const { intervals, eventRecall } = figures({ a: day([121]), b: day([]) });
    expect(intervals!.eventRecall![0]).toBeLessThanOrEqual(eventRecall!);
    expect(intervals!.eventRecall![1]).toBeGreaterThanOrEqual(eventRecall!);
    expect(figures({ a: day([121]), b: day([]) }).intervals).toEqual(intervals);
  });

  it('gives no interval for a single entity', () => {
    const { entities } = build({ a: day([]), b: day([]) });
    expect(summarise(entities.slice(0, 1), { threshold: 1, draws: 200, random: seededRandom(1) }).intervals).toBeUndefined();
  });

  it('finds the one threshold with the best recall within a budget', () => {
    // Peaks 3 (a), .1 (a), .5 (b); below .5 every hour of both days is a false alarm.
    const a = day([]);
    a.scores[121] = 3;
    const b = day([]);
    b.scores[725] = 0.5;
    expect(figures({ a, b }).oracleHalf).toEqual({ recall: 2 / 3, threshold: 0.5 });
    b.scores.fill(0.6, 0, 300);
    expect(figures({ a, b }).oracleHalf).toEqual({ recall: 1 / 3, threshold: 3 });
    // Five started hours in two days are 2.5 a day.
    expect(figures({ a, b }).oracleOne).toEqual({ recall: 1 / 3, threshold: 3 });
  });

  it('takes a threshold that just meets the budget', () => {
    const a = day([121, 900]);
    expect(figures({ a, b: day([]) }).oracleHalf).toEqual({ recall: 1 / 3, threshold: 2 });
  });

  it('finds no threshold for a score that is always on', () => {
    const on = figures({ a: day([], 1), b: day([], 1) });
    expect(on).toMatchObject({ eventRecall: 1, oracleOne: { recall: 0, threshold: undefined } });
    expect(on.falseAlarmsPerEntityDay).toBeGreaterThan(22);
  });
});
