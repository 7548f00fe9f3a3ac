import { describe, expect, it } from '@jest/globals';
import { type Score, type WorkloadKey, workloadId } from '../../conventions/index.ts';
import { aContributor, aKey, aScore, notReadyScore } from '../../testing/score-builders.ts';
import type { BoardEntry } from '../board/score-board.ts';
import { createScoreExposition, escapeLabelValue, topContributions } from './score-exposition.ts';

const entry = (key: WorkloadKey, score: Partial<Score> = {}): BoardEntry => ({
  id: workloadId(key),
  key,
  score: aScore({ key, ...score }),
  newestMs: 0,
  replicas: 1,
  gone: false,
});
const LIVE = { withdrawn: false, backfilling: false };
const render = (entries: readonly BoardEntry[], maxContributions = 100, state = LIVE) =>
  createScoreExposition({ entries: () => entries }, () => ({ maxContributions })).render(state);
const samples = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('createScoreExposition', () => {
  it('writes the score of a workload with its labels, and the threshold', () => {
    expect(samples(render([entry(aKey('cart'), { value: 0.25 })]).text)).toEqual([
      'anomaly_score_threshold 1',
      'anomaly_score{namespace="shop",workload="cart",workload_kind="Deployment"} 0.25',
    ]);
  });

  it('replaces the three labels by those of a chosen entity', () => {
    const key = aKey('x', { entity: { shop: 'a"b', till: '1' } });
    expect(samples(render([entry(key)]).text)[1]).toBe('anomaly_score{shop="a\\"b",till="1"} 0.2');
  });

  it('names at most three metrics of a score', () => {
    const contributors = [1, 2, 3, 4].map((n) => aContributor({ metric: `m${n}`, contribution: n / 10 }));
    const lines = samples(render([entry(aKey(), { value: 2, contributors })]).text).filter((line) => line.includes('contribution'));
    expect(lines.map((line) => line.match(/metric="(m\d)"\} (.*)/)?.slice(1))).toEqual([
      ['m4', '0.4'],
      ['m3', '0.3'],
      ['m2', '0.2'],
    ]);
  });

  it('gives the kinds of an overload, of an alarm alone', () => {
    const overload = { kind: 'dos', probabilities: { dos: 0.7, attack: 0.1, natural: 0.2 }, reasons: [] } as const;
    const lines = samples(render([entry(aKey(), { value: 2, contributors: [aContributor()], overload })]).text);
    expect(lines.flatMap((line) => line.match(/^anomaly_score_overload_probability\{.*kind="(\w+)"\} (.*)$/)?.slice(1) ?? [])).toEqual([
      'dos',
      '0.7',
      'attack',
      '0.1',
      'natural',
      '0.2',
    ]);
  });

  it('keeps the contributions of the highest scores when there are more than the cap', () => {
    const contributors = [aContributor()];
    const { text, cappedContributions, series } = render(
      [entry(aKey('low'), { value: 0.6, contributors }), entry(aKey('high'), { value: 3, contributors })],
      1,
    );
    expect(samples(text).filter((line) => line.includes('contribution'))).toEqual([
      'anomaly_score_contribution{namespace="shop",workload="high",workload_kind="Deployment",metric="cpu"} 0.5',
    ]);
    expect(cappedContributions).toBe(1);
    expect(series).toEqual({ score: 2, contribution: 1, not_ready: 0 });
  });

  it('says why a workload has no score instead of showing 0', () => {
    const warming = { ...entry(aKey()), score: notReadyScore() };
    expect(samples(render([warming]).text)).toEqual([
      'anomaly_score_threshold 1',
      'anomaly_score_not_ready{namespace="shop",workload="cart",workload_kind="Deployment",reason="warming_up"} 1',
    ]);
  });

  it.each([
    ['stale_data', { withdrawn: true, backfilling: false }],
    ['backfill_running', { withdrawn: false, backfilling: true }],
  ])('shows no score but the reason %s', (reason, state) => {
    const { text } = render([entry(aKey(), { value: 2, contributors: [aContributor()] })], 100, state);
    expect(samples(text)).toEqual([
      'anomaly_score_threshold 1',
      `anomaly_score_not_ready{namespace="shop",workload="cart",workload_kind="Deployment",reason="${reason}"} 1`,
    ]);
  });

  it('never rounds a score up to the boundary', () => {
    expect(render([entry(aKey(), { value: 0.9999999999 })]).text).toContain(' 0.9999999999\n');
  });
});

describe('topContributions', () => {
  it('adds the shares of a metric that two detectors name', () => {
    const contributors = [
      aContributor({ contribution: 0.3 }),
      aContributor({ metric: 'b', contribution: 0.4 }),
      aContributor({ detector: 'peer', contribution: 0.2 }),
    ];
    expect(topContributions(contributors)).toEqual([
      ['cpu', 0.5],
      ['b', 0.4],
    ]);
  });
});

describe('escapeLabelValue', () => {
  it('escapes backslash, quote and line feed', () => {
    expect(escapeLabelValue('a\\b"c\nd')).toBe('a\\\\b\\"c\\nd');
  });
});
