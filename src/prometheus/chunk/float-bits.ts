/** Index of the high and low 32-bit word of a double in a Uint32Array that views a Float64Array: it depends on the machine's byte order. */
export const HIGH_WORD = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;
export const LOW_WORD = 1 - HIGH_WORD;

/** Bits of Prometheus's staleness marker (model/value/value.go): a NaN that only its payload tells from an ordinary one. */
export const STALE_HIGH = 0x7ff00000;
export const STALE_LOW = 2;

/** The two words of each double, in the same memory. Only these keep a NaN's payload: as a number it may change. */
export const bitsOf = (values: Float64Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length * 2);

/** Writes the staleness marker. */
export const setStale = (bits: Uint32Array, index: number): void => {
  bits[2 * index + HIGH_WORD] = STALE_HIGH;
  bits[2 * index + LOW_WORD] = STALE_LOW;
};

/** Whether a double, by its bits, is the staleness marker. */
export const isStale = (bits: Uint32Array, index: number): boolean =>
  bits[2 * index + HIGH_WORD] === STALE_HIGH && bits[2 * index + LOW_WORD] === STALE_LOW;
