import { createHash } from 'node:crypto';
import { seededRandom } from '../../src/platform/index.ts';
import { encodeLabels } from '../../src/prometheus/wire/encode-labels.ts';
import type { LoadSeries } from '../exporter/recorded-load.ts';

const hex = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length);

/** CPU counters of containers with all the labels that cAdvisor gives them, about 650 bytes a series. */
export const containerCounters = (count: number, seed: number): LoadSeries[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const rate = random() * 2;
    const phase = random() * 6.28;
    const service = i % 997;
    const pod = `service-${service}-${hex(`rs${service}`, 10)}-${hex(`pod${i}`, 5)}`;
    const uid = hex(`uid${i}`, 36);
    const labelBytes = encodeLabels({
      __name__: 'container_cpu_usage_seconds_total',
      container: `app-${service % 31}`,
      cpu: 'total',
      endpoint: 'https-metrics',
      id: `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid}.slice/cri-containerd-${hex(`id${i}`, 64)}.scope`,
      image: `registry.example.com/team-${service % 40}/service-${service}@sha256:${hex(`image${service}`, 64)}`,
      instance: `10.0.${i % 250}.17:10250`,
      job: 'kubelet',
      metrics_path: '/metrics/cadvisor',
      name: hex(`id${i}`, 64),
      namespace: `team-${service % 40}`,
      node: `worker-${i % 250}.cluster.example.com`,
      pod,
      service: 'kubelet',
    });
    // Rising, with six decimals: what the kernel's nanoseconds are rounded to.
    const valueAt = (timeMs: number): number => {
      const seconds = timeMs / 1000 - 1.6e9;
      return Math.round((rate * (seconds + 200 * Math.sin(seconds / 900 + phase)) + 1e3) * 1e6) / 1e6;
    };
    return { labelBytes, valueAt };
  });
};
