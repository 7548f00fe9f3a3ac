import { describe, expect, it } from '@jest/globals';
import type { Selector } from '../../conventions/index.ts';
import { createIngestQueue, type PushedSeries } from './ingest-queue.ts';

const named = (name: string): Selector => [{ name: '__name__', type: '=', value: name }];
const SELECTORS: readonly Selector[] = [
  named('depth'),
  [
    { name: '__name__', type: '=~', value: 'de.*' },
    { name: 'env', type: '!=', value: 'test' },
  ],
];

const series = (name: string, samples: readonly (readonly [number, number])[], labels: Record<string, string> = {}): PushedSeries => ({
  labels: { __name__: name, ...labels },
  timesMs: samples.map(([timeMs]) => timeMs),
  values: samples.map(([, value]) => value),
});
const create = (limits = { maxQueuedSamples: 100, maxSeries: 10 }) => {
  let nowMs = 0;
  const queue = createIngestQueue(SELECTORS, { nowMs: () => nowMs }, () => limits);
  return { queue, wait: (ms: number) => (nowMs += ms) };
};

describe('createIngestQueue', () => {
  it('answers every selector that takes a series, once', () => {
    const { queue } = create();
    queue.offer({ id: '1', series: [series('depth', [[1, 10]]), series('depth', [[1, 20]], { env: 'test' })] });
    const drained = queue.drain();
    expect(drained.map(({ selector, series: list }) => [selector, list.map(({ values }) => [...values])])).toEqual([
      [0, [[10], [20]]],
      [1, [[10]]],
    ]);
    expect(queue.drain()).toEqual([]);
  });

  it('gives a series the same labels object in every cycle', () => {
    const { queue } = create();
    const labels = [1, 2].map((n) => {
      queue.offer({ id: `${n}`, series: [series('depth', [[n, n]], { b: '2', a: '1' })] });
      return queue.drain()[0]?.series[0]?.labels;
    });
    expect(labels[0]).toBe(labels[1]);
  });

  it('names the series that no feature reads', () => {
    const { queue } = create();
    expect(queue.offer({ id: '1', series: [series('width', [[1, 1]]), series('depth', [[1, 1]])] })).toEqual({
      status: 'accepted',
      samples: 1,
      ignored: [0],
    });
  });

  it('takes a batch once, however often it is sent', () => {
    const { queue } = create();
    const batch = { id: '1', series: [series('depth', [[1, 1]])] };
    queue.offer(batch);
    expect(queue.offer(batch)).toEqual({ status: 'duplicate' });
    expect(queue.queuedSamples).toBe(1);
  });

  it('refuses other content under a known id', () => {
    const { queue } = create();
    queue.offer({ id: '1', series: [series('depth', [[1, 1]])] });
    expect(queue.offer({ id: '1', series: [series('depth', [[1, 2]])] })).toEqual({ status: 'conflict' });
  });

  it('pushes back when too much waits, takes nothing of that batch, and takes it after the next cycle', () => {
    const { queue } = create({ maxQueuedSamples: 2, maxSeries: 10 });
    queue.offer({ id: '1', series: [series('depth', [[1, 1]])] });
    const batch = {
      id: '2',
      series: [
        series('depth', [
          [2, 2],
          [3, 3],
        ]),
      ],
    };
    expect(queue.offer(batch)).toEqual({ status: 'overloaded', limit: 'samples' });
    expect(queue.queuedSamples).toBe(1);
    queue.drain();
    expect(queue.offer(batch)).toMatchObject({ status: 'accepted' });
  });

  it('bounds the number of series and makes room by forgetting those not pushed for an hour', () => {
    const { queue, wait } = create({ maxQueuedSamples: 100, maxSeries: 1 });
    queue.offer({ id: '1', series: [series('depth', [[1, 1]], { a: '1' })] });
    const other = { id: '2', series: [series('depth', [[1, 1]], { a: '2' })] };
    expect(queue.offer(other)).toEqual({ status: 'overloaded', limit: 'series' });
    wait(3_600_001);
    expect(queue.offer(other)).toMatchObject({ status: 'accepted' });
  });

  it('sorts samples of several batches and keeps the first of equal times', () => {
    const { queue } = create();
    queue.offer({
      id: '1',
      series: [
        series('depth', [
          [5, 50],
          [7, 70],
        ]),
      ],
    });
    queue.offer({
      id: '2',
      series: [
        series('depth', [
          [3, 30],
          [5, 99],
        ]),
      ],
    });
    const [first] = queue.drain()[0]?.series ?? [];
    expect([...(first?.timesMs ?? [])]).toEqual([3, 5, 7]);
    expect([...(first?.values ?? [])]).toEqual([30, 50, 70]);
  });
});
