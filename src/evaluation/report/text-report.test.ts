import { describe, expect, it } from '@jest/globals';
import { createBaseline } from '../baselines/baseline.ts';
import { evaluate } from '../evaluate.ts';
import type { EventsFile } from '../events-file.ts';
import type { EventPeak } from '../metrics/explanation.ts';
import { createScoreLog } from '../replay/score-log.ts';
import { formatJson } from './json-report.ts';
import { formatReport } from './text-report.ts';
import { formatDuration, formatNumber, formatTable } from './text-table.ts';

const STATS = {
  lateSamples: 2,
  duplicateSamples: 0,
  badSamples: 0,
  counterResets: 0,
  droppedSeries: { no_workload_label: 3 },
  series: 1,
  pods: 0,
  guessedPods: 0,
  workloads: 1,
};

const eventsOf = (name: string, rest: Partial<EventsFile> = {}): EventsFile => ({
  name,
  stepSeconds: 60,
  cleanUntil: undefined,
  faultFreeSpans: [],
  entities: [{ namespace: 'n', workload: name, cleanUntil: undefined }],
  events: [{ id: 'e', namespace: 'n', workload: name, from: 6000, to: 6600, kind: 'cpu', metrics: ['cpu'], targetWorkload: undefined }],
  ...rest,
});

/** A day of minutes: a score of 2 in the event, of 1.5 at one other time, and a margin that says the same more loudly. */
const pairOf = (name: string, rest?: Partial<EventsFile>) => {
  const log = createScoreLog();
  const baseline = createScoreLog();
  const on = createBaseline('constant-on', { stepSeconds: 60, seed: 1 });
  for (let t = 0; t < 86_400; t += 60) {
    const score = t >= 6120 && t < 6300 ? 2 : t === 50_040 ? 1.5 : 0.1;
    log.add({ namespace: 'n', workload: name }, t * 1000, score, true, 2 * score);
    baseline.add({ namespace: 'n', workload: name }, t * 1000, on({} as never), true, 1);
  }
  const events = eventsOf(name, rest);
  const contributors = [{ metric: 'cpu', contribution: 1, observed: 2, expected: 1, lower: 0, upper: 1, unit: '', detector: 'level' }];
  const peaks: EventPeak[] = events.events.map((event) => ({
    event,
    score: 2,
    contributors,
    features: ['cpu', 'memory'],
    byLargestZ: ['memory', 'cpu'],
  }));
  return { events, scored: { log, baselineLogs: new Map([['constant-on', baseline]]), peaks, deviations: new Map(), stats: STATS } };
};

const EVALUATION = evaluate([pairOf('a'), pairOf('b')], { seed: 1 });

describe('evaluate', () => {
  it('pools pairs into one set and judges score, margin, rule and baselines by the same rules', () => {
    expect(EVALUATION.score.summary).toMatchObject({
      entities: 2,
      events: 2,
      detected: 2,
      falseAlarms: 2,
      falseAlarmsPerEntityDay: 1,
      delayMedianSeconds: 120,
    });
    expect(EVALUATION.margin.oracleHalf).toEqual({ recall: 1, threshold: 4 });
    expect(EVALUATION.rule).toMatchObject({ alerts: 4, falseAlerts: 2, detected: 2, falseAlertsPerEntityDay: 1 });
    expect(EVALUATION.strictRule).toMatchObject({ alerts: 2, falseAlerts: 0, detected: 2 });
    expect(EVALUATION.baselines.map(({ name, summary }) => [name, summary.detected, summary.falseAlarms])).toEqual([
      ['constant-on', 2, 2 * 24],
    ]);
    expect(EVALUATION.naming).toMatchObject({ explained: 2, precisionAt1: 1, randomPrecision: 0.5 });
    expect(EVALUATION.causes).toBeUndefined();
  });

  it('keeps workloads of the same name in two pairs apart', () => {
    const { summary } = evaluate([pairOf('a'), pairOf('a', { events: [] })], { seed: 1 }).score;
    expect(summary).toMatchObject({ entities: 2, events: 1, detected: 1, falseAlarms: 3 });
  });
});

describe('formatReport', () => {
  const text = formatReport(EVALUATION);
  const cells = (start: string): string[] =>
    text
      .split('\n')
      .find((line) => line.startsWith(start))!
      .split(/ {2,}/);

  it('has a line per detector and one per form of the rule', () => {
    expect(text).toMatch(/^a, b: 2 workloads, 2 events, 2\.00 workload-days, VUS-PR window 10 samples$/m);
    expect(cells('bellwether').slice(1, 6)).toEqual(['1.000 [1.00 1.00]', '2/2', '1.000 [1.00 1.00]', '2', '0.500']);
    expect(cells('constant-on').slice(1, 3)).toEqual(['1.000 [1.00 1.00]', '2/2']);
    expect(cells('max over 5 m')).toEqual(['max over 5 m', '1.000', '2/2', '1.000', '1.000', '2/4', '0.500', '2.0 m', '2.0 m']);
    expect(cells('half of 5 m')[5]).toBe('0/2');
  });

  it('says what the input had and how well contributors name metrics', () => {
    expect(text).toContain('Input: 4 late samples, 6 series without a workload');
    expect(text).toContain('first 1.000, first three 1.000, random order 0.500 (2 of 2 events have contributors)');
  });

  it('warns of workloads without scores', () => {
    const ghost = { namespace: 'n', workload: 'ghost', cleanUntil: undefined };
    expect(formatReport(evaluate([pairOf('a', { entities: [ghost] })], { seed: 1 }))).toContain('warning: no scores for n/ghost');
  });
});

describe('formatJson', () => {
  it('is the evaluation, with null for what has no value', () => {
    const parsed = JSON.parse(formatJson(EVALUATION));
    expect(parsed.score.summary.events).toBe(2);
    expect(parsed.score.summary.cleanFalseAlarmsPerEntityDay).toBeNull();
  });
});

describe('formatTable', () => {
  it('aligns the first column left and the others right', () =>
    expect(
      formatTable([
        ['', 'ab'],
        ['name', '1'],
      ]),
    ).toBe('      ab\nname   1'));
});

describe('formatDuration', () => {
  it.each([
    [undefined, '-'],
    [0, '0 s'],
    [119, '119 s'],
    [120, '2.0 m'],
    [9000, '2.5 h'],
    [180_000, '2.1 d'],
  ])('writes %p as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

describe('formatNumber', () => {
  it('has a dash for no number', () => expect([formatNumber(undefined), formatNumber(0.12345)]).toEqual(['-', '0.123']));
});
