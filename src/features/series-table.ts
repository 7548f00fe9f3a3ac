import type { Labels, Series } from '../conventions/index.ts';
import type { Unit } from './entity.ts';
import type { OwnerRecord } from './owners.ts';

const FIRST_CAPACITY = 1024;
const NEVER = Number.NEGATIVE_INFINITY;
const ALWAYS = Number.POSITIVE_INFINITY;

/**
 * The state of every known series as columns, one slot per series: a tick reads and writes typed arrays and makes no objects.
 * About 100 bytes per series besides its labels.
 */
export class SeriesTable {
  /** One past the highest slot in use. */
  end = 0;
  /** Slots in use. */
  count = 0;
  /** Index of the catalogue input. */
  input = new Int32Array(0);
  /** Newest accepted sample, consumed or not. */
  lastMs = new Float64Array(0);
  /** Counters: the sample up to which increase was counted. */
  fromMs = new Float64Array(0);
  fromValue = new Float64Array(0);
  /** Newest consumed value (a gauge's value, a counter's rate, a restart counter's increase) and the time of its sample. */
  valueMs = new Float64Array(0);
  value = new Float64Array(0);
  /** Number of the instant that consumed it. */
  freshTick = new Float64Array(0);
  /** When the series ended, by a stale marker. */
  endMs = new Float64Array(0);
  /** Upper bound of a bucket; index of a waiting reason. */
  aux = new Float64Array(0);
  /** Slot of the limit that belongs to a usage, or -1. */
  partner = new Int32Array(0);
  /** Index of the set of terms it counts in. */
  termSet = new Int32Array(0);
  /** Index of its workload, or -1; here too, so that a tick need not follow objects. */
  workload = new Int32Array(0);
  /** 1 once a sample was consumed. */
  seen = new Uint8Array(0);
  /** Number of the push that saw it last. */
  touched = new Float64Array(0);
  readonly labels: (Labels | undefined)[] = [];
  readonly unit: (Unit | undefined)[] = [];
  readonly owner: (OwnerRecord | undefined)[] = [];
  /**
   * Samples not consumed yet. Mostly it is one, kept as two numbers, so that no short-lived object outlives its push;
   * else the first piece, the place in it, and further pieces where several pushes came between two instants.
   */
  oneMs = new Float64Array(0);
  oneValue = new Float64Array(0);
  readonly head: (Series | undefined)[] = [];
  cursor = new Int32Array(0);
  readonly more = new Map<number, Series[]>();
  readonly #free: number[] = [];

  allocate(input: number, labels: Labels): number {
    const slot = this.#free.pop() ?? this.end++;
    if (slot >= this.input.length) this.#grow();
    this.count++;
    this.input[slot] = input;
    this.lastMs[slot] = NEVER;
    this.fromMs[slot] = Number.NaN;
    this.fromValue[slot] = Number.NaN;
    this.valueMs[slot] = NEVER;
    this.value[slot] = Number.NaN;
    this.freshTick[slot] = -1;
    this.endMs[slot] = ALWAYS;
    this.aux[slot] = Number.NaN;
    this.partner[slot] = -1;
    this.termSet[slot] = -1;
    this.workload[slot] = -1;
    this.seen[slot] = 0;
    this.touched[slot] = -1;
    this.oneMs[slot] = Number.NaN;
    this.cursor[slot] = 0;
    this.labels[slot] = labels;
    this.unit[slot] = undefined;
    this.owner[slot] = undefined;
    this.head[slot] = undefined;
    return slot;
  }

  free(slot: number): void {
    this.count--;
    this.input[slot] = -1;
    this.labels[slot] = undefined;
    this.unit[slot] = undefined;
    this.owner[slot] = undefined;
    this.head[slot] = undefined;
    this.more.delete(slot);
    this.#free.push(slot);
  }

  /** Adds samples from `start` on; true where the slot had none pending. */
  queue(slot: number, series: Series, start: number): boolean {
    const { timesMs, values } = series;
    if (this.head[slot] === undefined && Number.isNaN(this.oneMs[slot])) {
      if (timesMs.length - start === 1) {
        this.oneMs[slot] = timesMs[start]!;
        this.oneValue[slot] = values[start]!;
      } else this.head[slot] = series;
      this.cursor[slot] = start;
      return true;
    }
    this.#spill(slot);
    const rest = start === 0 ? series : { labels: series.labels, timesMs: timesMs.subarray(start), values: values.subarray(start) };
    const pieces = this.more.get(slot);
    if (pieces) pieces.push(rest);
    else this.more.set(slot, [rest]);
    return false;
  }

  /** Turns the one pending sample into a piece. */
  #spill(slot: number): void {
    if (Number.isNaN(this.oneMs[slot])) return;
    this.head[slot] = {
      labels: this.labels[slot]!,
      timesMs: Float64Array.of(this.oneMs[slot]!),
      values: Float64Array.of(this.oneValue[slot]!),
    };
    this.cursor[slot] = 0;
    this.oneMs[slot] = Number.NaN;
  }

  hasPending(slot: number): boolean {
    return !Number.isNaN(this.oneMs[slot]) || this.head[slot] !== undefined;
  }

  /** Goes to the next piece; undefined where nothing is pending any more. */
  advance(slot: number): Series | undefined {
    const pieces = this.more.get(slot);
    const next = pieces?.shift();
    if (pieces?.length === 0) this.more.delete(slot);
    this.head[slot] = next;
    this.cursor[slot] = 0;
    return next;
  }

  /** Time of the earliest pending sample, Infinity where there is none. */
  pendingMs(slot: number): number {
    const one = this.oneMs[slot]!;
    if (!Number.isNaN(one)) return one;
    const head = this.head[slot];
    return head === undefined ? ALWAYS : head.timesMs[this.cursor[slot]!]!;
  }

  /** Time of the newest pending sample up to a time, -Infinity where there is none. */
  newestPendingMs(slot: number, toMs: number): number {
    const one = this.oneMs[slot]!;
    if (!Number.isNaN(one)) return one <= toMs ? one : NEVER;
    let newest = NEVER;
    const newestOf = ({ timesMs }: Series, start: number): void => {
      for (let i = start; i < timesMs.length && timesMs[i]! <= toMs; i++) newest = timesMs[i]!;
    };
    const head = this.head[slot];
    if (head !== undefined) newestOf(head, this.cursor[slot]!);
    for (const piece of this.more.get(slot) ?? []) newestOf(piece, 0);
    return newest;
  }

  /** Has a value that still counts at an instant. */
  holds(slot: number, atMs: number, holdMs: number): boolean {
    return atMs - this.valueMs[slot]! <= holdMs && atMs < this.endMs[slot]!;
  }

  #grow(): void {
    const capacity = Math.max(FIRST_CAPACITY, this.input.length * 2);
    const doubles = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(capacity);
      grown.set(old);
      return grown;
    };
    const integers = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(capacity);
      grown.set(old);
      return grown;
    };
    this.input = integers(this.input);
    this.partner = integers(this.partner);
    this.termSet = integers(this.termSet);
    this.cursor = integers(this.cursor);
    this.workload = integers(this.workload);
    const seen = new Uint8Array(capacity);
    seen.set(this.seen);
    this.seen = seen;
    this.lastMs = doubles(this.lastMs);
    this.fromMs = doubles(this.fromMs);
    this.fromValue = doubles(this.fromValue);
    this.valueMs = doubles(this.valueMs);
    this.value = doubles(this.value);
    this.freshTick = doubles(this.freshTick);
    this.endMs = doubles(this.endMs);
    this.aux = doubles(this.aux);
    this.touched = doubles(this.touched);
    this.oneMs = doubles(this.oneMs);
    this.oneValue = doubles(this.oneValue);
  }
}
