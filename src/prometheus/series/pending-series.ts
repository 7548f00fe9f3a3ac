import type { Series } from '../../conventions/index.ts';
import type { SampleColumns } from '../chunk/chunk-reader.ts';
import type { LabelEntry } from './label-table.ts';
import { concat, mergeByTime, type Samples } from './merge-samples.ts';

const NEVER = Number.NEGATIVE_INFINITY;
// A power of two, at most half of it taken; small, as many selectors find little.
const FIRST_SLOTS = 64;
const NOTHING = new Float64Array(0);

/** The series of one query while they are gathered. Columns of numbers instead of an object for each: tens of thousands are alive at once. */
export interface PendingSeries {
  /** Index of the entry's series, made where it is new; -1 where another entry with the same labels was there before. */
  open(entry: LabelEntry): number;
  /** Says where samples of a series lie; several times where it came in several turns. */
  addSamples(index: number, columns: SampleColumns, from: number, to: number): void;
  addStaleMarker(index: number, timeMs: number): void;
  /** Samples of this series have to be put into order. */
  setUnordered(index: number): void;
  /** All series that have a sample or a staleness marker; `dropped` counts samples at times that were there already. */
  finish(): { readonly series: Series[]; readonly samples: number; readonly dropped: number };
}

export const createPendingSeries = (): PendingSeries => {
  // A hash table with open addressing: index + 1 of the series at each place, 0 = free. A Map of this size would be garbage of the lasting kind.
  let slots = new Int32Array(FIRST_SLOTS);
  const entries: LabelEntry[] = [];
  const columnsOf: (SampleColumns | undefined)[] = [];
  const fromOf: number[] = [];
  const toOf: number[] = [];
  // Few series have these.
  const earlier = new Map<number, Samples[]>();
  const staleMs = new Map<number, number>();
  const unordered = new Set<number>();

  const samplesOf = (columns: SampleColumns, from: number, to: number): Samples => ({
    timesMs: new Float64Array(columns.timesMs.buffer, from * 8, to - from),
    values: new Float64Array(columns.values.buffer, from * 8, to - from),
  });

  /** The times of the series before, where they are the same: series of one scrape share them, and a view costs as much as ten samples. */
  const timesOf = (columns: SampleColumns, from: number, length: number, before: Float64Array | undefined): Float64Array => {
    if (before?.length === length) {
      let i = 0;
      while (i < length && before[i] === columns.timesMs[from + i]) i++;
      if (i === length) return before;
    }
    return new Float64Array(columns.timesMs.buffer, from * 8, length);
  };

  const finishOne = (index: number, before: Float64Array | undefined): Series | undefined => {
    const staleAt = staleMs.get(index) ?? NEVER;
    const columns = columnsOf[index];
    const { labels } = entries[index]!;
    if (columns === undefined) return staleAt === NEVER ? undefined : { labels, timesMs: NOTHING, values: NOTHING, staleMs: staleAt };
    const from = fromOf[index]!;
    const length = toOf[index]! - from;
    let timesMs = timesOf(columns, from, length, before);
    let values = new Float64Array(columns.values.buffer, from * 8, length);
    const pieces = earlier.get(index);
    if (pieces !== undefined || unordered.has(index)) {
      ({ timesMs, values } = mergeByTime(concat([...(pieces ?? []), { timesMs, values }])));
    }
    const ended = staleAt !== NEVER && (timesMs.length === 0 || staleAt > timesMs[timesMs.length - 1]!);
    return { labels, timesMs, values, staleMs: ended ? staleAt : undefined };
  };

  /** Where the series of these labels stands, or where it belongs. */
  const placeOf = ({ identity, labels }: LabelEntry): number => {
    const mask = slots.length - 1;
    for (let place = identity & mask; ; place = (place + 1) & mask) {
      const index = slots[place]!;
      if (index === 0 || entries[index - 1]!.labels === labels) return place;
    }
  };

  const grow = (): void => {
    slots = new Int32Array(slots.length * 4);
    entries.forEach((entry, index) => {
      slots[placeOf(entry)] = index + 1;
    });
  };

  return {
    open(entry) {
      const place = placeOf(entry);
      const known = slots[place]! - 1;
      if (known >= 0) return entries[known] === entry ? known : -1;
      const index = entries.push(entry) - 1;
      slots[place] = index + 1;
      if (entries.length * 2 > slots.length) grow();
      columnsOf.push(undefined);
      fromOf.push(0);
      toOf.push(0);
      return index;
    },
    addSamples(index, columns, from, to) {
      const before = columnsOf[index];
      if (before !== undefined) {
        const pieces = earlier.get(index) ?? [];
        pieces.push(samplesOf(before, fromOf[index]!, toOf[index]!));
        earlier.set(index, pieces);
      }
      columnsOf[index] = columns;
      fromOf[index] = from;
      toOf[index] = to;
    },
    addStaleMarker(index, timeMs) {
      staleMs.set(index, Math.max(timeMs, staleMs.get(index) ?? NEVER));
    },
    setUnordered(index) {
      unordered.add(index);
    },
    finish() {
      const series: Series[] = [];
      let samples = 0;
      let added = [...earlier.values()].flat().reduce((sum, { timesMs }) => sum + timesMs.length, 0);
      for (let i = 0; i < entries.length; i++) {
        added += toOf[i]! - fromOf[i]!;
        const one = finishOne(i, series[series.length - 1]?.timesMs);
        if (one === undefined) continue;
        samples += one.timesMs.length;
        series.push(one);
      }
      return { series, samples, dropped: added - samples };
    },
  };
};
