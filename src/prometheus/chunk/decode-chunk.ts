import { BellwetherError } from '../../platform/index.ts';
import { corrupt } from '../wire/corrupt.ts';
import type { SampleColumns } from './chunk-reader.ts';
import { decodeXorChunk } from './xor-chunk.ts';
import { decodeXor2Chunk } from './xor2-chunk.ts';

/** Values of Chunk.Encoding (Prometheus tsdb/chunkenc/chunk.go; prompb/types.proto names the first four). */
export const CHUNK_ENCODING = { xor: 1, histogram: 2, floatHistogram: 3, xor2: 4, histogramSt: 5, floatHistogramSt: 6 } as const;

const HISTOGRAMS: ReadonlySet<number> = new Set([
  CHUNK_ENCODING.histogram,
  CHUNK_ENCODING.floatHistogram,
  CHUNK_ENCODING.histogramSt,
  CHUNK_ENCODING.floatHistogramSt,
]);
/** The two forms with start times keep their flags in the top two bits of the sample count. */
const COUNT_OF_14_BITS: ReadonlySet<number> = new Set([CHUNK_ENCODING.histogramSt, CHUNK_ENCODING.floatHistogramSt]);
// Smallest float chunk: count, one-byte time, 64-bit value.
const MIN_FLOAT_CHUNK_BYTES = 11;

/** A chunk of an encoding that this decoder does not know. The samples can still be had as a SAMPLES answer. */
export class UnknownChunkError extends BellwetherError {
  readonly encoding: number;

  constructor(encoding: number) {
    super('upstream_unsupported', `chunk encoding ${encoding}`);
    this.encoding = encoding;
  }
}

/** Whether a chunk holds native histograms, which are counted and passed over. */
export const isHistogramChunk = (encoding: number): boolean => HISTOGRAMS.has(encoding);

/** How many samples the chunk `[from, end)` says it holds: a bound for what decoding may write. */
export const chunkSampleCount = (view: DataView, from: number, end: number, encoding: number): number => {
  if (end - from < 2) throw corrupt('chunk without a sample count');
  const count = view.getUint16(from);
  return COUNT_OF_14_BITS.has(encoding) ? count & 0x3fff : count;
};

/** Decodes a chunk of floats; see `decodeXorChunk` for the terms. */
export const decodeFloatChunk = (view: DataView, from: number, end: number, encoding: number, out: SampleColumns, at: number): number => {
  if (encoding !== CHUNK_ENCODING.xor && encoding !== CHUNK_ENCODING.xor2) throw new UnknownChunkError(encoding);
  // From the second sample on a sample takes at least one bit (XOR2) and the first one 9 bytes: a larger count is a lie.
  const count = view.getUint16(from);
  if (count > 0 && (end - from < MIN_FLOAT_CHUNK_BYTES || count > (end - from) * 8)) throw corrupt('chunk cut short');
  return encoding === CHUNK_ENCODING.xor ? decodeXorChunk(view, from, end, out, at) : decodeXor2Chunk(view, from, end, out, at);
};
