import { describe, expect, it } from '@jest/globals';
import { WORKLOAD_ALERT } from '../../conventions/index.ts';
import { evaluateEntity } from './entity-evaluation.ts';
import { judgeRule } from './rule-figures.ts';

const STEP = 60;

/** A day of minutes; `alarms` are the minutes with score 2. */
const entity = (alarms: readonly number[], cleanUntil?: number) => {
  const times = Float64Array.from({ length: 1440 }, (_, i) => i * STEP);
  return evaluateEntity({
    name: { namespace: 'n', workload: 'a' },
    scores: { times, scores: times.map((_, i) => (alarms.includes(i) ? 2 : 0)), ready: new Uint8Array(1440).fill(1) },
    events: [
      { from: 600 * STEP, to: 610 * STEP },
      { from: 620 * STEP, to: 630 * STEP },
    ],
    excluded: [],
    stepSeconds: STEP,
    cleanUntil,
    faultFree: [],
    window: 4,
  });
};

describe('judgeRule', () => {
  it('counts alerts, not samples', () => {
    // Five alarm minutes within the kept time are one alert; the lone one ten hours later is another.
    const figures = judgeRule([entity([601, 602, 604, 607, 609, 1200])], WORKLOAD_ALERT);
    expect(figures).toMatchObject({ events: 2, alerts: 2, falseAlerts: 1, alertPrecision: 0.5, falseAlertsPerEntityDay: 1 });
  });

  it('says apart which events an alert began in and which it still fired in', () => {
    // Kept for ten minutes after the last alarm's five: it still fires at minute 620, where the second event begins.
    const figures = judgeRule([entity([609])], WORKLOAD_ALERT);
    expect(figures).toMatchObject({ detected: 2, announced: 1, eventRecall: 1, announcedRecall: 0.5, delayMedianSeconds: 270 });
  });

  it('does not blame an alert that begins in the margin after an event', () => {
    expect(judgeRule([entity([633])], WORKLOAD_ALERT)).toMatchObject({ detected: 0, alerts: 1, falseAlerts: 0 });
    expect(judgeRule([entity([636])], WORKLOAD_ALERT)).toMatchObject({ detected: 0, alerts: 1, falseAlerts: 1 });
  });

  it('leaves alerts of the training span out, but lets them reach into the rest', () => {
    expect(judgeRule([entity([100, 595], 600 * STEP)], WORKLOAD_ALERT)).toMatchObject({
      alerts: 0,
      falseAlerts: 0,
      detected: 1,
      announced: 0,
    });
  });

  it('asks for half of the window in its strict form', () => {
    const strict = { ...WORKLOAD_ALERT, share: 0.5 };
    expect(judgeRule([entity([601])], strict).alerts).toBe(0);
    expect(judgeRule([entity([601, 602, 603])], strict).alerts).toBe(1);
  });

  it('has no rates without anything', () => {
    expect(judgeRule([], WORKLOAD_ALERT)).toMatchObject({
      eventRecall: undefined,
      falseAlertsPerEntityDay: undefined,
      alertPrecision: undefined,
    });
  });
});
