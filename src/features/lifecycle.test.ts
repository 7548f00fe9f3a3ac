import type { Labels, LifecycleSignals } from '../conventions/index.ts';
import { testSeries } from '../testing/series.ts';
import { defaultCatalog } from './default-catalog.ts';
import { createFeatureExtractor } from './extractor.ts';

type Given = readonly [input: string, value: number, labels?: Labels];

/** One pod of a StatefulSet, a sample per series and step of 30 s. */
const createPod = () => {
  const catalog = defaultCatalog();
  const extractor = createFeatureExtractor(catalog, { pace: 'grid', stepMs: 30_000 });
  let seconds = 0;
  return (given: readonly Given[], pod = 'web-0'): LifecycleSignals | undefined => {
    seconds += 30;
    const all: readonly Given[] = [['pod_owner', 1, { owner_kind: 'StatefulSet', owner_name: 'web' }], ...given];
    extractor.push(
      all.map(([id, value, labels]) => ({
        selector: catalog.inputs.findIndex((input) => input.id === id),
        series: [testSeries({ namespace: 'shop', pod, container: 'main', ...labels }, [[seconds, value]])],
      })),
    );
    return [...extractor.advance(seconds * 1000)].flat()[0]?.lifecycle;
  };
};

const memory: Given = ['memory_usage', 1e6];

describe('createLifecycle', () => {
  it('counts restarts since the frame before, not since the start of the pod', () => {
    const step = createPod();
    expect(step([memory, ['restarts', 57]])).toMatchObject({ restarts: 0 });
    expect(step([memory, ['restarts', 57]])).toMatchObject({ restarts: 0 });
    expect(step([memory, ['restarts', 59]])).toMatchObject({ restarts: 2, oomKills: 0 });
    expect(step([memory, ['restarts', 0]])).toMatchObject({ restarts: 0 });
  });

  it('counts all restarts of a pod that appears while it watches', () => {
    const step = createPod();
    for (let i = 0; i < 5; i++) step([memory, ['restarts', 0]]);
    expect(step([memory, ['restarts', 2]], 'web-1')).toMatchObject({ restarts: 2 });
  });

  it('counts an OOM kill where the restart count of the killed container rose', () => {
    const step = createPod();
    const killed: Given = ['oom_killed', 1, { reason: 'OOMKilled' }];
    step([memory, ['restarts', 1], killed]);
    expect(step([memory, ['restarts', 1], killed])).toMatchObject({ oomKills: 0 });
    expect(step([memory, ['restarts', 2], killed])).toMatchObject({ restarts: 1, oomKills: 1 });
    expect(step([memory, ['restarts', 3, { container: 'side' }], ['restarts', 2], killed])).toMatchObject({ oomKills: 0 });
  });

  it('reports fault reasons of waiting containers, not those of a healthy start', () => {
    const step = createPod();
    const signals = step([memory, ['waiting', 1, { reason: 'CrashLoopBackOff' }], ['waiting', 1, { reason: 'ContainerCreating' }]]);
    expect(signals?.waiting).toEqual({ CrashLoopBackOff: 1 });
    expect(step([memory, ['waiting', 0, { reason: 'CrashLoopBackOff' }]])?.waiting).toEqual({});
  });

  it('gives a frame for a pod that waits and has no metrics at all', () => {
    const step = createPod();
    expect(step([['waiting', 1, { reason: 'ImagePullBackOff' }]])).toMatchObject({ waiting: { ImagePullBackOff: 1 } });
    expect(step([])).toMatchObject({ waiting: {} as object });
  });

  it('tells the largest throttled share, and NaN where it is unknown', () => {
    const step = createPod();
    expect(step([memory, ['restarts', 0]])?.throttledRatio).toBeNaN();
    step([memory, ['cpu_periods', 0], ['cpu_throttled_periods', 0]]);
    expect(step([memory, ['cpu_periods', 300], ['cpu_throttled_periods', 150]])).toMatchObject({ throttledRatio: 0.5 });
  });
});
