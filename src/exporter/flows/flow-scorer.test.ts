import { describe, expect, it } from '@jest/globals';
import type { Score, WorkloadFrame } from '../../conventions/index.ts';
import type { FlowPart, FlowVerdict } from '../../flows/index.ts';
import type { Scorer } from '../../scoring/index.ts';
import { withFlowParts } from './flow-scorer.ts';

const KEY = { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' };
const contributor = { metric: 'cpu', contribution: 1, observed: 1, expected: 1, lower: 0, upper: 1, unit: '', detector: 'level' };
const score = (parts: Partial<Score>): Score => ({
  key: KEY,
  timeMs: 5,
  value: 0.4,
  ready: true,
  margin: 0.4,
  contributors: [contributor],
  detector: 'baseline',
  damped: false,
  modelVersion: 'v',
  ...parts,
});
const partOf = (value: number): FlowPart => ({ value, contributor: { ...contributor, metric: 'flows_scan', detector: 'flows' } });
const IDLE = { watch: { partOf: () => undefined }, teach: () => false, unteach: () => false };
const scoredBy = (own: Score, part: FlowPart | undefined): Score => {
  const scorer = { score: () => [own], refine: async () => [own] } as unknown as Scorer;
  return withFlowParts(scorer, { ...IDLE, watch: { partOf: () => part } }).score([{} as WorkloadFrame])[0]!;
};

describe('withFlowParts', () => {
  it('takes the larger of the two, with the flows first among the reasons', () => {
    const both = scoredBy(score({}), partOf(1.6));
    expect(both).toMatchObject({ value: 1.6, detector: 'flows' });
    expect(both.contributors.map(({ metric, contribution }) => [metric, Number(contribution.toFixed(2))])).toEqual([
      ['flows_scan', 0.8],
      ['cpu', 0.2],
    ]);
  });

  it.each([
    ['no flows', score({}), undefined],
    ['a smaller part', score({ value: 2 }), partOf(1.6)],
    ['hardly any part', score({}), partOf(0.45)],
    [
      'a part below the boundary for a workload that is not ready',
      score({ ready: false, reason: 'warming_up', value: Number.NaN }),
      partOf(0.9),
    ],
  ])('leaves the score as it is with %s', (_, own, part) => {
    expect(scoredBy(own, part)).toBe(own);
  });

  it('lets an attack show on a workload whose metrics are not known yet', () => {
    const early = scoredBy(score({ ready: false, reason: 'warming_up', value: Number.NaN, contributors: [] }), partOf(2));
    expect(early).toMatchObject({ ready: true, value: 2 });
    expect(early).not.toHaveProperty('reason');
  });

  it('also when a learned model has spoken', async () => {
    const scorer = { score: () => [], refine: async () => [score({})] } as unknown as Scorer;
    expect((await withFlowParts(scorer, { ...IDLE, watch: { partOf: () => partOf(3) } }).refine([]))[0]!.value).toBe(3);
  });

  it('lets verdicts teach flows too: confirmed ones and false alarms, no others', () => {
    const heard: unknown[] = [];
    const own = { teach: () => 'learned', unteach: () => false } as unknown as Scorer;
    const flows = {
      ...IDLE,
      teach: ({ id, isConfirmed }: FlowVerdict) => heard.push([id, isConfirmed]) > 0,
      unteach: (id: string) => id === 'a',
    };
    const scorer = withFlowParts(own, flows);
    for (const [id, kind] of [
      ['a', 'protect'],
      ['b', 'widen'],
      ['c', 'mute'],
      ['d', 'lower'],
    ] as const)
      scorer.teach({ id, kind, key: KEY, fromSeconds: 0, toSeconds: 1, givenSeconds: 1, untilSeconds: 9, weight: 1, metrics: [] });
    expect(heard).toEqual([
      ['a', true],
      ['b', false],
    ]);
    expect([scorer.unteach('a'), scorer.unteach('z')]).toEqual([true, false]);
  });
});
