import { chunkSampleCount, decodeFloatChunk, isHistogramChunk } from '../chunk/decode-chunk.ts';
import type { LabelTable } from '../series/label-table.ts';
import type { SeriesCollector } from '../series/series-collector.ts';
import { corrupt } from './corrupt.ts';
import type { Payload } from './frame-reader.ts';
import { ProtoReader, WIRE } from './proto-reader.ts';

// Field keys of ChunkedReadResponse, ChunkedSeries and Chunk (Prometheus prompb/remote.proto, types.proto).
const SERIES = (1 << 3) | WIRE.bytes;
const QUERY_INDEX = (2 << 3) | WIRE.varint;
const LABEL = (1 << 3) | WIRE.bytes;
const CHUNK = (2 << 3) | WIRE.bytes;
const CHUNK_TYPE = (3 << 3) | WIRE.varint;
const CHUNK_DATA = (4 << 3) | WIRE.bytes;

/** Decodes the payloads of a STREAMED_XOR_CHUNKS answer into a collector, chunk by chunk, without a copy of the bytes. */
export const createStreamedDecoder = (labels: LabelTable, collector: SeriesCollector): ((payload: Payload) => void) => {
  const reader = new ProtoReader(new Uint8Array(0));

  /** The index stands behind the series that it belongs to. */
  const queryIndex = (from: number, to: number): number => {
    let index = 0;
    reader.pos = from;
    reader.end = to;
    while (!reader.done) {
      const key = reader.key();
      if (key === QUERY_INDEX) index = reader.uint();
      else reader.skip(key);
    }
    return index;
  };

  const decodeSeries = ({ bytes, view }: Payload, query: number, to: number): void => {
    const from = reader.pos;
    let labelsTo = -1;
    while (reader.pos < to) {
      const at = reader.pos;
      const key = reader.key();
      const end = key === LABEL || key === CHUNK ? reader.blockEnd() : -1;
      if (key === LABEL) {
        if (labelsTo >= 0) throw corrupt('label behind a chunk');
        reader.pos = end;
      } else if (key === CHUNK) {
        if (labelsTo < 0) {
          labelsTo = at;
          collector.begin(query, labels.intern(bytes, view, from, labelsTo));
        }
        decodeChunk(view, end);
      } else reader.skip(key);
    }
    if (reader.pos !== to) throw corrupt('series longer than its message');
  };

  const decodeChunk = (view: DataView, to: number): void => {
    let encoding = 0;
    let dataFrom = 0;
    let dataTo = 0;
    while (reader.pos < to) {
      const key = reader.key();
      if (key === CHUNK_TYPE) encoding = reader.uint();
      else if (key === CHUNK_DATA) {
        dataTo = reader.blockEnd();
        dataFrom = reader.pos;
        reader.pos = dataTo;
      } else reader.skip(key);
    }
    if (reader.pos !== to) throw corrupt('chunk longer than its message');
    const count = chunkSampleCount(view, dataFrom, dataTo, encoding);
    if (isHistogramChunk(encoding)) {
      collector.countHistograms(count);
      return;
    }
    const { columns, at } = collector.reserve(count);
    collector.commit(decodeFloatChunk(view, dataFrom, dataTo, encoding, columns, at));
  };

  return (payload) => {
    reader.bytes = payload.bytes;
    const query = queryIndex(payload.from, payload.to);
    reader.pos = payload.from;
    reader.end = payload.to;
    while (!reader.done) {
      const key = reader.key();
      if (key === SERIES) decodeSeries(payload, query, reader.blockEnd());
      else reader.skip(key);
    }
  };
};
