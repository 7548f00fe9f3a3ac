import { describe, expect, it } from '@jest/globals';
import { workloadId } from '../../conventions/index.ts';
import { aKey, aScore } from '../../testing/score-builders.ts';
import { listIncidents } from './list-incidents.ts';

const NOW = 10_000_000_000;
const STEP = 30_000;

describe('listIncidents', () => {
  it('groups what workloads of a namespace went through in the last hour', () => {
    const scores: Readonly<Record<string, readonly number[]>> = {
      db: [0.2, 1.5, 1.6, 0.3, 0.2],
      web: [0.1, 0.1, 1.2, 1.1, 1.3],
      quiet: [0.1, 0.2, 0.9, 0.3, 0.2],
    };
    const entries = Object.keys(scores).map((name) => {
      const key = aKey(name);
      return { id: workloadId(key), key, score: aScore({ key }), newestMs: NOW, replicas: 1, gone: false };
    });
    const pointsOf = (id: string) => {
      const values = scores[entries.find((entry) => entry.id === id)!.key.workload]!;
      return values.map((score, i) => ({ timeMs: NOW - (values.length - 1 - i) * STEP, score }));
    };
    const { items } = listIncidents(
      { entries: () => entries, points: pointsOf, peakSince: (id) => Math.max(...pointsOf(id).map(({ score }) => score)) },
      NOW,
    );
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ fromSeconds: (NOW - 3 * STEP) / 1000, toSeconds: NOW / 1000, peak: 1.6, lead: { workload: 'db' } });
    expect(items[0]!.alarms.map(({ workload, peak }) => [workload.workload, peak])).toEqual([
      ['db', 1.6],
      ['web', 1.3],
    ]);
  });
});
