/** Samples of one series in rising time, oldest ones dropped in chunks: 12 bytes a sample. */
export interface SampleHistory {
  append(timeMs: number, value: number): void;
  appendStale(timeMs: number): void;
  /** Drops chunks that lie before a time as a whole. */
  dropBefore(timeMs: number): void;
  /** Samples and markers inside the range, both ends inclusive; undefined where there are none. */
  select(startMs: number, endMs: number): { readonly timesMs: Float64Array; readonly values: Float64Array } | undefined;
  /** Time of the newest sample or marker; -Infinity before the first. */
  readonly newestMs: number;
}

/** As long as Prometheus's own chunks. */
const CHUNK_SAMPLES = 120;

/** Prometheus's staleness marker (model/value/value.go): a NaN with a payload, which only survives as bits. */
const STALE_BITS = 0x7ff0000000000002n;

interface Chunk {
  readonly baseMs: number;
  readonly offsets: Uint32Array;
  readonly values: Float64Array;
  count: number;
}

const createChunk = (baseMs: number): Chunk => ({
  baseMs,
  offsets: new Uint32Array(CHUNK_SAMPLES),
  values: new Float64Array(CHUNK_SAMPLES),
  count: 0,
});

const timeAt = (chunk: Chunk, index: number): number => chunk.baseMs + (chunk.offsets[index] as number);
const lastOf = (chunk: Chunk): number => timeAt(chunk, chunk.count - 1);

/** Index of the first sample at or after a time. */
const firstAt = (chunk: Chunk, timeMs: number): number => {
  let [low, high] = [0, chunk.count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeAt(chunk, middle) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
};

export const createSampleHistory = (): SampleHistory => {
  let chunks: Chunk[] = [];
  let newestMs = Number.NEGATIVE_INFINITY;
  const room = (timeMs: number): Chunk => {
    let chunk = chunks.at(-1);
    if (!chunk || chunk.count === CHUNK_SAMPLES) {
      chunk = createChunk(timeMs);
      chunks.push(chunk);
    }
    chunk.offsets[chunk.count] = timeMs - chunk.baseMs;
    newestMs = timeMs;
    return chunk;
  };
  return {
    append: (timeMs, value) => {
      // A marker and a sample at one time: the first stays, as Prometheus refuses the second.
      if (timeMs <= newestMs) return;
      const chunk = room(timeMs);
      chunk.values[chunk.count++] = value;
    },
    appendStale: (timeMs) => {
      if (timeMs <= newestMs) return;
      const chunk = room(timeMs);
      new BigUint64Array(chunk.values.buffer)[chunk.count++] = STALE_BITS;
    },
    dropBefore: (timeMs) => {
      if (chunks[0] && lastOf(chunks[0]) < timeMs) chunks = chunks.filter((chunk) => lastOf(chunk) >= timeMs);
    },
    select: (startMs, endMs) => {
      const parts = chunks
        .filter((chunk) => chunk.baseMs <= endMs && lastOf(chunk) >= startMs)
        .map((chunk) => ({ chunk, from: firstAt(chunk, startMs), to: firstAt(chunk, endMs + 1) }));
      const length = parts.reduce((sum, { from, to }) => sum + to - from, 0);
      if (length === 0) return undefined;
      const timesMs = new Float64Array(length);
      const values = new Float64Array(length);
      let at = 0;
      for (const { chunk, from, to } of parts) {
        for (let i = from; i < to; i++) timesMs[at + i - from] = timeAt(chunk, i);
        // Array to array, so that the bits of markers stay.
        values.set(chunk.values.subarray(from, to), at);
        at += to - from;
      }
      return { timesMs, values };
    },
    get newestMs() {
      return newestMs;
    },
  };
};
