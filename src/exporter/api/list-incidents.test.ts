import { describe, expect, it } from '@jest/globals';
import { workloadId } from '../../conventions/index.ts';
import { aKey, aScore } from '../../testing/score-builders.ts';
import { countIncidents, listIncidents } from './list-incidents.ts';

const NOW = 10_000_000_000;
const STEP = 30_000;

/** A board of workloads of one namespace with their last scores, the newest at NOW. */
const boardOf = (scores: Readonly<Record<string, readonly number[]>>) => {
  const entries = Object.keys(scores).map((name) => {
    const key = aKey(name);
    return { id: workloadId(key), key, score: aScore({ key }), newestMs: NOW, replicas: 1, gone: false };
  });
  const points = (id: string) => {
    const values = scores[entries.find((entry) => entry.id === id)!.key.workload]!;
    return values.map((score, i) => ({ timeMs: NOW - (values.length - 1 - i) * STEP, score }));
  };
  return { entries: () => entries, points, peakSince: (id: string) => Math.max(...points(id).map(({ score }) => score)) };
};

describe('countIncidents', () => {
  it('counts alarms of one cause once, and says how many workloads take part', () => {
    const board = boardOf({ db: [0.2, 1.5, 1.6, 0.3], web: [0.1, 0.1, 1.2, 1.1], quiet: [0.1, 0.2, 0.9, 0.3] });
    expect(countIncidents(board, NOW)).toEqual({ one: 0, several: 1, largest: 2 });
  });

  it('counts two alarms of one workload as an incident of one', () => {
    expect(countIncidents(boardOf({ db: [1.5, 0.2, 1.6, 0.3] }), NOW)).toEqual({ one: 1, several: 0, largest: 1 });
  });

  it('forgets what ended more than ten minutes ago', () => {
    const board = boardOf({ db: [1.5, 0.2] });
    expect(countIncidents(board, NOW + 9 * 60_000)).toEqual({ one: 1, several: 0, largest: 1 });
    expect(countIncidents(board, NOW + 10 * 60_000)).toEqual({ one: 0, several: 0, largest: 0 });
  });

  it('is nothing where nothing alarms', () => {
    expect(countIncidents(boardOf({ db: [0.2, 0.9] }), NOW)).toEqual({ one: 0, several: 0, largest: 0 });
  });
});

describe('listIncidents', () => {
  it('groups what workloads of a namespace went through in the last hour', () => {
    const board = boardOf({ db: [0.2, 1.5, 1.6, 0.3, 0.2], web: [0.1, 0.1, 1.2, 1.1, 1.3], quiet: [0.1, 0.2, 0.9, 0.3, 0.2] });
    const { items } = listIncidents(board, NOW);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ fromSeconds: (NOW - 3 * STEP) / 1000, toSeconds: NOW / 1000, peak: 1.6, lead: { workload: 'db' } });
    expect(items[0]!.alarms.map(({ workload, peak }) => [workload.workload, peak])).toEqual([
      ['db', 1.6],
      ['web', 1.3],
    ]);
  });
});
