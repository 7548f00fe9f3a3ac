import type { SampleColumns } from '../chunk/chunk-reader.ts';
import { bitsOf } from '../chunk/float-bits.ts';

// A small first block for reads of a short window; later ones of 64 Ki samples (1 MiB for times and values) keep allocations rare.
const FIRST_SAMPLES = 4096;
const BLOCK_SAMPLES = 65_536;

/** Memory for the samples of many series, in few blocks: one series lies in one block, next to the one before it. */
export interface SampleSlab {
  readonly columns: SampleColumns;
  /** Where the current series begins and where its next sample goes. */
  readonly from: number;
  readonly at: number;
  /** Begins a series behind the last one. */
  begin(): void;
  /** Makes room for `count` more samples of the current series; it may move to another block. */
  reserve(count: number): void;
  /** Makes the current series end before index `at`. */
  setEnd(at: number): void;
}

export const createSampleSlab = (): SampleSlab => {
  let capacity = FIRST_SAMPLES;
  let columns = allocate(capacity);
  let from = 0;
  let at = 0;
  return {
    get columns() {
      return columns;
    },
    get from() {
      return from;
    },
    get at() {
      return at;
    },
    begin() {
      from = at;
    },
    reserve(count) {
      if (at + count <= columns.timesMs.length) return;
      const held = at - from;
      capacity = Math.min(capacity * 4, BLOCK_SAMPLES);
      // A series longer than a block doubles, so that moving it stays cheap.
      const next = allocate(Math.max(capacity, held * 2 + count));
      next.timesMs.set(columns.timesMs.subarray(from, at));
      next.values.set(columns.values.subarray(from, at));
      columns = next;
      from = 0;
      at = held;
    },
    setEnd(end) {
      at = end;
    },
  };
};

const allocate = (samples: number): SampleColumns => {
  const values = new Float64Array(samples);
  return { timesMs: new Float64Array(samples), values, bits: bitsOf(values), hasStale: false, unordered: false };
};
