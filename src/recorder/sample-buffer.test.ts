import { describe, expect, it } from '@jest/globals';
import type { FrameLayout, WorkloadFrame, WorkloadKey } from '../conventions/index.ts';
import { createSampleBuffer } from './sample-buffer.ts';

const LAYOUT: FrameLayout = {
  version: '1',
  features: [
    { name: 'z_feature', unit: '', unitClass: 'other' },
    { name: 'a_feature', unit: '', unitClass: 'other' },
  ],
};
const KEY: WorkloadKey = { namespace: 'n', workload: 'w', workloadKind: 'Deployment' };
const frame = (timeMs: number, values: number[], rest: Partial<WorkloadFrame> = {}): WorkloadFrame => ({
  key: KEY,
  timeMs,
  layout: LAYOUT,
  values: Float64Array.from(values),
  replicas: 1,
  ...rest,
});
const drained = (...frames: WorkloadFrame[]) => {
  const buffer = createSampleBuffer();
  for (const each of frames) buffer.add(each);
  return buffer.drain().map(({ family, text, timesMs, values }) => [family, text, timesMs, values]);
};

describe('createSampleBuffer', () => {
  it('gives series by family, then labels, with samples in rising time and no missing ones', () => {
    expect(drained(frame(1000, [1, Number.NaN]), frame(2000, [2, 20]))).toEqual([
      ['a_feature', 'namespace="n",workload="w",workload_kind="Deployment"', [2000], [20]],
      ['z_feature', 'namespace="n",workload="w",workload_kind="Deployment"', [1000, 2000], [1, 2]],
    ]);
  });

  it('keeps pods apart where there are several', () => {
    const pods = ['p-2', 'p-1'].map((pod, i) => ({ pod, values: Float64Array.of(i, Number.NaN) }));
    expect(drained(frame(1000, [0.5, Number.NaN], { pods }))).toEqual([
      ['z_feature', 'namespace="n",pod="p-1",workload="w",workload_kind="Deployment"', [1000], [1]],
      ['z_feature', 'namespace="n",pod="p-2",workload="w",workload_kind="Deployment"', [1000], [0]],
    ]);
  });

  it('names a node and an entity of labels so that evaluate finds them', () => {
    const node = { namespace: '', workload: 'node-1', workloadKind: 'Node' };
    const rack = { namespace: '', workload: '', workloadKind: '', entity: { rack: 'r', host: 'h' } };
    expect(drained(frame(0, [1, Number.NaN], { key: node }), frame(0, [1, Number.NaN], { key: rack })).map(([, text]) => text)).toEqual([
      'host="h",rack="r",workload="r/h"',
      'workload="node-1",workload_kind="Node"',
    ]);
  });

  it('counts its samples and is empty after a drain', () => {
    const buffer = createSampleBuffer();
    buffer.add(frame(0, [1, 2]));
    expect(buffer.samples).toBe(2);
    buffer.drain();
    expect([buffer.samples, buffer.drain()]).toEqual([0, []]);
  });
});
