import { BitWriter } from './bit-writer.ts';
import { bitsOf, HIGH_WORD, LOW_WORD } from './float-bits.ts';

const TWO_32 = 2 ** 32;
// The chunk's sample count is an unsigned 16-bit number.
export const MAX_CHUNK_SAMPLES = 65_535;

/** Writes one XOR chunk of `timesMs[from, to)`, at most 65,535 samples (Prometheus tsdb/docs/format/chunks.md). */
export const encodeXorChunk = (timesMs: Float64Array, values: Float64Array, from = 0, to = timesMs.length): Uint8Array => {
  const out = new BitWriter();
  const bits = bitsOf(values);
  out.write(to - from, 16);
  let delta = 0;
  const window = { leading: -1, trailing: 0 };
  for (let i = from; i < to; i++) {
    const high = bits[2 * i + HIGH_WORD]!;
    const low = bits[2 * i + LOW_WORD]!;
    if (i === from) {
      out.varint(timesMs[i]!);
      out.write64(high, low, 0, 64);
      continue;
    }
    const next = timesMs[i]! - timesMs[i - 1]!;
    if (i === from + 1) out.uvarint(next);
    else writeTimeChange(out, next - delta);
    delta = next;
    writeValue(out, window, high ^ bits[2 * i - 2 + HIGH_WORD]!, low ^ bits[2 * i - 2 + LOW_WORD]!);
  }
  return out.bytes();
};

/** A size class holds -(2^(n-1) - 1) .. 2^(n-1): its lowest bit pattern stands for the positive end. */
const fits = (change: number, size: number): boolean => change > -(2 ** (size - 1)) && change <= 2 ** (size - 1);

const writeTimeChange = (out: BitWriter, change: number): void => {
  if (change === 0) out.write(0, 1);
  else if (fits(change, 14)) {
    out.write(0b10, 2);
    out.write(change, 14);
  } else if (fits(change, 17)) {
    out.write(0b110, 3);
    out.write(change, 17);
  } else if (fits(change, 20)) {
    out.write(0b1110, 4);
    out.write(change, 20);
  } else {
    out.write(0b1111, 4);
    out.write64(Math.floor(change / TWO_32), change >>> 0, 0, 64);
  }
};

const writeValue = (out: BitWriter, window: { leading: number; trailing: number }, high: number, low: number): void => {
  if (high === 0 && low === 0) {
    out.write(0, 1);
    return;
  }
  // Five bits hold the leading zeros: more than 31 are written as 31.
  const leading = Math.min(high === 0 ? 32 : Math.clz32(high), 31);
  const trailing = low === 0 ? 32 + trailingZeros(high) : trailingZeros(low);
  if (window.leading >= 0 && leading >= window.leading && trailing >= window.trailing) {
    out.write(0b10, 2);
  } else {
    window.leading = leading;
    window.trailing = trailing;
    // 64 significant bits do not fit six bits and are written as 0.
    out.write(0b11, 2);
    out.write(leading, 5);
    out.write((64 - leading - trailing) & 63, 6);
  }
  out.write64(high, low, window.leading, 64 - window.leading - window.trailing);
};

const trailingZeros = (word: number): number => 31 - Math.clz32(word & -word);
