import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isLabelProblem, parseLabelSet } from './label-set.ts';

describe('parseLabelSet', () => {
  it.each([
    ['up', { __name__: 'up' }],
    ['up{}', { __name__: 'up' }],
    ['a:b{z="1",a="x y"}', { __name__: 'a:b', a: 'x y', z: '1' }],
    ['m{a="1",}', { __name__: 'm', a: '1' }],
    ['m{a="q\\"b\\\\n\\nl"}', { __name__: 'm', a: 'q"b\\n\nl' }],
    ['m{path="C:\\d"}', { __name__: 'm', path: 'C:\\d' }],
    ['{"my.metric","my.label"="1"}', { __name__: 'my.metric', 'my.label': '1' }],
  ])('reads %s', (text, labels) => {
    expect(parseLabelSet(text)).toEqual(labels);
  });

  it.each([
    ['9m', 0, 'expected a metric name'],
    ['m{a=1}', 4, 'value of label a'],
    ['m{a="1"b="2"}', 7, '"," or "}"'],
    ['m{a="1",a="2"}', 8, 'given twice'],
    ['m{a="1"', 7, '"," or "}"'],
    ['m{a="1}', 4, 'value of label a'],
    ['m{a}', 3, 'expected "="'],
    ['m{a="1"}x', 8, 'blank'],
    ['{a="1"}', 0, 'expected a metric name'],
  ])('says what is wrong with %s', (text, offset, message) => {
    const problem = parseLabelSet(text);
    expect(isLabelProblem(problem) && problem).toMatchObject({ offset, message: expect.stringContaining(message) });
  });

  it('gives back any value that was escaped', () => {
    const quoted = (s: string): string => s.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const labels = parseLabelSet(`m{a="${quoted(value)}"}`);
        return !isLabelProblem(labels) && labels.a === value;
      }),
    );
  });
});
