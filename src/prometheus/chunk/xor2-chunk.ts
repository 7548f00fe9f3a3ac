import { corrupt } from '../wire/corrupt.ts';
import { int64At, peek, type SampleColumns, unzigzag, uvarintAt, varintBytes } from './chunk-reader.ts';
import { HIGH_WORD, LOW_WORD, STALE_HIGH, STALE_LOW } from './float-bits.ts';

/** Bits that a start time's change takes in all, by the number of ones before its first zero (8 at most). */
const START_CHANGE_BITS = Uint8Array.of(1, 2 + 3, 3 + 6, 4 + 9, 5 + 12, 6 + 18, 7 + 25, 8 + 56, 8 + 64);
/** The form of a sample's value; `follows` = a prefix of its own comes next. */
const VALUE = { unchanged: 0, sameWindow: 1, newWindow: 2, stale: 3, follows: 4 } as const;

/**
 * Decodes the XOR2 chunk `[from, end)` as `decodeXorChunk` does an XOR chunk. Start times of counters are passed over.
 * What differs from XOR: one prefix for time and value together, time classes of 13, 20 and 64 bits in two's complement, and a staleness marker
 * that is a code of its own and leaves the value alone that the next one is XORed with. Format: Prometheus tsdb/chunkenc/xor2.go.
 */
export const decodeXor2Chunk = (view: DataView, from: number, end: number, out: SampleColumns, at: number): number => {
  const { timesMs, bits } = out;
  const count = view.getUint16(from);
  if (count === 0) return 0;
  const header = view.getUint8(from + 2);
  const firstStartChange = (header & 0x7f) === 0 ? Number.POSITIVE_INFINITY : at + (header & 0x7f);
  const endBit = end * 8;
  const timeBytes = varintBytes(view, from + 3);
  let time = unzigzag(uvarintAt(view, from + 3, timeBytes));
  let byte = from + 3 + timeBytes;
  let high = view.getInt32(byte);
  let low = view.getInt32(byte + 4);
  byte += 8;
  if (header & 0x80) byte += varintBytes(view, byte);
  timesMs[at] = time;
  bits[2 * at + HIGH_WORD] = high;
  bits[2 * at + LOW_WORD] = low;
  let stale = false;
  let unordered = false;
  if (high === STALE_HIGH && low === STALE_LOW) {
    stale = true;
    high = 0;
    low = 0;
  }

  let delta = 0;
  let bit = byte * 8;
  let leading = 0;
  let size = 64;
  let maskHigh = -1;
  let maskLow = -1;
  const last = at + count;
  for (let i = at + 1; i < last; i++) {
    if (bit >= endBit) throw corrupt('chunk cut short');
    let word: number;
    let form: number = VALUE.follows;
    if (i === at + 1) {
      const deltaBytes = varintBytes(view, byte);
      delta = uvarintAt(view, byte, deltaBytes);
      bit += 8 * deltaBytes;
      word = peek(view, bit);
    } else {
      word = peek(view, bit);
      if (word >= 0) {
        bit += 1;
        form = VALUE.unchanged;
      } else if (word << 1 >= 0) {
        // Only the value changed: one more bit tells its window.
        form = word << 2 >= 0 ? VALUE.sameWindow : VALUE.newWindow;
        bit += 3;
        word <<= 3;
      } else if (word << 2 >= 0) {
        delta += (word << 3) >> 19;
        bit += 16;
        word <<= 16;
      } else if (word << 3 >= 0) {
        delta += (word << 4) >> 12;
        bit += 24;
        word = peek(view, bit);
      } else if (word << 4 >= 0) {
        delta += int64At(view, bit + 5);
        bit += 69;
        word = peek(view, bit);
      } else {
        bit += 5;
        form = VALUE.stale;
      }
    }
    if (form === VALUE.follows) {
      if (word >= 0) {
        bit += 1;
        form = VALUE.unchanged;
      } else if (word << 1 >= 0) {
        bit += 2;
        form = VALUE.sameWindow;
      } else {
        form = word << 2 >= 0 ? VALUE.newWindow : VALUE.stale;
        bit += 3;
        word <<= 3;
      }
    }
    if (delta <= 0) unordered = true;
    time += delta;
    timesMs[i] = time;
    if (form === VALUE.stale) {
      stale = true;
      bits[2 * i + HIGH_WORD] = STALE_HIGH;
      bits[2 * i + LOW_WORD] = STALE_LOW;
    } else {
      if (form !== VALUE.unchanged) {
        if (form === VALUE.newWindow) {
          // Five bits of leading zeros and six of size: the 16 bits that a 13-bit time class left in `word` still hold them.
          leading = (word >>> 27) & 31;
          size = (word >>> 21) & 63 || 64;
          if (leading + size > 64) throw corrupt('chunk with more than 64 bits in a value');
          bit += 11;
          const after = leading + size;
          maskHigh = after >= 32 ? -1 >>> leading : (-1 >>> leading) & (-1 << (32 - after));
          maskLow = after <= 32 ? 0 : after === 64 ? -1 : -1 << (64 - after);
        }
        const first = peek(view, bit);
        high ^= (first >>> leading) & maskHigh;
        if (maskLow !== 0) low ^= (((first << (31 - leading)) << 1) | (peek(view, bit + 32) >>> leading)) & maskLow;
        bit += size;
      }
      bits[2 * i + HIGH_WORD] = high;
      bits[2 * i + LOW_WORD] = low;
    }
    if (i >= firstStartChange) bit += START_CHANGE_BITS[Math.min(Math.clz32(~peek(view, bit)), 8)]!;
  }
  if (bit > endBit) throw corrupt('chunk cut short');
  if (stale) out.hasStale = true;
  if (unordered) out.unordered = true;
  return count;
};
