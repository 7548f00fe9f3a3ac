import { describe, expect, it } from '@jest/globals';
import { formatFamily, formatLabels, formatSample, formatSeries } from './exposition-text.ts';

describe('formatLabels', () => {
  it('sorts by name, leaves empty ones out and escapes', () =>
    expect(formatLabels({ workload: 'a"b\\c\nd', namespace: '', app: 'x', 'dotted.name': '1' })).toBe(
      'app="x","dotted.name"="1",workload="a\\"b\\\\c\\nd"',
    ));
});

describe('formatSeries', () => {
  it.each([
    ['cpu', 'a="1"', 'cpu{a="1"}'],
    ['my.cpu', 'a="1"', '{"my.cpu",a="1"}'],
    ['my.cpu', '', '{"my.cpu"}'],
  ])('writes %s with %s', (family, labels, text) => expect(formatSeries(family, labels)).toBe(text));
});

describe('formatSample', () => {
  it.each([
    [1.23456789, 1000, 'm 1.23457 1\n'],
    [123456789, 1500, 'm 123457000 1.5\n'],
    [-0, 0, 'm 0 0\n'],
    [1.5e-9, 1_748_698_155_909, 'm 1.5e-9 1748698155.909\n'],
  ])('writes %d with six digits', (value, ms, line) => expect(formatSample('m', value, ms)).toBe(line));
});

describe('formatFamily', () => {
  it('escapes the help text', () => expect(formatFamily('m', 'a "b"\nc')).toBe('# TYPE m gauge\n# HELP m a \\"b\\"\\nc\n'));
});
