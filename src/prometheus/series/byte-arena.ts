// One allocation for some hundred label sets: a typed array of its own for each would cost more than the bytes in it.
const BLOCK_BYTES = 256 * 1024;

/** A stretch of bytes inside a shared block. */
export interface StoredBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly from: number;
  readonly to: number;
}

/** Keeps many short byte strings in few blocks. Nothing is given back one by one: a new arena takes over what is still needed. */
export interface ByteArena {
  /** Copies `bytes[from, to)`. */
  add(bytes: Uint8Array, from: number, to: number): StoredBytes;
  /** Bytes of all blocks. */
  readonly bytes: number;
}

export const createByteArena = (): ByteArena => {
  let block = new Uint8Array(0);
  let view = new DataView(block.buffer);
  let used = 0;
  let total = 0;
  return {
    add(bytes, from, to) {
      const length = to - from;
      if (used + length > block.length) {
        block = new Uint8Array(Math.max(BLOCK_BYTES, length));
        view = new DataView(block.buffer);
        used = 0;
        total += block.length;
      }
      block.set(bytes.subarray(from, to), used);
      const stored = { bytes: block, view, from: used, to: used + length };
      used += length;
      return stored;
    },
    get bytes() {
      return total;
    },
  };
};
