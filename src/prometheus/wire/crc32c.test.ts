import { crc32c } from './crc32c.ts';

describe('crc32c', () => {
  // RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
  it.each([
    { what: '32 bytes of zeros', bytes: new Uint8Array(32), crc: 0x8a9136aa },
    { what: '32 bytes of ones', bytes: new Uint8Array(32).fill(0xff), crc: 0x62a8ab43 },
    { what: '32 rising bytes', bytes: Uint8Array.from({ length: 32 }, (_, i) => i), crc: 0x46dd794e },
    { what: 'the digits 1 to 9', bytes: Buffer.from('123456789'), crc: 0xe3069283 },
    { what: 'nothing', bytes: new Uint8Array(0), crc: 0 },
  ])('gives the published value for $what', ({ bytes, crc }) => {
    expect(crc32c(bytes)).toBe(crc);
  });

  it('takes a stretch of a larger buffer at any alignment', () => {
    const digits = Buffer.from('123456789');
    for (let offset = 0; offset < 9; offset++) {
      const bytes = new Uint8Array(32).fill(7);
      bytes.set(digits, offset);
      expect(crc32c(bytes, offset, offset + 9)).toBe(0xe3069283);
    }
  });
});
