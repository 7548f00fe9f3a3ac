import { describe, expect, it } from '@jest/globals';
import { aScore } from '../../testing/score-builders.ts';
import { createExplainedScores } from './explained-scores.ts';

const times = (scores: readonly { timeMs: number }[]) => scores.map(({ timeMs }) => timeMs);

describe('createExplainedScores', () => {
  it('drops the oldest over all workloads', () => {
    const kept = createExplainedScores(3);
    kept.add('a', aScore({ timeMs: 1 }));
    kept.add('b', aScore({ timeMs: 2 }));
    kept.add('a', aScore({ timeMs: 3 }));
    kept.add('b', aScore({ timeMs: 4 }));
    expect([times(kept.of('a')), times(kept.of('b')), kept.size]).toEqual([[3], [2, 4], 3]);
  });

  it('does not take from a workload that came back what belonged to its earlier self', () => {
    const kept = createExplainedScores(2);
    kept.add('a', aScore({ timeMs: 1 }));
    kept.add('a', aScore({ timeMs: 2 }));
    kept.remove('a');
    kept.add('a', aScore({ timeMs: 3 }));
    kept.add('a', aScore({ timeMs: 4 }));
    expect([times(kept.of('a')), kept.size]).toEqual([[3, 4], 2]);
  });
});
