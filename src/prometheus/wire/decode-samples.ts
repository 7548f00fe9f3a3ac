import { HIGH_WORD, LOW_WORD, STALE_HIGH, STALE_LOW } from '../chunk/float-bits.ts';
import type { LabelTable } from '../series/label-table.ts';
import type { SeriesCollector } from '../series/series-collector.ts';
import { corrupt } from './corrupt.ts';
import { ProtoReader, WIRE } from './proto-reader.ts';

// Field keys of ReadResponse, QueryResult, TimeSeries and Sample (Prometheus prompb/remote.proto, types.proto).
const RESULT = (1 << 3) | WIRE.bytes;
const SERIES = (1 << 3) | WIRE.bytes;
const LABEL = (1 << 3) | WIRE.bytes;
const SAMPLE = (2 << 3) | WIRE.bytes;
const HISTOGRAM = (4 << 3) | WIRE.bytes;
const SAMPLE_VALUE = (1 << 3) | WIRE.fixed64;
const SAMPLE_TIME = (2 << 3) | WIRE.varint;

/** Decodes the protobuf of a SAMPLES answer (snappy already undone) to `queries` queries into a collector. */
export const decodeSamples = (bytes: Uint8Array, queries: number, labels: LabelTable, collector: SeriesCollector): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = new ProtoReader(bytes);

  const decodeSeries = (query: number, to: number): void => {
    const from = reader.pos;
    let labelsTo = -1;
    let samples = 0;
    // First pass: where the labels end and how many samples follow.
    while (reader.pos < to) {
      const at = reader.pos;
      const key = reader.key();
      if (key === LABEL && labelsTo >= 0) throw corrupt('label behind a sample');
      if (key !== LABEL && labelsTo < 0) labelsTo = at;
      if (key === SAMPLE) samples++;
      else if (key === HISTOGRAM) collector.countHistograms(1);
      reader.skip(key);
    }
    if (reader.pos !== to) throw corrupt('series longer than its message');
    if (samples === 0) return;
    collector.begin(query, labels.intern(bytes, view, from, labelsTo));
    reader.pos = labelsTo;
    decodeSeriesSamples(samples, to);
  };

  const decodeSeriesSamples = (samples: number, to: number): void => {
    const { columns, at } = collector.reserve(samples);
    let i = at;
    let previous = Number.NEGATIVE_INFINITY;
    while (reader.pos < to) {
      const key = reader.key();
      if (key !== SAMPLE) {
        reader.skip(key);
        continue;
      }
      const end = reader.blockEnd();
      let time = 0;
      let high = 0;
      let low = 0;
      while (reader.pos < end) {
        const field = reader.key();
        if (field === SAMPLE_VALUE) {
          const value = reader.advance(8);
          low = view.getInt32(value, true);
          high = view.getInt32(value + 4, true);
        } else if (field === SAMPLE_TIME) time = reader.int64();
        else reader.skip(field);
      }
      if (reader.pos !== end) throw corrupt('sample longer than its message');
      if (high === STALE_HIGH && low === STALE_LOW) columns.hasStale = true;
      if (time <= previous) columns.unordered = true;
      previous = time;
      columns.timesMs[i] = time;
      columns.bits[2 * i + HIGH_WORD] = high;
      columns.bits[2 * i + LOW_WORD] = low;
      i++;
    }
    collector.commit(samples);
  };

  let query = 0;
  while (!reader.done) {
    const key = reader.key();
    if (key !== RESULT) {
      reader.skip(key);
      continue;
    }
    const end = reader.blockEnd();
    if (query >= queries) throw corrupt(`more than ${queries} results`);
    while (reader.pos < end) {
      const field = reader.key();
      if (field === SERIES) decodeSeries(query, reader.blockEnd());
      else reader.skip(field);
    }
    if (reader.pos !== end) throw corrupt('result longer than its message');
    query++;
  }
  if (query !== queries) throw corrupt(`${query} results for ${queries} queries`);
};
