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

describe('createTrafficMixDetector', () => {
  const layout = testLayout(
    'network_receive_bytes:bytes_per_second',
    'network_transmit_bytes:bytes_per_second',
    'network_receive_packets:per_second',
    'network_transmit_packets:per_second',
  );
  /** A demand that doubles and halves from frame to frame; `scan` adds packets of 66 bytes. */
  const run = (scan: number, demandOf: (i: number) => number = () => 1): Score[] => {
    const scorer = createScorer({ stepSeconds: STEP, bank: false, seed: 1 });
    const random = seededRandom(21);
    return Array.from({ length: 1003 }, (_, i) => {
      const demand = 2 ** gaussian(random) * (i >= 1000 ? demandOf(i) : 1);
      const packets = i >= 1000 ? scan : 0;
      const noise = () => 1 + 0.05 * gaussian(random);
      const values = [1e5 * demand, 4e5 * demand * noise() + 66 * packets, 200 * demand * noise(), 400 * demand * noise() + packets];
      return scorer.score([testFrame(layout, START + i * STEP, values)])[0]!;
    });
  };
  const mixed = (scores: readonly Score[]) => scores.filter(({ value, detector }) => value >= 1 && detector === 'mix');

  it('finds packets without bytes where demand swings more than that', () => {
    const scores = run(1600);
    expect(mixed(scores.slice(0, 1000))).toHaveLength(0);
    expect(mixed(scores.slice(1000))[0]!.contributors[0]).toMatchObject({ metric: 'network_transmit_packets', detector: 'mix' });
  });

  it('leaves a rise of all traffic to others', () => {
    expect(mixed(run(0, () => 5))).toHaveLength(0);
  });
});

describe('createMemoryGrowthDetector', () => {
  const layout = testLayout('memory:memory_bytes');
  const HOUR = 120;
  const run = (memoryOf: (hour: number) => number, hours: number): Score[] => {
    const scorer = createScorer({ stepSeconds: STEP, bank: false, seed: 1 });
    const random = seededRandom(11);
    return Array.from(
      { length: hours * HOUR },
      (_, i) => scorer.score([testFrame(layout, START + i * STEP, [memoryOf(i / HOUR) * (1 + 0.01 * gaussian(random))])])[0]!,
    );
  };
  const hits = (scores: readonly Score[]) =>
    scores.filter((score) => score.value >= 1 && score.contributors.some(({ detector }) => detector === 'memory_growth'));

  it('finds a leak that takes hours, once it has left the band of the day', () => {
    const scores = run((hour) => 1e8 * (1 + Math.max(0, hour - 30) * 0.3), 32);
    expect(hits(scores.slice(0, 30 * HOUR))).toHaveLength(0);
    const first = scores.findIndex((score) => hits([score]).length > 0);
    expect(first / HOUR - 30).toBeGreaterThan(0.4);
    expect(first / HOUR - 30).toBeLessThan(1);
  });

  it('is silent about a saw-tooth and about a jump', () => {
    expect(hits(run((hour) => 1e8 * (1 + 0.6 * (hour % 1)), 32))).toHaveLength(0);
    expect(hits(run((hour) => 1e8 * (hour < 30 ? 1 : 1.5), 30.02))).toHaveLength(0);
  });
});

describe('createCpuSurgeDetector', () => {
  const plain = testLayout('cpu_usage_cores:cpu_cores');
  const layout = { ...plain, features: plain.features.map((feature) => ({ ...feature, unit: 'cores' })) };
  const run = (after: readonly number[], changed = false): Score[] => {
    const scorer = createScorer({ stepSeconds: 10, bank: false, seed: 1 });
    const random = seededRandom(31);
    const before = Array.from({ length: 60 }, () => 2 * (1 + 0.1 * gaussian(random)));
    return [...before, ...after].map((x, i) => {
      const parts = changed && i === before.length ? { changed: 'rollout' as const } : {};
      return scorer.score([testFrame(layout, START + i * 10, [x], parts)])[0]!;
    });
  };
  const surges = (scores: readonly Score[]): number[] =>
    scores.flatMap(({ contributors, value }, i) =>
      value >= 1 && contributors.some(({ detector }) => detector === 'cpu_surge') ? [i - 60] : [],
    );
  // A rate over a minute climbs for a minute.
  const ramp = [4, 7, 10, 13, 16];

  it('finds a miner in a workload of ten minutes, though the rate climbs slowly', () => {
    const found = surges(run([...ramp, ...Array<number>(15).fill(18)]));
    expect(found[0]).toBeGreaterThanOrEqual(6);
    expect(found[0]).toBeLessThanOrEqual(12);
  });

  it.each([
    ['half a minute', run([10, 16, 18, 16, 2, 2, 2, 2, 2, 2, 2, 2]), 0],
    ['twice the most', run(Array<number>(30).fill(5.5)), 0],
    ['what a release brings', run(Array<number>(30).fill(18), true), 0],
  ])('is silent about %s', (_, scores, count) => {
    expect(surges(scores)).toHaveLength(count);
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

  it('forgets a counter that jumped to the sky within hours', () => {
    const scores = run([{ restarts: 1e300 }, ...Array.from({ length: 200 }, () => ({}))]);
    expect(scores[0]!.value).toBeGreaterThanOrEqual(1);
    expect(scores.at(-1)!.value).toBeLessThan(0.5);
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

  it('names the one of two pods that left what the workload usually does', () => {
    const scorer = createScorer({ stepSeconds: STEP, bank: false, seed: 1 });
    const random = seededRandom(6);
    const frames = Array.from({ length: 204 }, (_, i) => {
      // Both follow a demand that swings; in the end one takes three times as much.
      const demand = 0.5 * (1 + 0.3 * Math.sin(i / 40));
      const values = ['a', 'b'].map((pod) => demand * (1 + 0.03 * gaussian(random)) * (pod === 'b' && i >= 200 ? 3 : 1));
      const pods = values.map((value, p): PodValues => ({ pod: 'ab'[p]!, values: Float64Array.of(value) }));
      return scorer.score([testFrame(layout, START + i * STEP, [(values[0]! + values[1]!) / 2], { pods, replicas: 2 })])[0]!;
    });
    expect(frames.slice(0, 200).every((score) => !(score.value >= 1))).toBe(true);
    const peers = frames.slice(200).flatMap(({ contributors }) => contributors.filter(({ detector }) => detector === 'peer'));
    expect(peers.length).toBeGreaterThan(0);
    expect(peers.every(({ pod }) => pod === 'b')).toBe(true);
  });

  it('needs less for a pod at its CPU limit', () => {
    const ratios = testLayout('pod_cpu_limit_usage_ratio:ratio');
    const margin = (scale: number): number => {
      const scorer = createScorer({ stepSeconds: STEP, bank: false, seed: 1 });
      const random = seededRandom(4);
      const scores = Array.from({ length: 201 }, (_, i) => {
        const pods = names.map((pod): PodValues => {
          const ratio = scale * (pod === 'c' && i === 200 ? 0.9 : 0.4) * (1 + 0.1 * gaussian(random));
          return { pod, values: Float64Array.of(ratio) };
        });
        return scorer.score([testFrame(ratios, START + i * STEP, [0.4 * scale], { pods, replicas: 4 })])[0]!;
      });
      return scores.at(-1)!.value;
    };
    expect(margin(1)).toBeGreaterThan(1.15 * margin(0.5));
  });

  it('goes on after a restart as if there had been none', () => {
    const more = (pod: string, i: number) => (pod === 'a' ? 4 : 0.5) * (pod === 'c' && i >= 200 ? 3 : 1);
    const random = seededRandom(8);
    const frames = Array.from({ length: 204 }, (_, i) => {
      const pods = names.map((pod): PodValues => ({ pod, values: Float64Array.of(more(pod, i) * (1 + 0.05 * gaussian(random))) }));
      return testFrame(layout, START + i * STEP, [0.5], { pods, replicas: 4 });
    });
    const first = createScorer({ stepSeconds: STEP, bank: false, seed: 1 });
    first.score(frames.slice(0, 200));
    const second = createScorer({ stepSeconds: STEP, bank: false, seed: 1 });
    for (const snapshot of first.snapshot()) second.restore({ ...snapshot, header: JSON.parse(JSON.stringify(snapshot.header)) });
    const [went, came] = [first, second].map((scorer) => scorer.score(frames.slice(200)).map(({ value }) => value));
    for (const [i, value] of came!.entries()) expect(value).toBeCloseTo(went![i]!, 2);
    expect(Math.max(...came!)).toBeGreaterThanOrEqual(1);
  });

  it('accepts a pod that has always been different', () => {
    expect(run(400, (pod) => (pod === 'a' ? 4 : 0.5)).every((score) => !(score.value >= 1))).toBe(true);
  });

  it('gives a new pod time to warm up', () => {
    expect(run(200, (pod, i) => (pod === 'd' && i >= 200 ? 4 : 0.5), { late: 'd' }).every((score) => !(score.value >= 1))).toBe(true);
  });
});
