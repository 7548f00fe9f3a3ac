import type { LabelMatcher, Labels, Selector, Series } from '../../src/conventions/index.ts';
import { seededRandom } from '../../src/platform/index.ts';
import type { ReadRequest, SeriesSource } from '../../src/prometheus/index.ts';

export const STEP_MS = 30_000;

/** What a small cluster's Prometheus holds: two Deployments of one and three pods, and a node. The CPU of `cart` rises tenfold between two times. */
export const clusterSeries = (startMs: number, steps: number, fault: { readonly fromMs: number; readonly toMs: number }): Series[] => {
  const random = seededRandom(17);
  const times = Float64Array.from({ length: steps }, (_, i) => startMs + i * STEP_MS);
  const gauge = (labels: Labels, level: number): Series => ({
    labels,
    timesMs: times,
    values: times.map(() => level * (1 + 0.05 * random())),
  });
  const constant = (labels: Labels): Series => ({ labels, timesMs: times, values: times.map(() => 1) });
  const counter = (labels: Labels, rate: (timeMs: number) => number): Series => {
    let total = 1000 * random();
    return { labels, timesMs: times, values: times.map((time) => (total += (rate(time) * (1 + 0.05 * random()) * STEP_MS) / 1000)) };
  };
  const pod = (workload: string, name: string, cores: (timeMs: number) => number): Series[] => [
    counter({ __name__: 'container_cpu_usage_seconds_total', namespace: 'shop', pod: name, container: 'app' }, cores),
    gauge({ __name__: 'container_memory_working_set_bytes', namespace: 'shop', pod: name, container: 'app' }, 1e8),
    constant({
      __name__: 'kube_pod_owner',
      namespace: 'shop',
      pod: name,
      owner_kind: 'ReplicaSet',
      owner_name: `${workload}-5d`,
      owner_is_controller: 'true',
    }),
  ];
  const deployment = (workload: string): Series =>
    constant({
      __name__: 'kube_replicaset_owner',
      namespace: 'shop',
      replicaset: `${workload}-5d`,
      owner_kind: 'Deployment',
      owner_name: workload,
      owner_is_controller: 'true',
    });
  const inFault = (time: number): boolean => time >= fault.fromMs && time < fault.toMs;
  return [
    deployment('cart'),
    ...pod('cart', 'cart-5d-a', (time) => (inFault(time) ? 2 : 0.2)),
    deployment('web'),
    ...['a', 'b', 'c'].flatMap((id) => pod('web', `web-5d-${id}`, () => 0.4)),
    gauge({ __name__: 'node_memory_MemAvailable_bytes', instance: 'node-1:9100' }, 4e9),
    gauge({ __name__: 'node_memory_MemTotal_bytes', instance: 'node-1:9100' }, 8e9),
    constant({ __name__: 'node_uname_info', instance: 'node-1:9100', nodename: 'node-1' }),
  ];
};

const matches = ({ name, type, value }: LabelMatcher, labels: Labels): boolean => {
  const label = labels[name] ?? '';
  if (type === '=' || type === '!=') return (label === value) === (type === '=');
  return new RegExp(`^(?:${value})$`).test(label) === (type === '=~');
};

/** Answers from memory in slices of ten minutes. `onSlice` may throw, as a server that goes away. */
export const createMemorySource = (series: readonly Series[], onSlice: (endMs: number) => void = () => undefined): SeriesSource => {
  const cut = ({ labels, timesMs, values }: Series, startMs: number, endMs: number): Series => {
    const from = timesMs.findIndex((time) => time >= startMs);
    const after = timesMs.findIndex((time) => time > endMs);
    const to = after < 0 ? timesMs.length : after;
    return from < 0 || to <= from
      ? { labels, timesMs: new Float64Array(0), values: new Float64Array(0) }
      : { labels, timesMs: timesMs.subarray(from, to), values: values.subarray(from, to) };
  };
  const answer = (selectors: readonly Selector[], startMs: number, endMs: number) =>
    selectors.map((selector, index) => ({
      selector: index,
      series: series
        .filter(({ labels }) => selector.every((matcher) => matches(matcher, labels)))
        .map((one) => cut(one, startMs, endMs))
        .filter(({ values }) => values.length > 0),
    }));
  const SLICE_MS = 600_000;
  return {
    rung: 'streamed',
    close: async () => undefined,
    read: async ({ selectors, startMs, endMs }) => answer(selectors, startMs, endMs),
    async *readSlices({ selectors, startMs, endMs }: ReadRequest, signal?: AbortSignal) {
      for (let from = startMs; from <= endMs; from += SLICE_MS) {
        signal?.throwIfAborted();
        const to = Math.min(endMs, from + SLICE_MS - 1);
        onSlice(to);
        yield { startMs: from, endMs: to, results: answer(selectors, from, to) };
      }
    },
  };
};
