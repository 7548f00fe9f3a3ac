import { corrupt } from '../wire/corrupt.ts';

/** Bytes that have to be readable behind a chunk's end: the decoders check once per sample, and a sample reads at most this far. */
export const CHUNK_SLACK_BYTES = 32;

/** Where decoded samples go: parallel columns with room for the chunk, and what the decoder noticed on the way. */
export interface SampleColumns {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /** The values' memory as 32-bit words. */
  readonly bits: Uint32Array;
  /** Set when a staleness marker was written. */
  hasStale: boolean;
  /** Set when a time was not later than the one before it. */
  unordered: boolean;
}

const TWO_32 = 2 ** 32;
// A 64-bit number in groups of seven bits.
const MAX_VARINT_BYTES = 10;

/** The 32 bits that begin at bit position `bit`. */
export const peek = (view: DataView, bit: number): number => {
  const at = bit >>> 3;
  const shift = bit & 7;
  return (view.getInt32(at) << shift) | (view.getUint8(at + 4) >>> (8 - shift));
};

/** A signed 64-bit number at a bit position, as the double nearest to it. */
export const int64At = (view: DataView, bit: number): number => peek(view, bit) * TWO_32 + (peek(view, bit + 32) >>> 0);

/** Bytes of the varint that begins at byte `at`. */
export const varintBytes = (view: DataView, at: number): number => {
  for (let i = 0; i < MAX_VARINT_BYTES; i++) if (view.getUint8(at + i) < 0x80) return i + 1;
  throw corrupt('number longer than 10 bytes');
};

/** The unsigned varint of `length` bytes at byte `at`. */
export const uvarintAt = (view: DataView, at: number, length: number): number => {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 128 + (view.getUint8(at + i) & 0x7f);
  return value;
};

/** Undoes the zig-zag of signed varints. */
export const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
