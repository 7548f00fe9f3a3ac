import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Labels } from '../../conventions/index.ts';
import { type ClusterPlan, planCluster } from './cluster-plan.ts';
import type { PlannedEvent, ScenarioKind } from './scenarios.ts';
import { createSimulation, type Simulation } from './simulation.ts';

const STEP_MS = 30_000;
const START_MS = Date.UTC(2026, 0, 5);
const HOUR_STEPS = 120;

interface Sample {
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: number;
}

interface Run {
  readonly simulation: Simulation;
  readonly samples: readonly Sample[];
  readonly stale: readonly { readonly labels: Labels; readonly timeMs: number }[];
}

const run = (plan: ClusterPlan, steps: number, events: readonly PlannedEvent[] = []): Run => {
  const simulation = createSimulation(plan, { stepMs: STEP_MS, startMs: START_MS, events });
  const samples: Sample[] = [];
  const stale: { labels: Labels; timeMs: number }[] = [];
  for (let step = 0; step < steps; step++) {
    const batch = simulation.step();
    for (let i = 0; i < batch.count; i++) {
      samples.push({
        labels: simulation.series.labels[batch.series[i] as number] as Labels,
        timeMs: batch.timesMs[i] as number,
        value: batch.values[i] as number,
      });
    }
    for (const marker of batch.stale) stale.push({ labels: simulation.series.labels[marker.series] as Labels, timeMs: marker.timeMs });
  }
  return { simulation, samples, stale };
};

const indexOf = (plan: ClusterPlan, archetype: string): number => plan.workloads.findIndex((workload) => workload.archetype === archetype);
const named = (samples: readonly Sample[], name: string, where: Partial<Labels> = {}): Sample[] =>
  samples.filter(({ labels }) => labels.__name__ === name && Object.entries(where).every(([key, value]) => labels[key] === value));
const podsOf = (samples: readonly Sample[], workload: string): Set<string> =>
  new Set(named(samples, 'kube_pod_owner').flatMap(({ labels }) => (labels.pod?.startsWith(`${workload}-`) ? [labels.pod] : [])));
const event = (kind: ScenarioKind, target: number, minute: number, minutes: number, variant?: 'rollout'): PlannedEvent => ({
  kind,
  target,
  startMs: START_MS + minute * 60_000 + 7000,
  endMs: START_MS + (minute + minutes) * 60_000,
  ...(variant ? { variant } : {}),
});
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
/** Increase per second of a summed counter between two minutes. */
const rateOf = (samples: readonly Sample[], name: string, where: Partial<Labels>, fromMinute: number, toMinute: number): number => {
  const inside = named(samples, name, where).filter(
    ({ timeMs }) => timeMs >= START_MS + fromMinute * 60_000 && timeMs < START_MS + toMinute * 60_000,
  );
  const bySeries = new Map<Labels, Sample[]>();
  for (const sample of inside) bySeries.set(sample.labels, [...(bySeries.get(sample.labels) ?? []), sample]);
  let sum = 0;
  for (const own of bySeries.values()) {
    const [first, last] = [own[0] as Sample, own.at(-1) as Sample];
    if (last.timeMs > first.timeMs) sum += ((last.value - first.value) * 1000) / (last.timeMs - first.timeMs);
  }
  return sum;
};

/** Noise that leaves single effects readable. */
const CALM = { seed: 11, workloads: 12, noise: ['calm'] } as const;

describe('createSimulation', () => {
  const plan = planCluster(CALM);
  let clean: Run;
  beforeAll(() => {
    clean = run(plan, HOUR_STEPS);
  });

  it('gives the same samples for the same seed and others for another', () => {
    const again = run(plan, 20);
    const first = clean.samples.slice(0, again.samples.length);
    expect(again.samples.map(({ value }) => value)).toEqual(first.map(({ value }) => value));
    const other = run(planCluster({ ...CALM, seed: 12 }), 20);
    expect(other.samples.map(({ value }) => value)).not.toEqual(again.samples.map(({ value }) => value));
  });

  it('keeps the times of a series rising and its values finite', () => {
    const last = new Map<Labels, number>();
    for (const { labels, timeMs, value } of clean.samples) {
      if (timeMs <= (last.get(labels) ?? 0) || !Number.isFinite(value)) throw new Error(`${labels.__name__} at ${timeMs}: ${value}`);
      last.set(labels, timeMs);
    }
    expect(last.size).toBeGreaterThan(1000);
  });

  it('lets no counter fall while nothing restarts', () => {
    const last = new Map<Labels, number>();
    for (const { labels, value } of clean.samples) {
      if (!labels.__name__?.endsWith('_total')) continue;
      if (value < (last.get(labels) ?? 0)) throw new Error(`${labels.__name__} of ${labels.pod} fell to ${value}`);
      last.set(labels, value);
    }
    expect(last.size).toBeGreaterThan(500);
  });

  it('carries the families and labels that cAdvisor, kube-state-metrics, node_exporter and an application have', () => {
    const cpu = named(clean.samples, 'container_cpu_usage_seconds_total', { container: 'frontend' })[0];
    expect(cpu?.labels).toMatchObject({ namespace: 'shop', cpu: 'total', job: 'kubelet', metrics_path: '/metrics/cadvisor' });
    expect(named(clean.samples, 'container_cpu_usage_seconds_total').some(({ labels }) => labels.container === undefined)).toBe(true);
    expect(named(clean.samples, 'kube_replicaset_owner', { owner_name: 'frontend', owner_kind: 'Deployment' }).length).toBeGreaterThan(0);
    expect(named(clean.samples, 'kube_job_owner', { owner_kind: 'CronJob', owner_name: 'report' }).length).toBeGreaterThan(0);
    expect(named(clean.samples, 'http_request_duration_seconds_bucket', { le: '+Inf' }).length).toBeGreaterThan(0);
    expect(named(clean.samples, 'node_cpu_seconds_total', { mode: 'idle', cpu: '0' }).length).toBeGreaterThan(0);
    expect(new Set(named(clean.samples, 'node_uname_info').map(({ labels }) => labels.nodename)).size).toBe(plan.nodes.length);
  });

  it('keeps buckets cumulative and the count equal to the last one', () => {
    const buckets = named(clean.samples, 'http_request_duration_seconds_bucket', { container: 'frontend' });
    const at = new Map<string, number[]>();
    for (const { labels, timeMs, value } of buckets)
      at.set(`${labels.pod}/${timeMs}`, [...(at.get(`${labels.pod}/${timeMs}`) ?? []), value]);
    expect(at.size).toBeGreaterThan(50);
    for (const values of at.values()) expect([...values].sort((a, b) => a - b)).toEqual(values);
    const count = named(clean.samples, 'http_request_duration_seconds_count', { container: 'frontend' })[0] as Sample;
    expect(at.get(`${count.labels.pod}/${count.timeMs}`)?.at(-1)).toBe(count.value);
  });

  it('lets a node use what its pods use', () => {
    const node = plan.nodes[0]?.name ?? '';
    const pods = rateOf(clean.samples, 'container_cpu_usage_seconds_total', { node, cpu: 'total' }, 10, 55) / 2;
    const busy = (plan.nodes[0]?.cores ?? 0) - rateOf(clean.samples, 'node_cpu_seconds_total', { instance: node, mode: 'idle' }, 10, 55);
    expect(busy).toBeGreaterThan(pods);
    expect(busy).toBeLessThan(pods + 0.2 * (plan.nodes[0]?.cores ?? 0));
  });

  it('scrapes each target at its own place in the interval, late by milliseconds', () => {
    const places = named(clean.samples, 'node_uname_info').map(({ labels, timeMs }) => ({
      node: labels.nodename,
      place: timeMs % STEP_MS,
    }));
    const first = places.filter(({ node }) => node === 'node-1').map(({ place }) => place);
    const second = places.filter(({ node }) => node === 'node-2').map(({ place }) => place);
    expect(Math.abs(median(first) - median(second))).toBeGreaterThan(50);
    expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(0);
    expect(Math.max(...first) - Math.min(...first)).toBeLessThan(1000);
  });

  it('replaces pods under new names in a rollout and marks the old series as stale', () => {
    const target = indexOf(plan, 'web');
    const { samples, stale } = run(plan, 60, [event('rollout', target, 10, 10)]);
    const [before, after] = [podsOf(clean.samples, 'frontend'), podsOf(samples, 'frontend')];
    const fresh = [...after].filter((pod) => !before.has(pod));
    expect(fresh.length).toBe(before.size);
    expect(new Set(fresh.map((pod) => pod.split('-').at(-2)))).not.toEqual(new Set([...before].map((pod) => pod.split('-').at(-2))));
    const marked = new Set(stale.filter(({ labels }) => labels.__name__ === 'kube_pod_owner').map(({ labels }) => labels.pod));
    expect([...before].every((pod) => marked.has(pod))).toBe(true);
  });

  it('leaves workloads alone that an event has nothing to do with', () => {
    const target = indexOf(plan, 'database');
    const { samples } = run(plan, 60, [event('exfiltration', target, 10, 10)]);
    const own = (all: readonly Sample[]): number[] =>
      named(all, 'container_network_transmit_bytes_total')
        .filter(({ labels, timeMs }) => labels.pod?.startsWith('frontend-') && timeMs < START_MS + 30 * 60_000)
        .map(({ value }) => value);
    expect(own(samples)).toEqual(own(clean.samples));
  });
});

describe('scenarios', () => {
  const plan = planCluster(CALM);
  const web = indexOf(plan, 'web');
  const cpuRate = (samples: readonly Sample[], pod: string, from: number, to: number): number =>
    rateOf(samples, 'container_cpu_usage_seconds_total', { pod, container: 'frontend' }, from, to);

  it('lets a miner take most of the free CPU of its pods', () => {
    const { samples, simulation } = run(plan, 80, [event('miner', web, 15, 20)]);
    const truth = simulation.truth[0];
    const pod = truth?.pods[0] ?? [...podsOf(samples, 'frontend')][0] ?? '';
    expect(cpuRate(samples, pod, 17, 33)).toBeGreaterThan(cpuRate(samples, pod, 2, 14) + 0.9 * (truth?.strength.cpuCores ?? 99));
    expect(truth).toMatchObject({
      kind: 'miner',
      benign: false,
      workload: 'frontend',
      workloadKind: 'Deployment',
      first: ['cpu', 'cpu_limit'],
    });
  });

  it('restarts a crashing container with waits that double, and says why it waits', () => {
    const { samples, simulation } = run(plan, 80, [event('crash_loop', web, 10, 25)]);
    const pod = simulation.truth[0]?.pods[0] ?? [...podsOf(samples, 'frontend')][0] ?? '';
    const restarts = named(samples, 'kube_pod_container_status_restarts_total', { pod });
    const at = (minute: number): number => restarts.findLast(({ timeMs }) => timeMs < START_MS + minute * 60_000)?.value ?? Number.NaN;
    expect(at(10)).toBe(0);
    expect(at(11.5)).toBeGreaterThanOrEqual(2);
    // 10 + 20 + 40 + 80 + 160 + 300 + 300 s and the runs between them.
    expect(at(35)).toBeGreaterThanOrEqual(6);
    expect(at(35)).toBeLessThanOrEqual(10);
    expect(named(samples, 'kube_pod_container_status_waiting_reason', { pod, reason: 'CrashLoopBackOff' }).length).toBeGreaterThan(10);
    expect(named(samples, 'kube_pod_container_status_last_terminated_reason', { pod, reason: 'Error' }).length).toBeGreaterThan(10);
  });

  it('restarts once, without a wait, for a benign restart', () => {
    const { samples, simulation } = run(plan, 80, [event('restart', web, 10, 10)]);
    const pod = simulation.truth[0]?.pods[0] ?? '';
    expect(named(samples, 'kube_pod_container_status_restarts_total', { pod }).at(-1)?.value).toBe(1);
    expect(named(samples, 'kube_pod_container_status_waiting_reason', { pod, reason: 'CrashLoopBackOff' })).toEqual([]);
    expect(simulation.truth[0]?.benign).toBe(true);
  });

  it('fills memory to the limit in a leak, gets killed, and is visible some time after its start', () => {
    const target = indexOf(plan, 'jvm');
    const name = plan.workloads[target]?.name ?? '';
    const { samples, simulation } = run(plan, 6 * HOUR_STEPS, [event('leak', target, 150, 120)]);
    const truth = simulation.truth.find(({ kind }) => kind === 'leak');
    expect(
      named(samples, 'kube_pod_container_status_last_terminated_reason', { container: name, reason: 'OOMKilled' }).length,
    ).toBeGreaterThan(0);
    expect(truth?.visibleFromMs).toBeGreaterThan((truth?.startMs ?? 0) + 60_000);
    expect(truth?.visibleFromMs).toBeLessThan(truth?.endMs ?? 0);
  });

  it('multiplies requests in a flood and refuses what it cannot serve', () => {
    const { samples } = run(plan, 80, [event('flood', web, 15, 15)]);
    const rate = (code: string, from: number, to: number): number =>
      rateOf(samples, 'http_requests_total', { container: 'frontend', code }, from, to);
    expect(rate('200', 17, 29) + rate('503', 17, 29)).toBeGreaterThan(3 * rate('200', 2, 14));
    expect(rate('503', 2, 14)).toBe(0);
  });

  it('throttles when the limit is cut, and shows the new limit', () => {
    const target = plan.workloads.findIndex(({ cpuLimitCores, kind }) => cpuLimitCores !== undefined && kind === 'Deployment');
    const container = plan.workloads[target]?.name ?? '';
    const { samples } = run(plan, 80, [event('throttling', target, 15, 15)]);
    const share = (from: number, to: number): number =>
      rateOf(samples, 'container_cpu_cfs_throttled_periods_total', { container }, from, to) /
      rateOf(samples, 'container_cpu_cfs_periods_total', { container }, from, to);
    expect(share(17, 29)).toBeGreaterThan(0.5);
    expect(share(2, 14)).toBeLessThan(0.2);
    const limits = named(samples, 'kube_pod_container_resource_limits', { container, resource: 'cpu' });
    expect(new Set(limits.map(({ value }) => value)).size).toBe(2);
  });

  it('lets a miner begin with a rollout: only new pods carry it', () => {
    const { samples, simulation } = run(plan, 80, [event('miner', web, 10, 25, 'rollout')]);
    const truth = simulation.truth[0];
    const before = podsOf(
      samples.filter(({ timeMs }) => timeMs < START_MS + 9 * 60_000),
      'frontend',
    );
    expect(truth?.pods.length).toBe(before.size);
    expect(truth?.pods.some((pod) => before.has(pod))).toBe(false);
    expect(truth?.startMs).toBeGreaterThan(START_MS + 10 * 60_000 + 7000);
  });

  it('leaves the old pods standing when a release crashes', () => {
    const { samples, simulation } = run(plan, 60, [event('crash_loop', web, 10, 15, 'rollout')]);
    const before = podsOf(
      samples.filter(({ timeMs }) => timeMs < START_MS + 9 * 60_000),
      'frontend',
    );
    const late = podsOf(
      samples.filter(({ timeMs }) => timeMs > START_MS + 20 * 60_000 && timeMs < START_MS + 24 * 60_000),
      'frontend',
    );
    expect([...before].every((pod) => late.has(pod))).toBe(true);
    expect(late.size).toBe(before.size + 1);
    const crashing = simulation.truth[0]?.pods[0] ?? '';
    expect(
      named(samples, 'kube_pod_container_status_waiting_reason', { pod: crashing, reason: 'CrashLoopBackOff' }).length,
    ).toBeGreaterThan(3);
  });

  it('moves the pods of a drained node to others', () => {
    const { samples } = run(plan, 60, [event('node_drain', 0, 10, 15)]);
    const onNode = (from: number, to: number): number =>
      new Set(
        named(samples, 'kube_pod_info', { node: 'node-1' })
          .filter(
            ({ timeMs, labels }) =>
              timeMs > START_MS + from * 60_000 && timeMs < START_MS + to * 60_000 && labels.created_by_kind !== 'DaemonSet',
          )
          .map(({ labels }) => labels.pod),
      ).size;
    expect(onNode(5, 9)).toBeGreaterThan(0);
    expect(onNode(14, 24)).toBe(0);
  });

  it('takes the CPU of a whole node for a noisy neighbour, so that its pods wait', () => {
    const { samples, simulation } = run(plan, 60, [event('noisy_neighbour', 0, 10, 15)]);
    const idle = (from: number, to: number): number =>
      rateOf(samples, 'node_cpu_seconds_total', { instance: 'node-1', mode: 'idle' }, from, to);
    expect(idle(12, 24)).toBeLessThan(0.15 * idle(1, 9));
    expect(simulation.truth[0]).toMatchObject({ namespace: '', workload: 'node-1', workloadKind: 'Node' });
  });
});
