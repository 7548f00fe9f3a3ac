import fc from 'fast-check';
import { createTimeHeap } from './time-heap.ts';

describe('createTimeHeap', () => {
  it('gives items in rising time, whatever order they came in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (times) => {
        const heap = createTimeHeap<number>();
        for (const ms of times) heap.push(ms, ms);
        const out: number[] = [];
        while (heap.size > 0) {
          expect(heap.peekMs()).toBe(heap.peek());
          out.push(heap.pop()!);
        }
        expect(out).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });

  it('has nothing to give when it is empty', () => {
    const heap = createTimeHeap<number>();
    expect(heap.pop()).toBeUndefined();
    expect(heap.peekMs()).toBe(Number.POSITIVE_INFINITY);
  });
});
