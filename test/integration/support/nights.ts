import type { Labels, Series } from '../../../src/conventions/index.ts';
import { seededRandom } from '../../../src/platform/index.ts';

/** What a workload does beside its usual work, from one time to another: factors on its rates. */
export interface NightShift {
  readonly fromMs: number;
  readonly toMs: number;
  readonly cpu?: number;
  readonly reads?: number;
  readonly transmit?: number;
}

const STEP_MS = 150_000;
const POD = { namespace: 'shop', pod: 'ledger-5d4f-77' };
const CONTAINER = { ...POD, container: 'app' };

/** Samples of one workload, `shop/ledger`, as cAdvisor and kube-state-metrics would give them, with shifts. The same seed gives the same nights. */
export const nightSeries = (seed: number, fromMs: number, toMs: number, shifts: readonly NightShift[]): Series[] => {
  const random = seededRandom(seed);
  const times: number[] = [];
  for (let timeMs = fromMs; timeMs <= toMs; timeMs += STEP_MS) times.push(timeMs);
  const factor = (timeMs: number, of: 'cpu' | 'reads' | 'transmit'): number =>
    shifts.reduce((product, shift) => (timeMs > shift.fromMs && timeMs <= shift.toMs ? product * (shift[of] ?? 1) : product), 1);
  const counter = (name: string, labels: Labels, perSecond: number, of?: 'cpu' | 'reads' | 'transmit'): Series => {
    let total = 1000 * perSecond;
    const values = times.map((timeMs) => {
      total += (STEP_MS / 1000) * perSecond * (0.92 + 0.16 * random()) * (of ? factor(timeMs, of) : 1);
      return total;
    });
    return { labels: { __name__: name, ...labels }, timesMs: Float64Array.from(times), values: Float64Array.from(values) };
  };
  const gauge = (name: string, labels: Labels, value: () => number): Series => ({
    labels: { __name__: name, ...labels },
    timesMs: Float64Array.from(times),
    values: Float64Array.from(times, value),
  });
  return [
    counter('container_cpu_usage_seconds_total', CONTAINER, 0.4, 'cpu'),
    gauge('container_memory_working_set_bytes', CONTAINER, () => 3e8 * (0.99 + 0.02 * random())),
    counter('container_network_receive_bytes_total', { ...POD, interface: 'eth0' }, 4e4),
    counter('container_network_transmit_bytes_total', { ...POD, interface: 'eth0' }, 6e4, 'transmit'),
    counter('container_fs_reads_bytes_total', CONTAINER, 2e5, 'reads'),
    counter('container_fs_writes_bytes_total', CONTAINER, 1e5),
    gauge('kube_pod_owner', { ...POD, owner_is_controller: 'true', owner_kind: 'StatefulSet', owner_name: 'ledger' }, () => 1),
  ];
};
