import { describe, expect, it } from '@jest/globals';
import { formatTime, parseTime } from './time-text.ts';

describe('parseTime', () => {
  it.each([
    ['1700000000', 1_700_000_000_000],
    ['1700000000.25', 1_700_000_000_250],
    ['2023-11-14T22:13:20Z', 1_700_000_000_000],
    ['2023-11-14T23:13:20.5+01:00', 1_700_000_000_500],
  ])('reads %s', (text, ms) => {
    expect(parseTime(text)).toBe(ms);
  });

  it.each(['', 'now', '2023-11-14', '-5', '1e9', '2023-13-41T00:00:00Z'])('does not take %p', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});

describe('formatTime', () => {
  it('is read back as the same time', () => {
    expect(formatTime(1_700_000_000_000)).toBe('2023-11-14T22:13:20Z');
    expect(parseTime(formatTime(1_700_000_000_250))).toBe(1_700_000_000_250);
  });
});
