import { describe, expect, it } from '@jest/globals';
import { createWorkloadWatch, type WorkloadSign } from './workload-created.ts';

/** Reports every ten seconds with these sizes. */
const watch = (sizes: readonly number[], pair = 'a'): WorkloadSign[] => {
  const own = createWorkloadWatch();
  return sizes.flatMap((bytes, i) => own.observe({ pair, timeMs: i * 10_000, bytes }));
};

describe('createWorkloadWatch', () => {
  it('sees a step that lasts half a minute, up and down, once each', () => {
    const signs = watch([1000, 1000, 1210, 1210, 1210, 1210, 1210, 1005, 1005, 1005, 1005]);
    expect(signs).toEqual([
      { kind: 'created', pair: 'a', timeMs: 20_000, fromBytes: 1000, toBytes: 1210 },
      { kind: 'removed', pair: 'a', timeMs: 70_000, fromBytes: 1210, toBytes: 1005 },
    ]);
  });

  it.each([
    ['a step below 200 bytes', [1000, 1199, 1199, 1199, 1199, 1199]],
    ['one large report', [1000, 5000, 1000, 1000, 1000, 1000, 1000]],
    ['a step that does not last', [1000, 1300, 1300, 1000, 1000, 1000, 1000]],
  ])('sees nothing in %s', (_, sizes) => {
    expect(watch(sizes)).toEqual([]);
  });

  it('sees six changes within five minutes', () => {
    expect(watch([1000, 1500, 1000, 1500, 1000, 1500, 1000]).map(({ kind }) => kind)).toEqual(['churn']);
  });

  it('keeps pairs apart', () => {
    const own = createWorkloadWatch();
    const signs = Array.from({ length: 20 }, (_, i) =>
      own.observe({ pair: i % 2 === 0 ? 'a' : 'b', timeMs: i * 10_000, bytes: i % 2 === 0 ? 1000 : 9000 }),
    );
    expect(signs.flat()).toEqual([]);
  });
});
