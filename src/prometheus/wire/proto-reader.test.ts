import fc from 'fast-check';
import { ProtoReader } from './proto-reader.ts';
import { ProtoWriter } from './proto-writer.ts';

const written = (write: (out: ProtoWriter) => void): ProtoReader => {
  const out = new ProtoWriter(1);
  write(out);
  return new ProtoReader(out.bytes());
};

describe('ProtoReader', () => {
  it('reads back every whole number that a double holds exactly', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        fc.pre(value !== 0);
        const reader = written((out) => out.int64Field(3, value));
        expect(reader.key()).toBe(3 << 3);
        expect(reader.int64()).toBe(value);
        expect(reader.done).toBe(true);
      }),
    );
  });

  it.each([
    { name: 'least int64', bytes: [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1], value: -(2 ** 63) },
    { name: 'largest int64', bytes: [255, 255, 255, 255, 255, 255, 255, 255, 127], value: 2 ** 63 },
    { name: 'minus one', bytes: [255, 255, 255, 255, 255, 255, 255, 255, 255, 1], value: -1 },
    { name: 'two bytes where one would do', bytes: [0x85, 0], value: 5 },
  ])('reads the $name', ({ bytes, value }) => {
    expect(new ProtoReader(Uint8Array.from(bytes)).int64()).toBe(value);
  });

  it('passes over fields of every wire type', () => {
    const reader = written((out) => {
      out.int64Field(1, 300);
      out.doubleField(2, 1, 2);
      out.string(3, 'text');
      out.raw(Uint8Array.of((4 << 3) | 5, 1, 2, 3, 4));
    });
    const fields: number[] = [];
    while (!reader.done) {
      const key = reader.key();
      fields.push(key >>> 3);
      reader.skip(key);
    }
    expect(fields).toEqual([1, 2, 3, 4]);
  });

  it.each([
    { name: 'a number of 11 bytes', bytes: new Array(11).fill(0x80) },
    { name: 'a number cut short', bytes: [0x80] },
    { name: 'nothing', bytes: [] },
    { name: 'field number 0', bytes: [0x02] },
  ])('refuses $name', ({ bytes }) => {
    expect(() => new ProtoReader(Uint8Array.from(bytes)).key()).toThrow(/corrupt response/);
  });

  it.each([
    { name: 'a length beyond the message', bytes: [0x0a, 5, 1, 2] },
    { name: 'a group', bytes: [0x0b] },
    { name: 'a fixed value cut short', bytes: [0x09, 1, 2, 3] },
    { name: 'a negative length', bytes: [0x0a, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1] },
  ])('refuses to pass over $name', ({ bytes }) => {
    const reader = new ProtoReader(Uint8Array.from(bytes));
    expect(() => reader.skip(reader.key())).toThrow(/corrupt response/);
  });

  it('stays inside its end although the buffer goes on', () => {
    const reader = new ProtoReader(Uint8Array.of(0x0a, 3, 1, 2, 3), 0, 4);
    expect(() => reader.skip(reader.key())).toThrow(/longer than its message/);
  });
});
