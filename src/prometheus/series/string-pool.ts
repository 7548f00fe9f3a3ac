import { utf8 } from '../wire/proto-reader.ts';

// A power of two. Labels like namespace, job and node repeat over thousands of series; this many different strings cover a large cluster's.
const SLOTS = 16_384;
// Longer strings seldom repeat.
const MAX_POOLED_BYTES = 512;
// Of a long string only its end is hashed, where identifiers and digests differ; the comparison takes all of it.
const HASHED_BYTES = 32;

/** Gives the text of UTF-8 bytes, as a rule the same string object for the same bytes: no decoding, and one copy in memory. */
export interface StringPool {
  get(bytes: Uint8Array, from: number, to: number): string;
}

/** A cache of `SLOTS` strings, each at the place that its hash names; a newer one takes over the place. */
export const createStringPool = (): StringPool => {
  const texts = new Array<string>(SLOTS).fill('');
  return {
    get(bytes, from, to) {
      const length = to - from;
      if (length > MAX_POOLED_BYTES) return utf8(bytes, from, to);
      // FNV-1a, 32 bits.
      let hash = 0x811c9dc5 ^ length;
      for (let i = length > HASHED_BYTES ? to - HASHED_BYTES : from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
      const index = (hash ^ (hash >>> 15)) & (SLOTS - 1);
      const known = texts[index]!;
      if (bytesAreAscii(bytes, from, to, known)) return known;
      const text = utf8(bytes, from, to);
      texts[index] = text;
      return text;
    },
  };
};

/** Whether the bytes are this text and it is ASCII: text beyond that is longer in bytes, and is decoded each time. */
export const bytesAreAscii = (bytes: Uint8Array, from: number, to: number, text: string): boolean => {
  const length = to - from;
  if (text.length !== length) return false;
  let i = 0;
  while (i < length && text.charCodeAt(i) === bytes[from + i]) i++;
  return i === length;
};
