/** Appends bits, most significant first, to a buffer that grows. */
export class BitWriter {
  private buffer = new Uint8Array(256);
  private bits = 0;

  /** The low `count` bits of `value`, at most 32. */
  write(value: number, count: number): void {
    if (this.bits + count > this.buffer.length * 8 - 8) {
      const larger = new Uint8Array(this.buffer.length * 2);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    for (let left = count; left > 0; ) {
      const free = 8 - (this.bits & 7);
      const taken = Math.min(free, left);
      const part = (value >>> (left - taken)) & ((1 << taken) - 1);
      this.buffer[this.bits >>> 3]! |= part << (free - taken);
      this.bits += taken;
      left -= taken;
    }
  }

  /** Bits `from` to `from + count`, counted from the top, of the 64-bit number high:low. */
  write64(high: number, low: number, from: number, count: number): void {
    const to = from + count;
    if (from < 32) this.write(to >= 32 ? high : high >>> (32 - to), Math.min(to, 32) - from);
    if (to > 32) this.write(low >>> (64 - to), to - Math.max(from, 32));
  }

  /** An unsigned varint in whole bytes; the writer must stand at a byte's beginning or not, either is legal. */
  uvarint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.write((rest % 0x80) | 0x80, 8);
      rest = Math.floor(rest / 0x80);
    }
    this.write(rest, 8);
  }

  /** A zig-zag varint. */
  varint(value: number): void {
    this.uvarint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** A copy of the bytes so far; unused bits of the last one are zero. */
  bytes(): Uint8Array {
    return this.buffer.slice(0, (this.bits + 7) >>> 3);
  }
}
