import { describe, expect, it } from '@jest/globals';
import { type EntityInput, evaluateEntity } from './entity-evaluation.ts';
import type { ScoreColumns } from './score-columns.ts';

const DAY = 86_400;
const STEP = 60;

/** A day of scores of .1 each minute, but for the given stretches. */
const scoresWith = (stretches: readonly (readonly [from: number, to: number, score: number])[]): ScoreColumns => {
  const times = Float64Array.from({ length: DAY / STEP }, (_, i) => i * STEP);
  return {
    times,
    scores: times.map((t) => stretches.find(([from, to]) => t >= from && t < to)?.[2] ?? 0.1),
    ready: new Uint8Array(times.length).fill(1),
  };
};

const input = (scores: ScoreColumns, rest: Partial<EntityInput> = {}): EntityInput => ({
  name: { namespace: 'n', workload: 'a' },
  scores,
  events: [
    { from: 6000, to: 6600 },
    { from: 60_000, to: 60_600 },
  ],
  excluded: [],
  stepSeconds: STEP,
  cleanUntil: 600,
  faultFree: [],
  window: 10,
  ...rest,
});

const DAY_OF_ALARMS = scoresWith([
  [120, 180, 9],
  [6120, 6300, 2],
  [6600, 6900, 1.5],
  [20_000, 20_000 + 2 * 3600 + 61, 1],
]);

describe('evaluateEntity', () => {
  it('counts hits, delays, episodes and started hours of alarm outside events', () => {
    const entity = evaluateEntity(input(DAY_OF_ALARMS));
    // The stretch after the event lies in its margin of 300 s; two hours and a minute are three started hours.
    expect(entity.at(1)).toEqual({ falseAlarms: 3, detected: 1, delays: [120], episodes: 3, trueEpisodes: 2, alarmRows: 3 + 5 + 121 });
    expect(entity.days).toBeCloseTo((DAY - 600) / DAY, 12);
    expect(entity.cleanFalseAlarmsAt(1)).toBe(1);
    expect(entity.cleanDays).toBeCloseTo(600 / DAY, 12);
  });

  it('joins alarms that are one margin apart into one episode', () => {
    const at = (...minutes: number[]) =>
      evaluateEntity(input(scoresWith(minutes.map((m) => [m * STEP, (m + 1) * STEP, 2] as const)))).at(1).episodes;
    expect([at(200, 205), at(200, 206)]).toEqual([1, 2]);
  });

  it('has a boundary that belongs to the alarm', () => {
    const entity = evaluateEntity(input(scoresWith([[6120, 6180, 1]])));
    expect([entity.at(1).detected, entity.at(1 + 1e-9).detected]).toEqual([1, 0]);
  });

  it('counts rows that are not ready as score 0 and as no time', () => {
    const ready = DAY_OF_ALARMS.times.map((t) => (t < 7000 ? 0 : 1));
    const entity = evaluateEntity(input({ ...DAY_OF_ALARMS, ready: Uint8Array.from(ready) }));
    expect(entity.at(1).detected).toBe(0);
    expect(entity.days).toBeCloseTo((DAY - 7020) / DAY, 12);
  });

  it('takes NaN as no score, plus infinity as the highest, and the highest of doubled rows', () => {
    const { times, scores, ready } = scoresWith([]);
    scores[0] = NaN;
    const doubled = {
      times: Float64Array.of(...times, 6060, 6120),
      scores: Float64Array.of(...scores, Infinity, NaN),
      ready: Uint8Array.of(...ready, 1, 1),
    };
    const entity = evaluateEntity(input(doubled, { cleanUntil: undefined }));
    expect(entity.days).toBeCloseTo((DAY - STEP) / DAY, 12);
    expect(entity.at(1)).toMatchObject({ detected: 1, delays: [60] });
    expect([...entity.peaks]).toEqual([1e300, 0.1]);
  });

  it('drops an event that ends in the training span and keeps one that reaches out of it', () => {
    const events = [
      { from: 0, to: 600 },
      { from: 300, to: 601 },
    ];
    expect(evaluateEntity(input(DAY_OF_ALARMS, { events })).events).toEqual([{ from: 300, to: 601 }]);
  });

  it('takes the clean span from the fault-free stretches where there is no training span', () => {
    const entity = evaluateEntity(input(DAY_OF_ALARMS, { cleanUntil: undefined, faultFree: [{ from: 0, to: 3600 }] }));
    expect([entity.cleanDays, entity.cleanFalseAlarmsAt(1), entity.rows]).toEqual([3600 / DAY, 1, DAY / STEP]);
  });

  it('leaves excluded stretches and their margin out', () => {
    const entity = evaluateEntity(input(DAY_OF_ALARMS, { excluded: [{ from: 20_000, to: 26_961 }] }));
    expect(entity.at(1).falseAlarms).toBe(0);
  });

  it('misses events without rows', () => {
    const none = { times: new Float64Array(0), scores: new Float64Array(0), ready: new Uint8Array(0) };
    const entity = evaluateEntity(input(none));
    expect([entity.vusPr, entity.averagePrecision, entity.days, [...entity.peaks]]).toEqual([0, 0, 0, [-1, -1]]);
  });
});
