import { BellwetherError } from '../../platform/index.ts';
import { corrupt } from './corrupt.ts';
import { ProtoReader } from './proto-reader.ts';
import { ProtoWriter } from './proto-writer.ts';

// Literals up to this length are copied byte by byte: a call into TypedArray.set costs more.
const SHORT_COPY = 24;
// The longest literal that a two-byte length (tag 61) can carry; more of them follow one another.
const MAX_LITERAL = 65_536;
// The most that any element gives: a copy of 3 bytes that stands for 64.
const MAX_EXPANSION = 22;
const LITERAL_WITH_TWO_LENGTH_BYTES = 61 << 2;

/**
 * Decodes the snappy block format (not the framed one).
 * The declared length is checked against `maxBytes` before anything is allocated, and against what comes out.
 * https://github.com/google/snappy/blob/main/format_description.txt
 */
export const snappyDecode = (input: Uint8Array, maxBytes: number): Uint8Array => {
  const reader = new ProtoReader(input);
  const length = reader.uint();
  if (length > maxBytes) throw new BellwetherError('limit_exceeded', `snappy block of ${length} bytes, at most ${maxBytes} are allowed`);
  if (length > input.length * MAX_EXPANSION) throw corrupt('snappy length');
  const out = new Uint8Array(length);
  let at = reader.pos;
  let to = 0;
  while (at < input.length) {
    const tag = input[at++]!;
    const kind = tag & 3;
    let size = (tag >>> 2) + 1;
    if (kind === 0) {
      if (size > 60) {
        const lengthBytes = size - 60;
        if (at + lengthBytes > input.length) throw corrupt('snappy literal');
        size = 1;
        for (let i = 0; i < lengthBytes; i++) size += input[at + i]! * 2 ** (8 * i);
        at += lengthBytes;
      }
      if (at + size > input.length || to + size > length) throw corrupt('snappy literal');
      if (size <= SHORT_COPY) for (let i = 0; i < size; i++) out[to + i] = input[at + i]!;
      else out.set(input.subarray(at, at + size), to);
      at += size;
      to += size;
      continue;
    }
    const offsetBytes = kind === 3 ? 4 : kind;
    if (at + offsetBytes > input.length) throw corrupt('snappy copy');
    let offset = input[at]!;
    if (kind === 1) {
      size = ((tag >>> 2) & 7) + 4;
      offset |= (tag >>> 5) << 8;
    } else {
      offset |= input[at + 1]! << 8;
      if (kind === 3) offset += input[at + 2]! * 0x10000 + input[at + 3]! * 0x1000000;
    }
    at += offsetBytes;
    if (offset === 0 || offset > to || to + size > length) throw corrupt('snappy copy');
    // Source and target may overlap: then the copy repeats a pattern, byte after byte.
    for (let i = 0; i < size; i++) out[to + i] = out[to + i - offset]!;
    to += size;
  }
  if (to !== length) throw corrupt('snappy length');
  return out;
};

/** A legal snappy block made of literals only: no smaller than its input, but made by a copy. */
export const snappyEncode = (input: Uint8Array): Uint8Array => {
  const out = new ProtoWriter(input.length + 16);
  out.uint(input.length);
  for (let at = 0; at < input.length; at += MAX_LITERAL) {
    const part = input.subarray(at, at + MAX_LITERAL);
    const stored = part.length - 1;
    out.raw(Uint8Array.of(LITERAL_WITH_TWO_LENGTH_BYTES, stored & 0xff, stored >>> 8));
    out.raw(part);
  }
  return out.bytes();
};
