import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../platform/index.ts';
import { statisticPlace } from '../record/columns.ts';
import type { Flow } from '../record/flow.ts';
import { EPISODES, type Simulation, simulateFlows } from './simulate.ts';

const simulate = (seed: number): Simulation => simulateFlows(seededRandom(seed), { startMs: 1e12, hours: 0.4, episodes: EPISODES });
const value = ({ statistics }: Flow, name: string): number => statistics[statisticPlace(name)!]!;
const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

describe('simulateFlows', () => {
  const { flows, episodes } = simulate(1);
  const of = (name: string): Flow[] => flows.filter(({ texts }) => texts[1]!.startsWith(name));

  it('gives the same flows for the same seed, and others for another', () => {
    expect(simulate(1)).toEqual({ flows, episodes });
    expect(simulate(2).flows.length).not.toBe(flows.length);
  });

  it('tells what each flow is, in the order in which flows end', () => {
    const ends = flows.map((flow) => flow.startMs + value(flow, 'Flow Duration') / 1000);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
    expect(episodes.map(({ name }) => name).sort()).toEqual([...EPISODES].sort());
    for (const { id, family } of episodes) {
      const own = flows.filter(({ texts }) => texts[1] === id);
      expect(own.length).toBeGreaterThan(2);
      expect(new Set(own.map(({ texts }) => texts[0]))).toEqual(new Set([family]));
    }
  });

  it('has the usual all the time, and statistics that agree with each other', () => {
    const usual = of('').filter(({ texts }) => texts[1] === '');
    const minutes = new Set(usual.map(({ startMs }) => Math.floor((startMs - 1e12) / 60_000)));
    expect(minutes.size).toBeGreaterThanOrEqual(24);
    for (const flow of usual.slice(0, 500)) {
      const total = value(flow, 'Total Length of Fwd Packet') + value(flow, 'Total Length of Bwd Packet');
      const packets = value(flow, 'Total Fwd Packet') + value(flow, 'Total Bwd packets');
      expect(value(flow, 'Average Packet Size')).toBeCloseTo(total / packets, 6);
    }
  });

  it('lets attacks differ from their twins in what matters, and only there', () => {
    expect(middle(of('syn_flood').map((flow) => value(flow, 'Total Bwd packets')))).toBe(0);
    expect(middle(of('port_scan').map((flow) => value(flow, 'RST Flag Count')))).toBe(1);
    expect(middle(of('slow_flood').map((flow) => value(flow, 'Flow Duration')))).toBeGreaterThan(2e7);
    expect(middle(of('exfiltration').map((flow) => value(flow, 'Total Length of Fwd Packet')))).toBeGreaterThan(2e5);
    const crowd = new Set(of('flash_crowd').map(({ source }) => source));
    expect(crowd.size).toBeGreaterThan(50);
    const [flood, browsing] = [of('http_flood'), of('flash_crowd')].map(
      (list) => new Set(list.map((flow) => value(flow, 'Fwd Packet Length Max'))).size / list.length,
    );
    expect(flood!).toBeLessThan(browsing!);
  });

  it('refuses an episode that it does not know', () => {
    expect(() => simulateFlows(seededRandom(1), { startMs: 0, hours: 0.1, episodes: ['magic'] })).toThrow('there is no episode magic');
  });
});
