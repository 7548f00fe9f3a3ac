import fc from 'fast-check';
import type { SelectorResult } from '../../conventions/index.ts';
import { createLabelTable } from '../series/label-table.ts';
import { createSeriesCollector } from '../series/series-collector.ts';
import { decodeSamples } from './decode-samples.ts';
import { createStreamedDecoder } from './decode-streamed.ts';
import { encodeSamplesResponse, encodeStreamedFrame, frame } from './encode-response.ts';
import { createFrameReader } from './frame-reader.ts';
import { ProtoWriter } from './proto-writer.ts';
import { snappyDecode } from './snappy.ts';

const END = 1e7;
const labelTable = () => createLabelTable({ strip: [], retentionMs: 1e9, maxEntries: 1e9, seed: 3 });
const collect = (queries: number) => createSeriesCollector({ queries, startMs: 0, endMs: END, maxSamples: 1e6 });

const readStreamed = (bytes: Uint8Array, queries: number) => {
  const collector = collect(queries);
  const reader = createFrameReader(createStreamedDecoder(labelTable(), collector));
  reader.push(bytes);
  reader.end();
  return collector.finish();
};
const readSampled = (protobuf: Uint8Array, queries: number) => {
  const collector = collect(queries);
  decodeSamples(protobuf, queries, labelTable(), collector);
  return collector.finish();
};

const oneSeries = fc
  .record({
    name: fc.string({ minLength: 1 }),
    samples: fc.uniqueArray(fc.tuple(fc.nat(END - 1), fc.double()), { selector: ([time]) => time, minLength: 1, maxLength: 40 }),
    ends: fc.boolean(),
  })
  .map(({ name, samples, ends }) => {
    const sorted = [...samples].sort((a, b) => a[0] - b[0]);
    return {
      labels: { __name__: name, job: 'j' },
      timesMs: Float64Array.from(sorted, ([time]) => time),
      // A protobuf leaves out zero, whatever its sign.
      values: Float64Array.from(sorted, ([, value]) => value + 0),
      staleMs: ends ? END : undefined,
    };
  });
const answers = fc
  .array(fc.uniqueArray(oneSeries, { selector: ({ labels }) => labels.__name__, maxLength: 5 }), { minLength: 1, maxLength: 3 })
  .map((queries): SelectorResult[] => queries.map((series, selector) => ({ selector, series })));

describe('createStreamedDecoder', () => {
  it('reads what encodeStreamedFrame writes, long series in several frames too', () => {
    fc.assert(
      fc.property(answers, fc.boolean(), (results, manyFrames) => {
        const options = manyFrames ? { samplesPerChunk: 3, maxFrameBytes: 40 } : {};
        const frames = results.flatMap(({ selector, series }) => series.map((one) => encodeStreamedFrame(selector, one, options)));
        expect(readStreamed(Buffer.concat(frames), results.length).results).toEqual(results);
      }),
    );
  });

  /** A frame whose series has these bytes behind the labels. */
  const frameOf = (rest: (out: ProtoWriter) => void, query = 0): Uint8Array => {
    const series = new ProtoWriter();
    series.block(1, Uint8Array.of(0x0a, 1, 97, 0x12, 1, 98));
    rest(series);
    const payload = new ProtoWriter();
    payload.block(1, series.bytes());
    payload.int64Field(2, query);
    return frame(payload.bytes());
  };
  const chunk = (type: number, data: readonly number[]): Uint8Array => {
    const out = new ProtoWriter();
    out.int64Field(3, type);
    out.block(4, Uint8Array.from(data));
    return out.bytes();
  };

  it.each([
    { name: 'histogram', type: 2, data: [0, 9, 0], samples: 9 },
    { name: 'float histogram', type: 3, data: [1, 2, 0], samples: 258 },
    { name: 'histogram with start times, its flags in the count', type: 5, data: [0x80, 9, 0], samples: 9 },
    { name: 'float histogram with start times', type: 6, data: [0xc1, 0, 0], samples: 256 },
  ])('counts a $name chunk and passes over it', ({ type, data, samples }) => {
    const { results, stats } = readStreamed(
      frameOf((out) => out.block(2, chunk(type, data))),
      1,
    );
    expect(results).toEqual([{ selector: 0, series: [] }]);
    expect(stats.histogramSamples).toBe(samples);
  });

  it('fails by a type of its own on an unknown chunk', () => {
    const bytes = frameOf((out) => out.block(2, chunk(9, [0, 1, ...new Array(20).fill(0)])));
    expect(() => readStreamed(bytes, 1)).toThrow(expect.objectContaining({ code: 'upstream_unsupported', encoding: 9 }));
  });

  const labelsLast = frameOf((out) => {
    out.block(2, chunk(1, [0, 0]));
    out.block(1, Uint8Array.of(0x0a, 1, 97));
  });
  it.each([
    { name: 'an answer to a query that was not asked', bytes: frameOf((out) => out.block(2, chunk(1, [0, 0])), 5) },
    { name: 'a chunk without data', bytes: frameOf((out) => out.block(2, chunk(1, []))) },
    { name: 'a chunk whose samples are missing', bytes: frameOf((out) => out.block(2, chunk(1, [0, 3, ...new Array(9).fill(0)]))) },
    { name: 'labels behind a chunk', bytes: labelsLast },
    { name: 'no protobuf under a right checksum', bytes: frame(Uint8Array.of(0xff, 0xff)) },
  ])('refuses $name', ({ bytes }) => {
    expect(() => readStreamed(bytes, 1)).toThrow(/corrupt response/);
  });
});

describe('decodeSamples', () => {
  it('reads what encodeSamplesResponse writes', () => {
    fc.assert(
      fc.property(answers, (results) => {
        const protobuf = snappyDecode(encodeSamplesResponse(results), 1e7);
        expect(readSampled(protobuf, results.length).results).toEqual(results);
      }),
    );
  });

  it('refuses any number of results but that of the queries', () => {
    const protobuf = snappyDecode(
      encodeSamplesResponse([
        { selector: 0, series: [] },
        { selector: 1, series: [] },
      ]),
      1e7,
    );
    expect(() => readSampled(protobuf, 1)).toThrow(/more than 1 results/);
    expect(() => readSampled(protobuf, 3)).toThrow(/2 results for 3 queries/);
  });

  it('refuses every answer that is cut short', () => {
    const series = [{ labels: { a: 'b' }, timesMs: Float64Array.of(1, 2), values: Float64Array.of(3, 4) }];
    const protobuf = snappyDecode(encodeSamplesResponse([{ selector: 0, series }]), 1e7);
    for (let length = 0; length < protobuf.length; length++) {
      expect(() => readSampled(protobuf.slice(0, length), 1)).toThrow(/corrupt response/);
    }
  });

  it('counts native histograms', () => {
    const [series, result, response] = [new ProtoWriter(), new ProtoWriter(), new ProtoWriter()];
    series.block(1, Uint8Array.of(0x0a, 1, 97, 0x12, 1, 98));
    series.block(4, Uint8Array.of(8, 1));
    series.block(4, Uint8Array.of(8, 2));
    result.block(1, series.bytes());
    response.block(1, result.bytes());
    expect(readSampled(response.bytes(), 1)).toMatchObject({ results: [{ series: [] }], stats: { histogramSamples: 2 } });
  });
});
