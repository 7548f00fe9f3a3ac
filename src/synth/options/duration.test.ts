import fc from 'fast-check';
import { formatDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['30s', 30],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['0s', 0],
    ['', undefined],
    ['30', undefined],
    ['1m1h', undefined],
    ['-5m', undefined],
    ['1.5h', undefined],
    ['30 s', undefined],
  ])('reads %j as %j', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
});

describe('formatDuration', () => {
  it('writes what parseDuration reads', () => {
    fc.assert(fc.property(fc.nat(8_000_000), (seconds) => expect(parseDuration(formatDuration(seconds))).toBe(seconds)));
  });

  it('uses the largest units', () => {
    expect([90, 600, 86_400, 0].map(formatDuration)).toEqual(['1m30s', '10m', '1d', '0s']);
  });
});
