import type { SelectorResult, Series } from '../../conventions/index.ts';
import { bitsOf, HIGH_WORD, LOW_WORD, setStale } from '../chunk/float-bits.ts';
import { encodeXorChunk, MAX_CHUNK_SAMPLES } from '../chunk/xor-encoder.ts';
import { crc32c } from './crc32c.ts';
import { encodeLabels } from './encode-labels.ts';
import { ProtoWriter } from './proto-writer.ts';
import { snappyEncode } from './snappy.ts';

/** Content types of the two kinds of answer. */
export const CONTENT_TYPE = {
  streamed: 'application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse',
  samples: 'application/x-protobuf',
} as const;

/** Value of Chunk.Encoding for a chunk of plain XOR (Prometheus prompb/types.proto). */
const XOR_CHUNK = 1;

export interface StreamedFrameOptions {
  /** Prometheus cuts a chunk at 120 samples. */
  readonly samplesPerChunk?: number;
  /** A frame is closed once its chunks reach this many bytes; Prometheus's default is 1 MiB. */
  readonly maxFrameBytes?: number;
}

/**
 * One series of a STREAMED_XOR_CHUNKS answer: one frame, or several after one another where it is long.
 * A frame is the payload's length (uvarint), its CRC-32C (4 bytes, big endian) and the payload.
 */
export const encodeStreamedFrame = (queryIndex: number, series: Series, options: StreamedFrameOptions = {}): Uint8Array => {
  const samplesPerChunk = Math.min(options.samplesPerChunk ?? 120, MAX_CHUNK_SAMPLES);
  const maxFrameBytes = options.maxFrameBytes ?? 1024 * 1024;
  const { timesMs, values } = withStaleMarker(series);
  const labels = encodeLabels(series.labels);
  const out = new ProtoWriter(labels.length + values.length * 4 + 256);
  let chunked = new ProtoWriter(labels.length + 256);
  chunked.raw(labels);
  for (let from = 0; from < timesMs.length; from += samplesPerChunk) {
    const to = Math.min(from + samplesPerChunk, timesMs.length);
    const chunk = new ProtoWriter();
    chunk.int64Field(1, timesMs[from]!);
    chunk.int64Field(2, timesMs[to - 1]!);
    chunk.int64Field(3, XOR_CHUNK);
    chunk.block(4, encodeXorChunk(timesMs, values, from, to));
    chunked.block(2, chunk.bytes());
    if (chunked.length >= maxFrameBytes && to < timesMs.length) {
      writeFrame(out, queryIndex, chunked.bytes());
      chunked = new ProtoWriter(labels.length + 256);
      chunked.raw(labels);
    }
  }
  writeFrame(out, queryIndex, chunked.bytes());
  return out.bytes();
};

const writeFrame = (out: ProtoWriter, queryIndex: number, chunkedSeries: Uint8Array): void => {
  const payload = new ProtoWriter(chunkedSeries.length + 16);
  payload.block(1, chunkedSeries);
  payload.int64Field(2, queryIndex);
  out.raw(frame(payload.bytes()));
};

/** Length and checksum around a payload. */
export const frame = (payload: Uint8Array): Uint8Array => {
  const out = new ProtoWriter(payload.length + 16);
  out.uint(payload.length);
  const crc = crc32c(payload);
  out.raw(Uint8Array.of(crc >>> 24, crc >>> 16, crc >>> 8, crc));
  out.raw(payload);
  return out.bytes();
};

/** The whole body of a SAMPLES answer, snappy block included (`Content-Encoding: snappy`): one result per query, in their order. */
export const encodeSamplesResponse = (results: readonly SelectorResult[]): Uint8Array => {
  const out = new ProtoWriter();
  for (const { series } of [...results].sort((a, b) => a.selector - b.selector)) {
    const result = new ProtoWriter();
    for (const one of series) result.block(1, encodeTimeSeries(one));
    out.block(1, result.bytes());
  }
  return snappyEncode(out.bytes());
};

const encodeTimeSeries = (series: Series): Uint8Array => {
  const { timesMs, values } = withStaleMarker(series);
  const bits = bitsOf(values);
  const out = new ProtoWriter(256 + timesMs.length * 20);
  out.raw(encodeLabels(series.labels));
  const sample = new ProtoWriter(32);
  for (let i = 0; i < timesMs.length; i++) {
    sample.clear();
    sample.doubleField(1, bits[2 * i + HIGH_WORD]!, bits[2 * i + LOW_WORD]!);
    sample.int64Field(2, timesMs[i]!);
    out.block(2, sample.bytes());
  }
  return out.bytes();
};

/** The samples with the marker of the series' end behind them, where it has one. */
const withStaleMarker = ({ timesMs, values, staleMs }: Series): Pick<Series, 'timesMs' | 'values'> => {
  if (staleMs === undefined) return { timesMs, values };
  const times = new Float64Array(timesMs.length + 1);
  times.set(timesMs);
  times[timesMs.length] = staleMs;
  const marked = new Float64Array(values.length + 1);
  marked.set(values);
  setStale(bitsOf(marked), values.length);
  return { timesMs: times, values: marked };
};
