import fc from 'fast-check';
import { snappyDecode, snappyEncode } from './snappy.ts';

const LIMIT = 1 << 20;

describe('snappyEncode', () => {
  it('makes blocks that decode to the same bytes, whatever their length', () => {
    for (const length of [0, 1, 24, 25, 59, 60, 61, 65_535, 65_536, 65_537, 200_000]) {
      const input = Uint8Array.from({ length }, (_, i) => (i * 31) & 0xff);
      expect(Buffer.from(snappyDecode(snappyEncode(input), LIMIT)).equals(input)).toBe(true);
    }
  });
});

describe('snappyDecode', () => {
  // From the format description: literals, and copies with 1, 2 and 4 bytes of offset, also overlapping their own output.
  it.each([
    { name: 'a short literal', block: [3, 2 << 2, 97, 98, 99], text: 'abc' },
    { name: 'a literal with one length byte', block: [61, 60 << 2, 60, ...new Array(61).fill(120)], text: 'x'.repeat(61) },
    { name: 'a copy with one byte of offset', block: [7, 2 << 2, 97, 98, 99, (0 << 2) | 1, 3], text: 'abcabca' },
    { name: 'a copy with two bytes of offset', block: [6, 2 << 2, 97, 98, 99, (2 << 2) | 2, 3, 0], text: 'abcabc' },
    { name: 'a copy with four bytes of offset', block: [6, 2 << 2, 97, 98, 99, (2 << 2) | 3, 3, 0, 0, 0], text: 'abcabc' },
    { name: 'a copy that repeats one byte', block: [11, 0 << 2, 97, (9 << 2) | 2, 1, 0], text: 'a'.repeat(11) },
  ])('reads $name', ({ block, text }) => {
    expect(Buffer.from(snappyDecode(Uint8Array.from(block), LIMIT)).toString()).toBe(text);
  });

  it.each([
    { name: 'less than was announced', block: [4, 2 << 2, 97, 98, 99] },
    { name: 'more than was announced', block: [2, 2 << 2, 97, 98, 99] },
    { name: 'a literal cut short', block: [3, 2 << 2, 97] },
    { name: 'a literal whose length is cut short', block: [100, 61 << 2, 1] },
    { name: 'a copy cut short', block: [6, 2 << 2, 97, 98, 99, (2 << 2) | 2, 3] },
    { name: 'a copy from before the beginning', block: [6, 2 << 2, 97, 98, 99, (2 << 2) | 2, 4, 0] },
    { name: 'a copy from nowhere', block: [6, 2 << 2, 97, 98, 99, (2 << 2) | 2, 0, 0] },
    { name: 'a copy beyond the end', block: [4, 2 << 2, 97, 98, 99, (2 << 2) | 2, 3, 0] },
    { name: 'a length that no block of this size can have', block: [0xff, 0xff, 0x3f, 0, 97] },
    { name: 'no length', block: [] },
  ])('refuses $name', ({ block }) => {
    expect(() => snappyDecode(Uint8Array.from(block), LIMIT)).toThrow(/corrupt response/);
  });

  it('refuses a declared length above the limit before it allocates', () => {
    const block = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0);
    expect(() => snappyDecode(block, LIMIT)).toThrow(expect.objectContaining({ code: 'limit_exceeded' }));
  });

  it('never throws anything but its own errors on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          snappyDecode(bytes, LIMIT);
        } catch (error) {
          expect(error).toMatchObject({ name: 'BellwetherError' });
        }
      }),
      { numRuns: 500 },
    );
  });
});
