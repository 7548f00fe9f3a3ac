import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeDecimal } from './decimal.ts';

const decode = (text: string): number | undefined => {
  const bytes = new TextEncoder().encode(`x${text}y`);
  return decodeDecimal(bytes, 1, bytes.length - 1);
};

describe('decodeDecimal', () => {
  it.each([
    ['0', 0],
    ['-0.5', -0.5],
    ['+12', 12],
    ['.25', 0.25],
    ['7.', 7],
    ['1748698155.909', 1748698155.909],
    ['1e-7', 1e-7],
    ['6.02E23', 6.02e23],
    ['12345678901234567890', Number('12345678901234567890')],
    ['+Inf', Infinity],
    ['-inf', -Infinity],
    ['Infinity', Infinity],
  ])('reads %s', (text, value) => {
    expect(decode(text)).toBe(value);
  });

  it('reads NaN', () => expect(decode('NaN')).toBeNaN());

  it.each(['', '-', '.', '0x10', '1_000', '1 ', 'e5', '--1', 'nano'])('refuses "%s"', (text) => {
    expect(decode(text)).toBeUndefined();
  });

  it('equals Number for any double and any short decimal', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => decode(String(x)) === x));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }), fc.nat(14), (m, k) => {
        const digits = String(m).padStart(k + 1, '0');
        const text = k === 0 ? digits : `${digits.slice(0, -k)}.${digits.slice(-k)}`;
        return decode(text) === Number(text);
      }),
    );
  });
});
