/** A queue that gives the earliest item first. */
export interface TimeHeap<T> {
  readonly size: number;
  /** Time of the earliest item, Infinity where there is none. */
  peekMs(): number;
  peek(): T | undefined;
  push(ms: number, item: T): void;
  pop(): T | undefined;
}

/** Binary heap in an array. */
export const createTimeHeap = <T>(): TimeHeap<T> => {
  const times: number[] = [];
  const items: T[] = [];

  const swap = (a: number, b: number): void => {
    [times[a], times[b]] = [times[b]!, times[a]!];
    [items[a], items[b]] = [items[b]!, items[a]!];
  };

  const rise = (start: number): void => {
    for (let at = start; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (times[parent]! <= times[at]!) return;
      swap(at, parent);
      at = parent;
    }
  };

  const sink = (): void => {
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= times.length) return;
      const child = left + 1 < times.length && times[left + 1]! < times[left]! ? left + 1 : left;
      if (times[at]! <= times[child]!) return;
      swap(at, child);
      at = child;
    }
  };

  return {
    get size() {
      return times.length;
    },
    peekMs: () => times[0] ?? Number.POSITIVE_INFINITY,
    peek: () => items[0],
    push: (ms, item) => {
      times.push(ms);
      items.push(item);
      rise(times.length - 1);
    },
    pop: () => {
      if (times.length === 0) return undefined;
      const first = items[0];
      swap(0, times.length - 1);
      times.pop();
      items.pop();
      if (times.length > 1) sink();
      return first;
    },
  };
};
