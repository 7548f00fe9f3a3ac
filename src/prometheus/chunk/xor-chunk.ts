import { corrupt } from '../wire/corrupt.ts';
import { int64At, peek, type SampleColumns, unzigzag, uvarintAt, varintBytes } from './chunk-reader.ts';
import { HIGH_WORD, LOW_WORD, STALE_HIGH, STALE_LOW } from './float-bits.ts';

/**
 * Decodes the XOR chunk `[from, end)` into `out` from index `at` on and returns how many samples it held.
 * `out` must have room for as many as `chunkSampleCount` says, `view` must reach CHUNK_SLACK_BYTES behind `end`.
 * Format: Prometheus tsdb/docs/format/chunks.md, after Pelkonen et al., Gorilla, VLDB 2015.
 *
 * All arithmetic is on 32-bit words, because a BigInt costs more than the whole decode. `word` holds the bits that come next, left-aligned.
 */
export const decodeXorChunk = (view: DataView, from: number, end: number, out: SampleColumns, at: number): number => {
  const { timesMs, bits } = out;
  const count = view.getUint16(from);
  if (count === 0) return 0;
  const endBit = end * 8;
  const timeBytes = varintBytes(view, from + 2);
  let time = unzigzag(uvarintAt(view, from + 2, timeBytes));
  let byte = from + 2 + timeBytes;
  let high = view.getInt32(byte);
  let low = view.getInt32(byte + 4);
  byte += 8;
  let stale = high === STALE_HIGH && low === STALE_LOW;
  let unordered = false;
  timesMs[at] = time;
  bits[2 * at + HIGH_WORD] = high;
  bits[2 * at + LOW_WORD] = low;

  let delta = 0;
  let bit = byte * 8;
  // The window of significant bits; a chunk that reuses one before it has set any means all 64.
  let leading = 0;
  let size = 64;
  let maskHigh = -1;
  let maskLow = -1;
  const last = at + count;
  for (let i = at + 1; i < last; i++) {
    if (bit >= endBit) throw corrupt('chunk cut short');
    let word: number;
    if (i === at + 1) {
      const deltaBytes = varintBytes(view, byte);
      delta = uvarintAt(view, byte, deltaBytes);
      bit += 8 * deltaBytes;
      word = peek(view, bit);
    } else {
      word = peek(view, bit);
      if (word >= 0) {
        bit += 1;
        word <<= 1;
      } else if (word << 1 >= 0) {
        // The lowest pattern of a class stands for its positive end: -8192 means +8192, and so on.
        const change = (word << 2) >> 18;
        delta += change === -8192 ? 8192 : change;
        bit += 16;
        word <<= 16;
      } else {
        if (word << 2 >= 0) {
          const change = (word << 3) >> 15;
          delta += change === -65536 ? 65536 : change;
          bit += 20;
        } else if (word << 3 >= 0) {
          const change = (word << 4) >> 12;
          delta += change === -524288 ? 524288 : change;
          bit += 24;
        } else {
          delta += int64At(view, bit + 4);
          bit += 68;
        }
        word = peek(view, bit);
      }
    }
    if (delta <= 0) unordered = true;
    time += delta;
    if (word >= 0) bit += 1;
    else {
      if (word << 1 >= 0) bit += 2;
      else {
        leading = (word >>> 25) & 31;
        size = (word >>> 19) & 63 || 64;
        if (leading + size > 64) throw corrupt('chunk with more than 64 bits in a value');
        bit += 13;
        // Ones where the window is: from `leading` on, `size` bits long.
        const after = leading + size;
        maskHigh = after >= 32 ? -1 >>> leading : (-1 >>> leading) & (-1 << (32 - after));
        maskLow = after <= 32 ? 0 : after === 64 ? -1 : -1 << (64 - after);
      }
      const first = peek(view, bit);
      high ^= (first >>> leading) & maskHigh;
      if (maskLow !== 0) low ^= (((first << (31 - leading)) << 1) | (peek(view, bit + 32) >>> leading)) & maskLow;
      bit += size;
      if (high === STALE_HIGH && low === STALE_LOW) stale = true;
    }
    timesMs[i] = time;
    bits[2 * i + HIGH_WORD] = high;
    bits[2 * i + LOW_WORD] = low;
  }
  if (bit > endBit) throw corrupt('chunk cut short');
  if (stale) out.hasStale = true;
  if (unordered) out.unordered = true;
  return count;
};
