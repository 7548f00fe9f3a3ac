import { describe, expect, it } from '@jest/globals';
import type { LabelMatcher, Labels } from '../../conventions/index.ts';
import { selectSeries } from './select-series.ts';

const of = (labels: Labels) => ({ labels, family: 0, timesMs: new Float64Array(0), values: new Float64Array(0) });
const SERIES = [of({ __name__: 'a', pod: 'x-1' }), of({ __name__: 'a' }), of({ __name__: 'ab', pod: 'y\n' })];
const pick = (...selector: LabelMatcher[]): number[] =>
  selectSeries(SERIES, [selector])[0]!.map((s) => SERIES.indexOf(s as (typeof SERIES)[0]));
const m = (name: string, type: LabelMatcher['type'], value: string): LabelMatcher => ({ name, type, value });

describe('selectSeries', () => {
  it.each([
    ['by name', [m('__name__', '=', 'a')], [0, 1]],
    ['by a pattern that is anchored', [m('__name__', '=~', 'a|b')], [0, 1]],
    ['an absent label as an empty one', [m('pod', '=', '')], [1]],
    ['a label that is not empty', [m('pod', '!=', '')], [0, 2]],
    ['by what does not match', [m('pod', '!~', 'x.*')], [1, 2]],
    ['with a dot that matches line ends', [m('pod', '=~', 'y.')], [2]],
    ['by all matchers together', [m('__name__', '=', 'a'), m('pod', '=~', '.+')], [0]],
  ])('selects %s', (_, selector, indices) => expect(pick(...selector)).toEqual(indices));
});
