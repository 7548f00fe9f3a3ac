import { WIRE } from './proto-reader.ts';

const TWO_32 = 2 ** 32;

/** Writes protobuf fields into a buffer that grows. Bytes that are inside another message are written with `block`. */
export class ProtoWriter {
  private buffer: Uint8Array;
  private view: DataView;
  private at = 0;

  constructor(capacity = 1024) {
    this.buffer = new Uint8Array(capacity);
    this.view = new DataView(this.buffer.buffer);
  }

  get length(): number {
    return this.at;
  }

  /** Starts again with the same buffer. */
  clear(): void {
    this.at = 0;
  }

  /** A view of what has been written, valid until the next write. */
  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.at);
  }

  private reserve(extra: number): void {
    const need = this.at + extra;
    if (need <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(need, this.buffer.length * 2));
    larger.set(this.bytes());
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }

  /** An unsigned varint without a key. */
  uint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.buffer[this.at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.buffer[this.at++] = rest;
  }

  /** Field of type int64, uint32 or enum; zero is left out, as proto3 has it. */
  int64Field(field: number, value: number): void {
    if (value === 0) return;
    this.uint((field << 3) | WIRE.varint);
    if (value > 0) {
      this.uint(value);
      return;
    }
    // Two's complement of 64 bits in ten groups of seven.
    this.reserve(10);
    let low = value >>> 0;
    let high = Math.floor(value / TWO_32) >>> 0;
    for (let i = 0; i < 9; i++) {
      this.buffer[this.at++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.buffer[this.at++] = low;
  }

  /** Field of type double by its two 32-bit halves, so that the payload of a NaN survives. */
  doubleField(field: number, high: number, low: number): void {
    this.uint((field << 3) | WIRE.fixed64);
    this.reserve(8);
    this.view.setUint32(this.at, low, true);
    this.view.setUint32(this.at + 4, high, true);
    this.at += 8;
  }

  /** Field of type bytes, string or message. */
  block(field: number, bytes: Uint8Array): void {
    this.uint((field << 3) | WIRE.bytes);
    this.uint(bytes.length);
    this.raw(bytes);
  }

  string(field: number, text: string): void {
    this.block(field, Buffer.from(text, 'utf8'));
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }
}
