import { corrupt } from './corrupt.ts';

/** Wire types of the protobuf encoding. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const TWO_32 = 2 ** 32;
// A varint of 64 bits takes at most 10 bytes.
const MAX_VARINT_BYTES = 10;

/**
 * A cursor over protobuf bytes: no objects per field, every read checked against `end`.
 * https://protobuf.dev/programming-guides/encoding/
 */
export class ProtoReader {
  bytes: Uint8Array;
  pos: number;
  end: number;

  constructor(bytes: Uint8Array, pos = 0, end = bytes.length) {
    this.bytes = bytes;
    this.pos = pos;
    this.end = end;
  }

  get done(): boolean {
    return this.pos >= this.end;
  }

  /** The next field's key: `key >>> 3` is its number, `key & 7` its wire type. */
  key(): number {
    const key = this.uint();
    if (key < 8 || key > 0xffffffff) throw corrupt('field number');
    return key;
  }

  /** An unsigned varint that has to fit a double exactly: lengths, enumerations, indices. */
  uint(): number {
    const first = this.bytes[this.pos]!;
    if (this.pos < this.end && first < 0x80) {
      this.pos++;
      return first;
    }
    const value = this.int64();
    if (value < 0 || !Number.isSafeInteger(value)) throw corrupt('number out of range');
    return value;
  }

  /** A signed 64-bit varint (two's complement). Beyond 2^53 the double nearest to it. */
  int64(): number {
    let low = 0;
    let high = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      if (this.pos >= this.end) throw corrupt('number cut short');
      const byte = this.bytes[this.pos++]!;
      const bits = byte & 0x7f;
      // Seven bits a step: 4 steps fill 28 bits of the low word, the fifth lies across both.
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (7 * i - 32);
      if (byte < 0x80) return (high | 0) * TWO_32 + (low >>> 0);
    }
    throw corrupt('number longer than 10 bytes');
  }

  /** Reads a length and returns where the bytes that it announces end; `pos` is left at their beginning. */
  blockEnd(): number {
    const length = this.uint();
    const end = this.pos + length;
    if (end > this.end) throw corrupt('field longer than its message');
    return end;
  }

  /** Passes over the value of a field whose number is of no interest. */
  skip(key: number): void {
    switch (key & 7) {
      case WIRE.varint:
        this.skipVarint();
        return;
      case WIRE.fixed64:
        this.advance(8);
        return;
      case WIRE.bytes:
        this.pos = this.blockEnd();
        return;
      case WIRE.fixed32:
        this.advance(4);
        return;
      default:
        throw corrupt(`wire type ${key & 7}`);
    }
  }

  private skipVarint(): void {
    const last = Math.min(this.end, this.pos + MAX_VARINT_BYTES);
    while (this.pos < last) if (this.bytes[this.pos++]! < 0x80) return;
    throw corrupt(this.pos < this.end ? 'number longer than 10 bytes' : 'number cut short');
  }

  /** Moves on by `length` bytes and returns where they began. */
  advance(length: number): number {
    const from = this.pos;
    if (from + length > this.end) throw corrupt('value cut short');
    this.pos = from + length;
    return from;
  }
}

/** Text of a stretch of UTF-8 bytes; what is not UTF-8 becomes U+FFFD. Cheapest for a Buffer. */
export const utf8 = (bytes: Uint8Array, from: number, to: number): string =>
  (bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).toString('utf8', from, to);
