import { Registry } from 'prom-client';
import { COLLECTOR_METRICS, WORKLOAD_EVENT_METRICS } from '../../conventions/index.ts';
import { makeRuntimeEvent as make } from '../../testing/runtime-event-builders.ts';
import { createInstruments } from '../../web/index.ts';
import { createPodCounts } from './pod-counts.ts';

const counted = () => {
  const registry = new Registry();
  const counts = createPodCounts(
    { ...createInstruments(WORKLOAD_EVENT_METRICS, registry), ...createInstruments(COLLECTOR_METRICS, registry) },
    { maxPods: 2, idleMs: 1000 },
  );
  const series = async (): Promise<string[]> =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith('bellwether_workload_events_total{'));
  return { counts, series, registry };
};
const of = (pod: string, kind: string, count: number): string =>
  `bellwether_workload_events_total{namespace="shop",pod="${pod}",kind="${kind}"} ${count}`;

describe('createPodCounts', () => {
  it('counts by pod and kind, with all kinds from the first event on', async () => {
    const { counts, series } = counted();
    counts.add(
      [
        make({ pod: 'a' }),
        make({ pod: 'a', type: 'policy' }),
        make({ pod: 'a', type: 'exit', detail: 'signal SIGKILL' }),
        make({ pod: 'a', type: 'exit', detail: 'status 0' }),
      ],
      0,
    );
    expect(await series()).toEqual([of('a', 'exec', 1), of('a', 'policy', 1), of('a', 'signal', 1)]);
  });

  it('leaves out what is of no pod, and what Kubernetes says', async () => {
    const { counts, series } = counted();
    counts.add([make({ pod: '' }), make({ source: 'kubernetes', type: 'warning' })], 0);
    expect(await series()).toEqual([]);
  });

  it('has no more pods than allowed, and says how much it left out', async () => {
    const { counts, series, registry } = counted();
    counts.add(
      ['a', 'b', 'c', 'c'].map((pod) => make({ pod })),
      0,
    );
    expect(await series()).toHaveLength(6);
    expect(await registry.metrics()).toContain('untold_pods_total 2');
  });

  it('forgets pods that are quiet', async () => {
    const { counts, series } = counted();
    counts.add([make({ pod: 'a' })], 0);
    counts.add([make({ pod: 'b' })], 900);
    counts.sweep(1001);
    expect(await series()).toEqual([of('b', 'exec', 1), of('b', 'policy', 0), of('b', 'signal', 0)]);
  });
});
