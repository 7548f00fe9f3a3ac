import { describe, expect, it } from '@jest/globals';
import { createSampleHistory } from './sample-history.ts';

const filled = (count: number) => {
  const history = createSampleHistory();
  for (let i = 0; i < count; i++) history.append(1000 * i, i);
  return history;
};

describe('createSampleHistory', () => {
  it('gives the samples of a range, both ends included, over the borders of chunks', () => {
    const found = filled(500).select(100_000, 300_000);
    expect([...(found?.timesMs ?? [])]).toEqual(Array.from({ length: 201 }, (_, i) => 100_000 + 1000 * i));
    expect([...(found?.values ?? [])]).toEqual(Array.from({ length: 201 }, (_, i) => 100 + i));
  });

  it('gives nothing where there is nothing', () => {
    expect(filled(5).select(10_000, 20_000)).toBeUndefined();
    expect(createSampleHistory().select(0, 1)).toBeUndefined();
  });

  it('keeps a stale marker by its bits', () => {
    const history = filled(3);
    history.appendStale(3000);
    const values = history.select(0, 10_000)?.values ?? new Float64Array(0);
    expect([...new BigUint64Array(values.buffer, values.byteOffset, values.length)].at(-1)).toBe(0x7ff0000000000002n);
  });

  it('refuses what is not newer than the newest', () => {
    const history = filled(3);
    history.append(2000, 99);
    history.appendStale(1000);
    expect([...(history.select(0, 10_000)?.values ?? [])]).toEqual([0, 1, 2]);
    expect(history.newestMs).toBe(2000);
  });

  it('drops whole chunks that are too old and keeps the rest', () => {
    const history = filled(500);
    history.dropBefore(250_000);
    expect(history.select(0, 1e9)?.timesMs[0]).toBe(240_000);
  });
});
