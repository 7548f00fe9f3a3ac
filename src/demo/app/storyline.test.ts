import { describe, expect, it } from '@jest/globals';
import { planCluster } from '../simulator/cluster-plan.ts';
import { scenarioOf } from '../simulator/scenarios.ts';
import { parseStoryEvent, STORYLINE } from './storyline.ts';

describe('parseStoryEvent', () => {
  it.each([
    ['miner', { kind: 'miner', atSeconds: 8 }],
    ['leak@20', { kind: 'leak', atSeconds: 20 }],
    ['crash-loop:cart@0', { kind: 'crash_loop', workload: 'cart', atSeconds: 0 }],
    ['scan:orders-db', { kind: 'scan', workload: 'orders-db', atSeconds: 8 }],
  ])('reads %s', (text, expected) => expect(parseStoryEvent(text)).toEqual(expected));

  it.each(['earthquake', 'miner@soon', '@5', 'miner:', ''])('refuses %s', (text) => {
    expect(parseStoryEvent(text)).toBeUndefined();
  });
});

describe('STORYLINE', () => {
  it('names workloads that the default cluster has and that its scenarios suit', () => {
    const { workloads } = planCluster({ seed: 7, workloads: 12 });
    for (const { kind, workload } of STORYLINE) {
      if (workload === undefined) continue;
      const plan = workloads.find(({ name }) => name === workload);
      expect(plan && scenarioOf(kind).suits(plan)).toBe(true);
    }
  });

  it('begins with something that has to alert', () => {
    expect(scenarioOf((STORYLINE[0] as (typeof STORYLINE)[number]).kind).benign).toBe(false);
  });
});
