import { describe, expect, it } from '@jest/globals';
import { workloadId } from '../../conventions/index.ts';
import type { SimulatedEvent } from '../simulator/scenarios.ts';
import { judgeEvent, judgeSpan } from './judge.ts';
import type { Trial } from './run-trial.ts';
import { alarmsPerDay, inTimeShare, summariseKinds } from './summary.ts';

const STEP_MS = 30_000;
const KEY = { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' };
const NODE = { namespace: '', workload: 'node-1', workloadKind: 'Node' };

const event = (over: Partial<SimulatedEvent> = {}): SimulatedEvent => ({
  id: 'e',
  kind: 'miner',
  benign: false,
  ...KEY,
  pods: [],
  startMs: 100 * STEP_MS,
  endMs: 140 * STEP_MS,
  visibleFromMs: 100 * STEP_MS,
  first: ['cpu'],
  metrics: ['cpu'],
  affects: [],
  strength: {},
  ...over,
});

/** A day of scores of one workload: 0.2 but for the given steps. */
const trial = (alarms: Readonly<Record<number, readonly string[]>>, truth: readonly SimulatedEvent[], judgedFromMs = 0): Trial => {
  const timesMs = Array.from({ length: 2880 }, (_, i) => i * STEP_MS);
  const values = timesMs.map((_, i) => (i in alarms ? 1.5 : 0.2));
  const metrics = new Map(Object.entries(alarms).map(([step, own]) => [Number(step), own]));
  const byWorkload = new Map([
    [workloadId(KEY), { key: KEY, timesMs, values, metrics }],
    [workloadId(NODE), { key: NODE, timesMs, values: values.map(() => 0.1), metrics: new Map<number, readonly string[]>() }],
  ]);
  const options = { seed: 1, workloads: 1, stepMs: STEP_MS, startMs: 0, historyMs: 0, cleanMs: 0, eventMs: 0, kinds: [] };
  return { options, truth, judgedFromMs, noise: new Map(), tracks: [{ detector: 'own', byWorkload }] };
};

describe('judgeEvent', () => {
  it('measures from the visible start to the alert and reads the explanation there', () => {
    const own = event();
    const verdict = judgeEvent(trial({ 102: ['pod_cpu_usage_cores', 'x'], 103: ['x'] }, [own]), 'own', own);
    expect(verdict).toMatchObject({ delayMs: 2 * STEP_MS, firstRight: true, inTopThree: true });
  });

  it('takes an alert before a slow event is visible as no delay', () => {
    const own = event({ visibleFromMs: 120 * STEP_MS });
    expect(judgeEvent(trial({ 105: [] }, [own]), 'own', own).delayMs).toBe(0);
  });

  it('does not count an alert from before the event, nor one after it', () => {
    const own = event();
    expect(judgeEvent(trial({ 95: [], 96: [], 141: [] }, [own]), 'own', own).delayMs).toBeUndefined();
  });

  it('sees a wrong first metric', () => {
    const own = event();
    const verdict = judgeEvent(trial({ 101: ['a', 'pod_cpu_usage_cores'] }, [own]), 'own', own);
    expect(verdict).toMatchObject({ firstRight: false, inTopThree: true });
  });
});

describe('judgeSpan', () => {
  it('counts started hours of alarm, in days of all workloads', () => {
    // Steps 200 and 250 lie in one hour, 330 begins the next one.
    const span = judgeSpan(trial({ 200: [], 250: [], 330: [] }, []), 'own', 'clean');
    expect(span.alarms).toBe(2);
    expect(span.days).toBeCloseTo(2, 5);
  });

  it('leaves out events, what they affect, and five minutes after', () => {
    const alarms = { 120: [], 149: [], 160: [] };
    expect(judgeSpan(trial(alarms, [event()]), 'own', 'clean').alarms).toBe(1);
    expect(judgeSpan(trial(alarms, [event({ ...NODE, affects: [KEY] })]), 'own', 'clean').alarms).toBe(1);
    expect(judgeSpan(trial(alarms, [event({ ...NODE })]), 'own', 'clean').alarms).toBe(1 + 0);
  });

  it('counts alarms in benign events for their bar, and names the event', () => {
    const benign = event({ kind: 'rollout', benign: true });
    const span = judgeSpan(trial({ 120: [] }, [benign]), 'own', 'benign');
    expect(span.found).toMatchObject([{ during: 'rollout' }]);
    expect(judgeSpan(trial({ 120: [] }, [benign]), 'own', 'clean').alarms).toBe(0);
  });

  it('judges nothing before its time', () => {
    expect(judgeSpan(trial({ 10: [] }, [], 100 * STEP_MS), 'own', 'clean').alarms).toBe(0);
  });
});

describe('summariseKinds', () => {
  it('counts what came in time and leaves out what could not be seen', () => {
    const verdict = (delayMs: number | undefined, visibleFromMs: number | undefined = 0) => ({
      event: event(),
      visibleFromMs,
      delayMs,
      metrics: [],
      firstRight: true,
      inTopThree: true,
    });
    const hidden = { ...verdict(undefined), visibleFromMs: undefined };
    const kinds = summariseKinds([verdict(STEP_MS), verdict(3 * STEP_MS), verdict(4 * STEP_MS), verdict(undefined), hidden], STEP_MS);
    expect(kinds).toMatchObject([{ kind: 'miner', events: 4, invisible: 1, alerted: 3, inTime: 2, largestDelay: 4 }]);
    expect(inTimeShare(kinds)).toEqual({ inTime: 2, events: 4 });
  });
});

describe('alarmsPerDay', () => {
  it('pools spans', () => {
    expect(
      alarmsPerDay([
        { days: 3, alarms: 1, found: [] },
        { days: 1, alarms: 1, found: [] },
      ]),
    ).toBe(0.5);
    expect(alarmsPerDay([])).toBe(0);
  });
});
