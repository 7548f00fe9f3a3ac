import fc from 'fast-check';
import type { LabelMatcher } from '../../conventions/index.ts';
import { formatSelector } from './format-selector.ts';
import { parseSelector } from './parse-selector.ts';

const name = (value: string): LabelMatcher => ({ name: '__name__', type: '=', value });

describe('parseSelector', () => {
  it.each([
    { text: 'up', matchers: [name('up')] },
    { text: ' node:cpu:rate5m{ } ', matchers: [name('node:cpu:rate5m')] },
    { text: 'up{job="node",}', matchers: [name('up'), { name: 'job', type: '=', value: 'node' }] },
    {
      text: `up{a!="b", c=~'d|e', f!~\`\\d+\`}`,
      matchers: [
        name('up'),
        { name: 'a', type: '!=', value: 'b' },
        { name: 'c', type: '=~', value: 'd|e' },
        { name: 'f', type: '!~', value: '\\d+' },
      ],
    },
    { text: '{"my.metric", "a.b"="c"}', matchers: [name('my.metric'), { name: 'a.b', type: '=', value: 'c' }] },
    { text: '{__name__=~"a|b"}', matchers: [{ name: '__name__', type: '=~', value: 'a|b' }] },
    { text: '{a="\\"\\\\\\n\\t\\x41\\101\\u00fc\\U0001F680"}', matchers: [{ name: 'a', type: '=', value: '"\\\n\tAAü🚀' }] },
    { text: '{a="\\xc3\\xbc"}', matchers: [{ name: 'a', type: '=', value: 'ü' }] },
    { text: '{a=~"(?i)x"}', matchers: [{ name: 'a', type: '=~', value: '(?i)x' }] },
  ])('reads $text', ({ text, matchers }) => {
    expect(parseSelector(text)).toEqual(matchers);
  });

  it.each([
    { text: '', says: 'a syntax error at character 1' },
    { text: 'up{', says: 'a syntax error at character 4' },
    { text: 'up{job=node}', says: 'a syntax error' },
    { text: 'up[5m]', says: 'MatrixSelector instead of a metric with matchers at character 1' },
    { text: 'rate(up[5m])', says: 'FunctionCall instead of' },
    { text: 'up offset 5m', says: 'OffsetExpr instead of' },
    { text: 'up + up', says: 'BinaryExpr instead of' },
    { text: '{}', says: 'no matcher that would not take every series' },
    { text: '{a=""}', says: 'no matcher that would not take every series' },
    { text: '{a=~".*"}', says: 'no matcher that would not take every series' },
    { text: '{a!="b"}', says: 'no matcher that would not take every series' },
    { text: 'up{__name__="down"}', says: "the metric's name twice" },
    { text: '{a=~"(("}', says: 'a bad regular expression for a' },
    { text: '{a="\\q"}', says: 'an unknown escape at character 4' },
  ])('refuses "$text"', ({ text, says }) => {
    expect(() => parseSelector(text)).toThrow(expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(says) }));
  });
});

describe('formatSelector', () => {
  it.each([
    { matchers: [name('up')], text: 'up' },
    { matchers: [name('up'), { name: 'a', type: '=~', value: 'b"\n' }], text: 'up{a=~"b\\"\\n"}' },
    { matchers: [name('my.metric')], text: '{__name__="my.metric"}' },
    { matchers: [name('inf')], text: '{__name__="inf"}' },
    { matchers: [name('up'), { name: '__name__', type: '!=', value: 'x' }], text: '{__name__="up",__name__!="x"}' },
    { matchers: [{ name: 'a.b', type: '!~', value: 'c' }, name('up')], text: 'up{"a.b"!~"c"}' },
  ] satisfies { matchers: LabelMatcher[]; text: string }[])('writes $text', ({ matchers, text }) => {
    expect(formatSelector(matchers)).toBe(text);
  });

  it('writes what parseSelector reads', () => {
    const matcher: fc.Arbitrary<LabelMatcher> = fc.record({
      name: fc
        .oneof(fc.stringMatching(/^[a-z][a-z0-9_]*$/), fc.string({ unit: 'grapheme', minLength: 1 }))
        .filter((text) => text !== '__name__' && !(text in {})),
      type: fc.constantFrom('=', '!='),
      value: fc.string({ unit: 'grapheme' }),
    });
    // The grammar's table of keywords takes the names of Object's own members for keywords.
    const metricName = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !(text in {}));
    fc.assert(
      fc.property(metricName, fc.array(matcher), (metric, matchers) => {
        const selector = [name(metric), ...matchers];
        expect(parseSelector(formatSelector(selector))).toEqual(selector);
      }),
    );
  });
});
