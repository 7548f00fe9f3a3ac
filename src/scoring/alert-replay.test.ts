import { replayAlertRule } from './alert-replay.ts';

const rule = { windowSeconds: 300, threshold: 1, keepFiringForSeconds: 600 };
const samples = (values: readonly number[], stepSeconds = 60) => values.map((value, i) => ({ timeMs: i * stepSeconds * 1000, value }));
const minutes = (spans: readonly { fromMs: number; toMs: number }[]) => spans.map((span) => [span.fromMs / 60_000, span.toMs / 60_000]);
const quiet = (count: number) => Array.from({ length: count }, () => 0.2);

describe('replayAlertRule', () => {
  it('fires from one sample at the boundary, through window and keep_firing_for', () => {
    // The sample at minute 2 is inside the window until minute 6, then the alert is kept 10 minutes.
    expect(minutes(replayAlertRule(samples([...quiet(2), 1, ...quiet(40)]), rule))).toEqual([[2, 16]]);
  });

  it('is silent below the boundary', () => {
    expect(replayAlertRule(samples([0.999, ...quiet(10)]), rule)).toEqual([]);
  });

  it('joins samples closer than window and keep_firing_for, and parts those further apart', () => {
    expect(replayAlertRule(samples([1, ...quiet(13), 1, ...quiet(30)]), rule)).toHaveLength(1);
    expect(replayAlertRule(samples([1, ...quiet(20), 1, ...quiet(30)]), rule)).toHaveLength(2);
  });

  it('ends with the history while it still fires', () => {
    expect(minutes(replayAlertRule(samples([0, 1, 0]), rule))).toEqual([[1, 2]]);
  });

  it('asks for a share of the window where the stricter option is chosen', () => {
    const strict = { ...rule, share: 0.6 };
    expect(replayAlertRule(samples([...quiet(5), 1, ...quiet(5)]), strict)).toEqual([]);
    expect(replayAlertRule(samples([...quiet(5), 1, 1, 1, 1, ...quiet(5)]), strict)).toHaveLength(1);
  });

  it('takes no score as no sample', () => {
    expect(replayAlertRule(samples([Number.NaN, Number.NaN]), rule)).toEqual([]);
    expect(replayAlertRule([], rule)).toEqual([]);
  });
});
