import { describe, expect, it } from '@jest/globals';
import { nginxRate, wholeRate } from './rate.ts';

describe('wholeRate', () => {
  it.each([
    [10, { count: 10, per: 'second' }],
    [1, { count: 1, per: 'second' }],
    [10.9, { count: 10, per: 'second' }],
    [2.5, { count: 150, per: 'minute' }],
    [0.001, { count: 1, per: 'minute' }],
  ] as const)('says %d per second without letting more through', (rate, expected) => {
    expect(wholeRate(rate)).toEqual(expected);
  });
});

describe('nginxRate', () => {
  it('writes seconds and minutes as nginx reads them', () => {
    expect([nginxRate(10), nginxRate(0.5)]).toEqual(['10r/s', '30r/m']);
  });
});
