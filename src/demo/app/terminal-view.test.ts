import { describe, expect, it } from '@jest/globals';
import type { Score } from '../../conventions/index.ts';
import type { SimulatedEvent } from '../simulator/scenarios.ts';
import { clockTime, type DemoMoment, renderMoment, scoreBar, shortNumber } from './terminal-view.ts';

const score = (value: number, over: Partial<Score> = {}): Score => ({
  key: { namespace: 'shop', workload: 'frontend', workloadKind: 'Deployment' },
  timeMs: 0,
  value,
  ready: true,
  margin: value,
  contributors: [],
  detector: 'baseline',
  damped: false,
  modelVersion: '1',
  ...over,
});
const row = (workload: string, own: Score) => ({ key: { namespace: 'shop', workload, workloadKind: 'Deployment' }, score: own });
const event: SimulatedEvent = {
  id: 'miner-1',
  kind: 'miner',
  benign: false,
  namespace: 'shop',
  workload: 'frontend',
  workloadKind: 'Deployment',
  pods: ['frontend-x-1'],
  startMs: 43_200_000,
  endMs: 43_260_000,
  visibleFromMs: 43_200_000,
  first: [],
  metrics: [],
  affects: [],
  strength: {},
};
const moment = (over: Partial<DemoMoment> = {}): DemoMoment => ({
  nowMs: 43_200_000,
  behindMs: 0,
  speed: 20,
  waiting: undefined,
  scores: [],
  truth: [],
  ...over,
});

describe('clockTime', () => {
  it('is the time of day in UTC', () => {
    expect(clockTime(Date.UTC(2026, 3, 5, 7, 8, 9))).toBe('07:08:09');
  });
});

describe('scoreBar', () => {
  it('has the boundary in its middle and is full at twice the boundary', () => {
    expect(scoreBar(0)).toBe('·······|······');
    expect(scoreBar(1)).toBe('███████·······');
    expect(scoreBar(7)).toBe('██████████████');
    expect(scoreBar(Number.NaN)).toHaveLength(14);
  });
});

describe('shortNumber', () => {
  it.each([
    [0, '0'],
    [0.4567, '0.457'],
    [12.34, '12.3'],
    [1234, '1.23k'],
    [999_900, '1M'],
    [-5.2e9, '-5.2G'],
    [0.00012, '1.2e-4'],
    [Number.NaN, '?'],
  ])('writes %d as %s', (value, text) => expect(shortNumber(value)).toBe(text));
});

describe('renderMoment', () => {
  it('ranks by score, marks what is anomalous and says what led and what was expected', () => {
    const contributor = {
      metric: 'pod_cpu_usage_cores',
      contribution: 0.8,
      observed: 2.2,
      expected: 0.4,
      lower: 0.2,
      upper: 0.6,
      unit: 'cores',
      detector: 'level',
    };
    const lines = renderMoment(
      moment({
        scores: [
          row('cart', score(0.2)),
          row('frontend', score(1.3, { contributors: [contributor] })),
          row('new', score(Number.NaN, { ready: false, reason: 'warming_up' })),
        ],
        truth: [event],
      }),
      200,
    );
    expect(lines[1]).toContain('3 workloads and nodes, 1 anomalous');
    expect(lines[3]).toMatch(/^! shop\/frontend .*1\.30 █+·+ pod_cpu_usage_cores 2\.2, expected 0\.4 cores$/);
    expect(lines[4]).toMatch(/^ {2}shop\/cart/);
    expect(lines[5]).toContain('warming up');
    expect(lines[6]).toBe('  simulator: 12:00:00 miner begins in shop/frontend (pod frontend-x-1)');
  });

  it('says how far the clock is behind until it has caught up', () => {
    expect(renderMoment(moment({ behindMs: 90_000 }), 200)[0]).toContain('2 min behind the wall clock, running 20 times as fast');
    expect(renderMoment(moment(), 200)[0]).toContain('real time');
  });

  it('keeps every line inside the width', () => {
    const lines = renderMoment(
      moment({ scores: [row('a-workload-with-a-name-that-is-longer-than-its-column', score(0.5))], truth: [event] }),
      40,
    );
    expect(lines.every((line) => line.length <= 40)).toBe(true);
  });
});
