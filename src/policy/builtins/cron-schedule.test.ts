import { describe, expect, it } from '@jest/globals';
import { isTimeZone, scheduleProblem } from './cron-schedule.ts';

describe('scheduleProblem', () => {
  it.each([
    '*/5 * * * *',
    '0 0 * * *',
    '15,45 9-17 1 jan-DEC mon-fri',
    '0 0 29 2 *',
    '0 0 31 2 1',
    '0 0 ? * 0',
    '5/15 * * * *',
    '@daily',
    '@every 1h30m',
  ])('finds nothing wrong with %s', (schedule) => {
    expect(scheduleProblem(schedule)).toBeUndefined();
  });

  it.each([
    ['', '0 fields'],
    ['* * * *', '4 fields'],
    ['* * * * * *', '6 fields'],
    ['60 * * * *', 'minute 60 is not within 0-59'],
    ['0 24 * * *', 'hour 24'],
    ['0 0 0 * *', 'day of month 0'],
    ['0 0 * 13 *', 'month 13'],
    ['0 0 * * 7', 'day of week 7'],
    ['0 0 30 2 *', 'no month has such a day'],
    ['10-5 * * * *', 'goes backwards'],
    ['*/0 * * * *', 'not understood'],
    ['every day', '2 fields'],
    ['@fortnightly', 'not known'],
    ['TZ=UTC 0 0 * * *', 'timeZone'],
  ])('says what is wrong with "%s"', (schedule, problem) => {
    expect(scheduleProblem(schedule)).toContain(problem);
  });
});

describe('isTimeZone', () => {
  it('knows zones by name only', () => {
    expect(['Europe/Berlin', 'Etc/UTC', 'UTC', 'US/Eastern'].map(isTimeZone)).toEqual([true, true, true, true]);
    expect(['Local', '', 'Mars/Olympus', '+05:00', 'CET-'].map(isTimeZone)).toEqual([false, false, false, false, false]);
  });
});
