import { setStale } from '../chunk/float-bits.ts';
import { encodeLabels } from '../wire/encode-labels.ts';
import { createLabelTable, type LabelEntry } from './label-table.ts';
import { createSeriesCollector, type SeriesCollector } from './series-collector.ts';

const table = createLabelTable({ strip: ['replica'], retentionMs: 1e9, maxEntries: 1e9, seed: 1 });
const entry = (labels: Record<string, string>): LabelEntry => {
  const bytes = encodeLabels(labels);
  return table.intern(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
};
const a = entry({ name: 'a' });
const b = entry({ name: 'b' });

const collector = (over: Partial<Parameters<typeof createSeriesCollector>[0]> = {}): SeriesCollector =>
  createSeriesCollector({ queries: 1, startMs: 0, endMs: 1e6, maxSamples: 1e6, ...over });

/** Samples as times to values; 'stale' stands for the marker. */
const add = (target: SeriesCollector, one: LabelEntry, samples: readonly (readonly [number, number | 'stale'])[], query = 0): void => {
  target.begin(query, one);
  const { columns, at } = target.reserve(samples.length);
  samples.forEach(([time, value], i) => {
    columns.timesMs[at + i] = time;
    if (value === 'stale') {
      setStale(columns.bits, at + i);
      columns.hasStale = true;
    } else columns.values[at + i] = value;
    if (i > 0 && time <= samples[i - 1]![0]) columns.unordered = true;
  });
  target.commit(samples.length);
};

const contentOf = (target: SeriesCollector) =>
  target
    .finish()
    .results.map(({ series }) =>
      series.map(({ labels, timesMs, values, staleMs }) => [
        labels.name,
        [...timesMs],
        [...values],
        ...(staleMs === undefined ? [] : [staleMs]),
      ]),
    );

describe('createSeriesCollector', () => {
  it('joins the chunks of a series and keeps series apart', () => {
    const target = collector();
    add(target, a, [
      [1, 10],
      [2, 20],
    ]);
    add(target, a, [[3, 30]]);
    add(target, b, [[1, 1]]);
    expect(contentOf(target)).toEqual([
      [
        ['a', [1, 2, 3], [10, 20, 30]],
        ['b', [1], [1]],
      ],
    ]);
  });

  it('trims to the range, both ends in', () => {
    const target = collector({ startMs: 2, endMs: 4 });
    add(target, a, [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [5, 5],
    ]);
    add(target, b, [[9, 9]]);
    const { results, stats } = target.finish();
    expect(results[0]!.series.map(({ timesMs }) => [...timesMs])).toEqual([[2, 3, 4]]);
    expect(stats).toMatchObject({ samples: 3, series: 1, droppedSamples: 3 });
  });

  it('merges chunks that overlap, the first sample of a time winning', () => {
    const target = collector();
    add(target, a, [
      [1, 10],
      [3, 30],
      [5, 50],
    ]);
    add(target, a, [
      [2, 21],
      [3, 31],
      [4, 41],
      [5, 51],
      [6, 61],
    ]);
    const { results, stats } = target.finish();
    expect([...results[0]!.series[0]!.timesMs]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...results[0]!.series[0]!.values]).toEqual([10, 21, 30, 41, 50, 61]);
    expect(stats.droppedSamples).toBe(2);
  });

  it('drops a sample that the chunk before ended with', () => {
    const target = collector();
    add(target, a, [
      [1, 10],
      [2, 20],
    ]);
    add(target, a, [
      [2, 20],
      [3, 30],
    ]);
    expect(contentOf(target)).toEqual([[['a', [1, 2, 3], [10, 20, 30]]]]);
  });

  it('goes on with a series that comes back after another one', () => {
    const target = collector();
    add(target, a, [[5, 50]]);
    add(target, b, [[1, 1]]);
    add(target, a, [
      [2, 20],
      [5, 51],
    ]);
    expect(contentOf(target)).toEqual([
      [
        ['a', [2, 5], [20, 50]],
        ['b', [1], [1]],
      ],
    ]);
  });

  it('takes staleness markers out and tells the last one only where nothing follows it', () => {
    const target = collector();
    add(target, a, [
      [1, 10],
      [2, 'stale'],
      [3, 30],
      [4, 'stale'],
    ]);
    add(target, b, [
      [1, 'stale'],
      [2, 2],
    ]);
    const { results, stats } = target.finish();
    expect(results[0]!.series.map(({ timesMs, staleMs }) => [[...timesMs], staleMs])).toEqual([
      [[1, 3], 4],
      [[2], undefined],
    ]);
    expect(stats.staleMarkers).toBe(3);
  });

  it('reports a series of which only the end is in the range, and none of which nothing is', () => {
    const target = collector({ startMs: 10 });
    add(target, a, [
      [1, 1],
      [10, 'stale'],
    ]);
    add(target, b, [
      [1, 1],
      [2, 'stale'],
    ]);
    expect(contentOf(target)).toEqual([[['a', [], [], 10]]]);
  });

  it('keeps the first of two series that differ only in stripped labels, and counts the other', () => {
    const target = collector();
    const [one, two] = [entry({ name: 'x', replica: '0' }), entry({ name: 'x', replica: '1' })];
    add(target, one, [[1, 10]]);
    add(target, two, [[2, 20]]);
    add(target, one, [[3, 30]]);
    const { results, stats } = target.finish();
    expect(results[0]!.series.map(({ timesMs }) => [...timesMs])).toEqual([[1, 3]]);
    expect(stats.duplicateSeries).toBe(1);
  });

  it('keeps queries apart, the same series in both', () => {
    const target = collector({ queries: 2 });
    add(target, a, [[1, 10]], 0);
    add(target, a, [[2, 20]], 1);
    expect(contentOf(target)).toEqual([[['a', [1], [10]]], [['a', [2], [20]]]]);
    expect(() => target.begin(2, a)).toThrow(/query 2 of 2/);
  });

  it('fails past its bound of samples before it allocates', () => {
    const target = collector({ maxSamples: 3 });
    add(target, a, [
      [1, 1],
      [2, 2],
    ]);
    expect(() => target.reserve(2)).toThrow(expect.objectContaining({ code: 'limit_exceeded' }));
  });

  it('holds series longer than a block of memory', () => {
    const target = collector();
    for (let part = 0; part < 300; part++)
      add(
        target,
        a,
        Array.from({ length: 1000 }, (_, i) => [part * 1000 + i, i] as const),
      );
    const [series] = target.finish().results[0]!.series;
    expect(series!.timesMs).toHaveLength(300_000);
    expect(series!.timesMs.every((time, i) => time === i)).toBe(true);
    expect(series!.values[299_999]).toBe(999);
  });
});
