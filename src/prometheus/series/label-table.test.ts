import type { Labels } from '../../conventions/index.ts';
import { encodeLabels } from '../wire/encode-labels.ts';
import { ProtoWriter } from '../wire/proto-writer.ts';
import { createLabelTable, type LabelTable } from './label-table.ts';

const tableWith = (over: Partial<Parameters<typeof createLabelTable>[0]> = {}): LabelTable =>
  createLabelTable({ strip: ['replica'], retentionMs: 100_000, maxEntries: 1e6, seed: 1, ...over });

const intern = (table: LabelTable, labels: Labels | Uint8Array): Labels => {
  const bytes = labels instanceof Uint8Array ? labels : encodeLabels(labels);
  return table.intern(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length).labels;
};

/** Label fields in the order given, as a server may send them. */
const unsorted = (pairs: readonly (readonly [string, string])[]): Uint8Array => {
  const out = new ProtoWriter();
  for (const [name, value] of pairs) out.raw(encodeLabels({ [name]: value }));
  return out.bytes();
};

const up: Labels = { __name__: 'up', job: 'node', instance: 'h1' };

describe('createLabelTable', () => {
  it('gives the same frozen object for the same labels', () => {
    const table = tableWith();
    const first = intern(table, up);
    expect(first).toEqual(up);
    expect(Object.isFrozen(first)).toBe(true);
    expect(intern(table, up)).toBe(first);
    expect(intern(table, { ...up, job: 'nodf' })).not.toBe(first);
  });

  it('gives that object whatever the order, the stripped labels and the form', () => {
    const table = tableWith();
    const first = intern(table, { ...up, replica: 'a' });
    expect(first).toEqual(up);
    expect(intern(table, { ...up, replica: 'b' })).toBe(first);
    expect(intern(table, up)).toBe(first);
    expect(
      intern(
        table,
        unsorted([
          ['job', 'node'],
          ['empty', ''],
          ['__name__', 'up'],
          ['instance', 'h1'],
        ]),
      ),
    ).toBe(first);
    expect(table.internLabels({ ...up, replica: 'c', empty: '' }).labels).toBe(first);
  });

  it('keeps two label sets apart that differ in one byte, also in strings too long to share', () => {
    const table = tableWith();
    const long = 'x'.repeat(200);
    const seen = new Set([`${long}a`, `${long}b`, 'ab', 'ba', ''].map((value) => intern(table, { name: value, other: 'o' })));
    expect(seen.size).toBe(5);
  });

  it('takes a label named __proto__ for an ordinary one', () => {
    const labels = intern(
      tableWith(),
      unsorted([
        ['__name__', 'up'],
        ['__proto__', 'x'],
      ]),
    );
    expect(Object.entries(labels)).toEqual([
      ['__name__', 'up'],
      ['__proto__', 'x'],
    ]);
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  });

  it.each([
    {
      name: 'stripped and empty labels',
      bytes: unsorted([
        ['__name__', 'up'],
        ['empty', ''],
        ['replica', 'a'],
      ]),
    },
    {
      name: 'another order',
      bytes: unsorted([
        ['b', '1'],
        ['a', '2'],
      ]),
    },
    {
      name: 'names that every object has',
      bytes: unsorted([
        ['__proto__', 'x'],
        ['constructor', 'y'],
        ['valueOf', 'z'],
      ]),
    },
    {
      name: 'text beyond ASCII',
      bytes: unsorted([
        ['city', 'Zürich 東京 🚀'],
        ['größe', 'ü'.repeat(100)],
      ]),
    },
    { name: 'bytes that are no UTF-8', bytes: Uint8Array.of(0x0a, 6, 0x0a, 1, 97, 0x12, 1, 0xff) },
    {
      name: 'long values',
      bytes: unsorted([
        ['a', 'x'.repeat(127)],
        ['b', 'x'.repeat(128)],
        ['c', 'x'.repeat(20_000)],
      ]),
    },
    {
      name: 'a label twice',
      bytes: unsorted([
        ['a', '1'],
        ['a', '2'],
      ]),
    },
    { name: 'a value before its name', bytes: Uint8Array.of(0x0a, 6, 0x12, 1, 98, 0x0a, 1, 97) },
    { name: 'a field that nobody knows', bytes: Uint8Array.of(0x0a, 8, 0x0a, 1, 97, 0x12, 1, 98, 0x18, 1) },
    { name: 'a label without a value field', bytes: Uint8Array.of(0x0a, 3, 0x0a, 1, 97) },
    { name: 'no label at all', bytes: new Uint8Array(0) },
  ])('grows no further when it meets $name again', ({ bytes }) => {
    const table = tableWith();
    const first = intern(table, bytes);
    const { size } = table;
    expect(intern(table, bytes)).toBe(first);
    expect(table.size).toBe(size);
  });

  it('finds entries again in the same order, in another, and with new ones between', () => {
    const table = tableWith();
    const names = ['a', 'b', 'c', 'd'];
    const first = new Map(names.map((name) => [name, intern(table, { name })]));
    const again = (order: readonly string[]): readonly boolean[] => order.map((name) => intern(table, { name }) === first.get(name));
    expect(again(names)).not.toContain(false);
    expect(again(['a', 'c', 'b', 'd', 'd', 'a'])).not.toContain(false);
    expect(again(['a', 'x', 'b', 'c'])).toEqual([true, false, true, true]);
    expect(table.size).toBe(5);
  });

  it('finds thousands of entries again', () => {
    const table = tableWith();
    const make = (i: number): Labels => ({ __name__: 'm', pod: `pod-${i}`, city: `Zürich ${i % 7}` });
    const first = Array.from({ length: 5000 }, (_, i) => intern(table, make(i)));
    first.forEach((labels, i) => {
      expect(intern(table, make(i))).toBe(labels);
    });
    expect(table.size).toBe(5000);
  });

  it('drops what no read has met for the retention time, and keeps the rest', () => {
    const table = tableWith();
    table.beginRead(0);
    const kept = intern(table, up);
    const dropped = intern(table, { ...up, job: 'gone' });
    table.endRead();
    for (const nowMs of [60_000, 120_000]) {
      table.beginRead(nowMs);
      expect(intern(table, up)).toBe(kept);
      table.endRead();
    }
    expect(table.size).toBe(1);
    expect(intern(table, { ...up, job: 'gone' })).not.toBe(dropped);
    expect(intern(table, up)).toBe(kept);
  });

  it('drops earlier where entries are many, but never under a running read', () => {
    const table = tableWith({ maxEntries: 0 });
    table.beginRead(0);
    intern(table, up);
    table.beginRead(20_000);
    expect(table.size).toBe(1);
    table.endRead();
    table.endRead();
    table.beginRead(20_000);
    expect(table.size).toBe(0);
  });

  it.each([
    { name: 'a field that is no label', bytes: [0x10, 1] },
    { name: 'a label longer than its bytes', bytes: [0x0a, 9, 1] },
    { name: 'a name longer than its label', bytes: [0x0a, 2, 0x0a, 9, 65, 65, 65, 65, 65, 65, 65, 65, 65] },
  ])('refuses $name', ({ bytes }) => {
    expect(() => intern(tableWith(), Uint8Array.from(bytes))).toThrow(/corrupt response/);
  });
});
