import type { Labels } from '../../src/conventions/index.ts';
import { planCluster } from '../../src/demo/simulator/index.ts';
import { type Random, seededRandom } from '../../src/platform/index.ts';
import { type PathResult, runPath, type Sample, START_MS, STEP_MS, type Stream, streamsOf } from './support/poisoned-path.ts';

const SEED = 20260713;
const STEPS = 110;
/** Poison is given from here to there, so that there is a past to spoil and a time after it. */
const FROM_MS = START_MS + 30 * STEP_MS;
const TO_MS = START_MS + 75 * STEP_MS;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEAR_MS = 365 * 24 * HOUR_MS;

const PLAN = planCluster({ seed: SEED, workloads: 9 });
const ON_TIME = Array.from({ length: STEPS }, (_, step) => START_MS + (step + 1) * STEP_MS + 3000);

/** Every third workload and the first node are poisoned. */
const VICTIMS = PLAN.workloads.filter((_, i) => i % 3 === 0).map(({ name }) => `${name}-`);
const VICTIM_NODE = PLAN.nodes[0]!;
const ofVictim = (labels: Labels): boolean => {
  const { pod = '', replicaset = '', job_name: job = '', __name__: name = '' } = labels;
  if (name.startsWith('node_'))
    return [labels.instance, labels.node].some((text) => text?.startsWith(VICTIM_NODE.ip) || text === VICTIM_NODE.name);
  return VICTIMS.some((victim) => [pod, replicaset, job].some((text) => text.startsWith(victim)));
};
const isVictim = (id: string, { keys }: PathResult): boolean => {
  const key = keys.get(id)!;
  return key.workloadKind === 'Node' ? key.workload === VICTIM_NODE.name : VICTIMS.some((victim) => `${key.workload}-`.startsWith(victim));
};

/** As kube-state-metrics writes it. */
const NO_OWNER = { owner_is_controller: '<none>', owner_kind: '<none>', owner_name: '<none>' };

type Spoil = (sample: Sample, random: Random) => readonly Sample[];

/** Spoils a share of the victims' samples. */
const spoil = (streams: readonly Stream[], share: number, change: Spoil): Stream[] => {
  const random = seededRandom(SEED);
  return streams.map((stream) =>
    ofVictim(stream.labels)
      ? {
          ...stream,
          samples: stream.samples.flatMap((sample) =>
            sample.timeMs >= FROM_MS && sample.timeMs < TO_MS && random() < share ? change(sample, random) : [sample],
          ),
        }
      : stream,
  );
};
const to =
  (value: number): Spoil =>
  (sample) => [{ ...sample, value }];
const later =
  (ms: number): Spoil =>
  (sample) => [{ ...sample, timeMs: sample.timeMs + ms }];

interface Poison {
  readonly says: string;
  readonly share: number;
  readonly change: Spoil;
  /** Nobody is to notice anything. */
  readonly harmless?: true;
  /** What has to have been counted. */
  readonly counts?: 'badSamples' | 'lateSamples' | 'duplicateSamples' | 'counterResets';
}

const POISONS: readonly Poison[] = [
  { says: 'NaN', share: 0.3, change: to(Number.NaN), counts: 'badSamples' },
  {
    says: '+Inf and -Inf',
    share: 0.3,
    change: (sample, random) => to(random() < 0.5 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY)(sample, random),
    counts: 'badSamples',
  },
  { says: '1e308', share: 0.3, change: to(1e308), counts: 'badSamples' },
  { says: 'NaN alone', share: 1, change: to(Number.NaN), counts: 'badSamples' },
  { says: 'the largest value that is taken', share: 0.3, change: to(1e300) },
  { says: 'values that overflow when squared', share: 0.3, change: (sample, random) => to(10 ** (30 + 270 * random()))(sample, random) },
  { says: 'values that overflow single precision', share: 0.3, change: (sample, random) => to(10 ** (20 + 20 * random()))(sample, random) },
  { says: 'the smallest values there are', share: 0.3, change: to(5e-324) },
  { says: 'both ends of the range in turn', share: 1, change: (sample, random) => to(random() < 0.5 ? 1e300 : -1e300)(sample, random) },
  { says: 'counter resets at every second sample', share: 0.5, change: to(0), counts: 'counterResets' },
  { says: 'samples twice', share: 0.5, change: (sample) => [sample, sample], harmless: true, counts: 'duplicateSamples' },
  {
    says: 'two values for one time',
    share: 0.5,
    change: (sample) => [sample, { ...sample, value: -sample.value }],
    harmless: true,
    counts: 'duplicateSamples',
  },
  {
    says: 'samples that come minutes late',
    share: 0.5,
    change: (sample, random) => [{ ...sample, seenMs: sample.seenMs + random() * 10 * MINUTE_MS }],
  },
  {
    says: 'samples in the wrong order',
    share: 0.5,
    change: (sample) => [{ ...sample, timeMs: sample.timeMs + 2000 }, sample],
    counts: 'lateSamples',
  },
  { says: 'a clock that is 20 minutes ahead', share: 1, change: later(20 * MINUTE_MS) },
  { says: 'a clock that is 20 minutes behind', share: 1, change: later(-20 * MINUTE_MS) },
  { says: 'a clock that jumps to and fro', share: 1, change: (sample, random) => later((random() - 0.5) * 20 * MINUTE_MS)(sample, random) },
  {
    says: 'a clock that is years off',
    share: 0.5,
    change: (sample, random) => later(random() < 0.5 ? 50 * YEAR_MS : -50 * YEAR_MS)(sample, random),
  },
  {
    says: 'times that are none',
    share: 0.3,
    change: (sample, random) => [{ ...sample, timeMs: random() < 0.5 ? Number.NaN : Number.POSITIVE_INFINITY }],
  },
];

/** Workloads whose series are all among the victims' or all among the others'. */
const idsOf = (result: PathResult, victims: boolean): string[] =>
  [...result.tracks.keys()].filter((id) => isVictim(id, result) === victims);

/** How many scores of the clean run the other one was to give too, and those that it gave otherwise. */
const compare = (
  clean: PathResult,
  other: PathResult,
  ids: readonly string[],
): { readonly compared: number; readonly differing: string[] } => {
  let compared = 0;
  const differing: string[] = [];
  for (const id of ids) {
    for (const [timeMs, value] of clean.tracks.get(id) ?? []) {
      compared++;
      const found = other.tracks.get(id)?.get(timeMs);
      if (!Object.is(found, value)) differing.push(`${id} at ${timeMs}: ${value} without poison, ${found} with it`);
    }
  }
  return { compared, differing };
};

const expectUntouched = (clean: PathResult, other: PathResult): void => {
  const { compared, differing } = compare(clean, other, idsOf(clean, false));
  expect(differing.slice(0, 5)).toEqual([]);
  expect(compared).toBeGreaterThan(500);
};

/** Ready scores of the last instants, by workload. */
const scoredAtEnd = ({ tracks }: PathResult): string[] => {
  const sinceMs = START_MS + (STEPS - 5) * STEP_MS;
  return [...tracks].filter(([, track]) => [...track].some(([timeMs, value]) => timeMs >= sinceMs && value >= 0)).map(([id]) => id);
};

const most = (held: PathResult['held'], name: keyof PathResult['held'][number]): number => Math.max(...held.map((one) => one[name]));

describe('exporter path', () => {
  const streams = streamsOf(PLAN, STEPS);
  let clean: PathResult;

  beforeAll(async () => {
    console.log(`seed ${SEED}`);
    clean = await runPath(streams, { clockMs: ON_TIME });
    expect(clean.faults).toEqual([]);
    expect(idsOf(clean, true).length).toBeGreaterThanOrEqual(3);
    expect(scoredAtEnd(clean).length).toBeGreaterThanOrEqual(9);
  });

  it.each(POISONS)('takes $says from some, and scores the others as if nothing were', async ({ share, change, counts, harmless }) => {
    const poisoned = await runPath(spoil(streams, share, change), { clockMs: ON_TIME });
    expect(poisoned.faults.slice(0, 5)).toEqual([]);
    expectUntouched(clean, poisoned);
    // The poison has come as far as the scores, or this says nothing.
    const { differing } = compare(clean, poisoned, idsOf(clean, true));
    if (harmless) expect(differing).toEqual([]);
    else expect(differing.length).toBeGreaterThan(10);
    // Afterwards the victims are scored like the rest.
    expect(scoredAtEnd(poisoned)).toEqual(expect.arrayContaining(scoredAtEnd(clean)));
    if (counts) expect(poisoned.stats[counts]).toBeGreaterThan(clean.stats[counts] + 100);
    expect(most(poisoned.held, 'series')).toBeLessThanOrEqual(most(clean.held, 'series'));
    expect(most(poisoned.held, 'workloads')).toBeLessThanOrEqual(most(clean.held, 'workloads') + VICTIMS.length);
  });

  const JUMPS = [
    { says: 'ahead by an hour and back', jumpMs: HOUR_MS, cycles: 6 },
    { says: 'ahead by a year and back', jumpMs: YEAR_MS, cycles: 3 },
    { says: 'back by an hour and forth', jumpMs: -HOUR_MS, cycles: 6 },
    { says: 'back to 1970 and forth', jumpMs: -START_MS, cycles: 3 },
  ] as const;

  it.each(JUMPS)("scores on, without an alarm, after the exporter's clock went $says", async ({ jumpMs, cycles }) => {
    const isWrong = (cycle: number): boolean => cycle >= 60 && cycle < 60 + cycles;
    const clockMs = ON_TIME.map((timeMs, cycle) => (isWrong(cycle) ? timeMs + jumpMs : timeMs));
    const jumped = await runPath(streams, { clockMs });
    expect(jumped.faults.slice(0, 5)).toEqual([]);
    // Two cycles after the clock is right again.
    const rightMs = START_MS + (60 + cycles + 2) * STEP_MS;
    const late = (result: PathResult): (readonly [string, number])[] =>
      [...result.tracks].flatMap(([id, track]) =>
        [...track].filter(([timeMs]) => timeMs >= rightMs).map(([timeMs, value]) => [`${id} at ${timeMs}`, value] as const),
      );
    const after = new Map(late(jumped));
    const before = late(clean);
    expect(before.length).toBeGreaterThan(300);
    expect(before.filter(([at]) => !after.has(at))).toEqual([]);
    expect(before.filter(([at, value]) => value < 0.9 && (after.get(at) ?? 0) >= 1)).toEqual([]);
  });

  /** The victims' pods, replaced every few steps: each name lives for that long. */
  const churn = (steps: number): Stream[] =>
    streams.flatMap((stream) => {
      const { labels, samples } = stream;
      if (!ofVictim(labels) || labels.pod === undefined) return [stream];
      const generations = new Map<number, Sample[]>();
      for (const sample of samples) {
        const generation = Math.floor((sample.timeMs - START_MS) / (steps * STEP_MS));
        generations.set(generation, [...(generations.get(generation) ?? []), sample]);
      }
      return [...generations].map(([generation, own]) => ({
        labels: Object.freeze({ ...labels, pod: `${labels.pod}${generation}` }),
        samples: own,
        ends: [],
      }));
    });

  it('holds no more after hours in which pods are replaced every other minute than after the first half of them', async () => {
    const churned = await runPath(churn(4), { clockMs: ON_TIME });
    expect(churned.faults.slice(0, 5)).toEqual([]);
    expectUntouched(clean, churned);
    const [first, second] = [churned.held.slice(0, STEPS / 2), churned.held.slice(STEPS / 2)];
    // The same pods under the same name would be fewer: the churn has happened.
    expect(most(first, 'pods')).toBeGreaterThan(1.5 * most(clean.held, 'pods'));
    for (const what of ['series', 'pods', 'workloads', 'scored'] as const) {
      expect(most(second, what)).toBeLessThanOrEqual(1.1 * most(first, what));
    }
  });

  it('keeps to its limit of workloads when jobs come and go in hundreds', async () => {
    const jobs = Array.from({ length: 6 * STEPS }, (_, job): Stream[] => {
      const startMs = START_MS + Math.floor(job / 6) * STEP_MS;
      const pod = { namespace: 'batch', pod: `job-${job}-x7k2p` };
      const times = [1, 2, 3, 4].map((step) => startMs + step * STEP_MS - 5000);
      const stream = (labels: Labels, value: (i: number) => number): Stream => ({
        labels: Object.freeze(labels),
        samples: times.map((timeMs, i) => ({ timeMs, value: value(i), seenMs: timeMs })),
        ends: [times.at(-1)! + STEP_MS],
      });
      const owner = { owner_is_controller: 'true', owner_kind: 'Job', owner_name: `job-${job}` };
      return [
        stream({ __name__: 'container_cpu_usage_seconds_total', ...pod, container: 'app' }, (i) => 100 * i),
        stream({ __name__: 'container_memory_working_set_bytes', ...pod, container: 'app' }, () => 1e8),
        stream({ __name__: 'kube_pod_owner', ...pod, ...owner }, () => 1),
        stream({ __name__: 'kube_job_owner', namespace: 'batch', job_name: `job-${job}`, ...NO_OWNER }, () => 1),
      ];
    }).flat();
    const maxWorkloads = 60;
    const crowded = await runPath([...streams, ...jobs], { clockMs: ON_TIME, maxWorkloads });
    expect(crowded.faults.slice(0, 5)).toEqual([]);
    expectUntouched(clean, crowded);
    expect(crowded.tracks.size).toBeGreaterThan(500);
    expect(most(crowded.held, 'scored')).toBe(maxWorkloads);
  });
});
