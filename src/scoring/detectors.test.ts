import type { LifecycleSignals, PodValues, Score } from '../conventions/index.ts';
import { seededRandom } from '../platform/index.ts';
import { gaussian, quietLifecycle, testFrame, testLayout } from '../testing/frames.ts';
import { createScorer } from './workload-scorer.ts';

const STEP = 30;
const START = 1_700_000_000;

describe('the CPU limit rule', () => {
  const layout = testLayout('pod_cpu_limit_usage_ratio:ratio');
  const run = (before: number, after: readonly number[]): Score[] => {
    const scorer = createScorer({ stepSeconds: STEP, bank: false, seed: 1 });
    const values = [...Array.from({ length: 300 }, () => before), ...after];
    return values.map((x, i) => scorer.score([testFrame(layout, START + i * STEP, [x])])[0]!).slice(300);
  };

  it('fires on the second sample at the limit of a workload that was far below it', () => {
    const scores = run(0.3, [0.9, 0.9]);
    expect(scores[1]!.value).toBeGreaterThanOrEqual(1.2);
    expect(scores[1]!.contributors[0]!.metric).toBe('pod_cpu_limit_usage_ratio');
  });

  const quiet = [
    { name: 'one sample at the limit', before: 0.3, after: [0.9, 0.3] },
    { name: 'a workload that always runs near its limit', before: 0.8, after: [0.9, 0.9] },
    { name: 'a rise that stays below the mark', before: 0.3, after: [0.65, 0.65] },
  ];
  it.each(quiet)('is silent on $name', ({ before, after }) => {
    expect(run(before, after).every((score) => score.detector !== 'cpu_limit')).toBe(true);
  });
});

describe('the throttling rule', () => {
  it('fires on the third sample in a row and not for a workload that is always throttled', () => {
    const layout = testLayout('cpu:cpu_cores');
    const run = (before: number) => {
      const scorer = createScorer({ stepSeconds: STEP, bank: false, seed: 1 });
      return Array.from({ length: 303 }, (_, i) => {
        const lifecycle = { ...quietLifecycle, throttledRatio: i < 300 ? before : 0.9 };
        return scorer.score([testFrame(layout, START + i * STEP, [0.5], { lifecycle })])[0]!;
      });
    };
    expect(
      run(0.05)
        .slice(-3)
        .map((score) => score.detector),
    ).toEqual(['rank', 'rank', 'throttling']);
    expect(run(0.85).every((score) => score.detector === 'rank' || !score.ready)).toBe(true);
  });
});

describe('createLifecycleDetector', () => {
  const layout = testLayout('cpu:cpu_cores');
  const run = (signals: readonly Partial<LifecycleSignals>[], replicas = 1): Score[] => {
    const scorer = createScorer({ stepSeconds: STEP, bank: false, seed: 1 });
    const calm = Array.from({ length: 20 }, () => ({}));
    return [...calm, ...signals]
      .map(
        (signal, i) =>
          scorer.score([testFrame(layout, START + i * STEP, [0.5], { lifecycle: { ...quietLifecycle, ...signal }, replicas })])[0]!,
      )
      .slice(20);
  };

  const cases: { name: string; signals: Partial<LifecycleSignals>[]; fires: boolean; replicas?: number }[] = [
    { name: 'a single restart', signals: [{ restarts: 1 }, {}], fires: false },
    { name: 'two restarts within a minute', signals: [{ restarts: 1 }, { restarts: 1 }], fires: true },
    { name: 'two restarts among a hundred pods', signals: [{ restarts: 1 }, { restarts: 1 }], fires: false, replicas: 100 },
    { name: 'a container in CrashLoopBackOff', signals: [{ waiting: { CrashLoopBackOff: 1 } }], fires: true },
    { name: 'an OOM kill', signals: [{ restarts: 1, oomKills: 1 }], fires: true },
    { name: 'an image that is slow to pull', signals: [{ waiting: { ImagePullBackOff: 1 } }, {}], fires: false },
    { name: 'an image that cannot be pulled', signals: Array.from({ length: 3 }, () => ({ waiting: { ErrImagePull: 1 } })), fires: true },
  ];
  it.each(cases)('$name: fires $fires', ({ signals, fires, replicas }) => {
    expect(run(signals, replicas).some((score) => score.value >= 1)).toBe(fires);
  });

  it('says a chronic condition for six hours and keeps it just below the boundary after that', () => {
    const scores = run(Array.from({ length: 900 }, () => ({ waiting: { CrashLoopBackOff: 1 } })));
    expect(scores[10]!.value).toBeGreaterThanOrEqual(1);
    expect(scores.at(-1)!.value).toBeCloseTo(0.95, 6);
  });

  it('scores a workload that crashes from its first frames', () => {
    const scorer = createScorer({ stepSeconds: STEP, bank: false, seed: 1 });
    const lifecycle = { ...quietLifecycle, waiting: { CrashLoopBackOff: 1 } };
    expect(scorer.score([testFrame(layout, START, [0.5], { lifecycle })])[0]!.value).toBeGreaterThanOrEqual(1);
  });
});

describe('createPeerOutlierDetector', () => {
  const layout = testLayout('cpu:cpu_cores');
  const names = ['a', 'b', 'c', 'd'];
  const run = (history: number, cpuOf: (pod: string, i: number) => number, more: { late?: string } = {}): Score[] => {
    const scorer = createScorer({ stepSeconds: STEP, bank: false, seed: 1 });
    const random = seededRandom(5);
    return Array.from({ length: history + 4 }, (_, i) => {
      const present = names.filter((pod) => pod !== more.late || i >= history);
      const pods: PodValues[] = present.map((pod) => ({ pod, values: Float64Array.of(cpuOf(pod, i) * (1 + 0.05 * gaussian(random))) }));
      // The median over pods hardly moves when one of four goes astray.
      return scorer.score([testFrame(layout, START + i * STEP, [0.5], { pods, replicas: pods.length })])[0]!;
    });
  };

  it('names the one pod that leaves its siblings', () => {
    const scores = run(200, (pod, i) => (pod === 'c' && i >= 200 ? 4 : 0.5));
    const hit = scores.slice(200).find((score) => score.value >= 1);
    expect(hit).toMatchObject({ detector: 'peer' });
    expect(hit!.contributors[0]).toMatchObject({ metric: 'cpu', pod: 'c', detector: 'peer' });
    expect(scores.slice(0, 200).every((score) => !(score.value >= 1))).toBe(true);
  });

  it('accepts a pod that has always been different', () => {
    expect(run(400, (pod) => (pod === 'a' ? 4 : 0.5)).every((score) => !(score.value >= 1))).toBe(true);
  });

  it('gives a new pod time to warm up', () => {
    expect(run(200, (pod, i) => (pod === 'd' && i >= 200 ? 4 : 0.5), { late: 'd' }).every((score) => !(score.value >= 1))).toBe(true);
  });
});
