import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatTime, parseDuration, parseTime } from './utc-time.ts';

const NOW = 1_700_000_000_000;

describe('parseTime', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2026-08-21T09:00:00Z', Date.UTC(2026, 7, 21, 9)],
    ['2024-02-29 23:59:59.5Z', Date.UTC(2024, 1, 29, 23, 59, 59, 500)],
    ['2026-08-21T09:00+02:00', Date.UTC(2026, 7, 21, 7)],
    ['2026-08-21T09:00:00-05:30', Date.UTC(2026, 7, 21, 14, 30)],
    ['1748698155.909', 1_748_698_155_909],
    ['now', NOW],
    ['-2h', NOW - 7_200_000],
    ['-1.5d', NOW - 129_600_000],
    ['+30m', NOW + 1_800_000],
  ])('reads %s', (text, ms) => expect(parseTime(text, NOW)).toBe(ms));

  it.each([
    '',
    '2026-08-21',
    '2026-08-21T09:00:00',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:61:00Z',
    'yesterday',
    '2h',
    '-2y',
  ])('refuses "%s"', (text) => expect(parseTime(text, NOW)).toBeUndefined());
});

describe('formatTime', () => {
  it('equals the calendar of the platform, and is read back, for any second', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_000_000_000, max: 250_000_000_000 }), (seconds) => {
        const text = formatTime(seconds * 1000);
        expect(text).toBe(new Date(seconds * 1000).toISOString().replace('.000', ''));
        expect(parseTime(text, NOW)).toBe(seconds * 1000);
      }),
    );
  });
});

describe('parseDuration', () => {
  it.each([
    ['30s', 30_000],
    ['15', 15_000],
    ['1.5m', 90_000],
    ['250ms', 250],
    ['1h', 3_600_000],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms));
  it.each(['', '-1s', '1 s', '1y'])('refuses "%s"', (text) => expect(parseDuration(text)).toBeUndefined());
});
