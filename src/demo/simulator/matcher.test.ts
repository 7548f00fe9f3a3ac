import { describe, expect, it } from '@jest/globals';
import type { LabelMatcher } from '../../conventions/index.ts';
import { compileSelector } from './matcher.ts';

const LABELS = { __name__: 'up', job: 'node', pod: 'web-1' };
const matcher = (name: string, type: LabelMatcher['type'], value: string): LabelMatcher => ({ name, type, value });

describe('compileSelector', () => {
  it.each([
    ['equal', matcher('job', '=', 'node'), true],
    ['unequal', matcher('job', '!=', 'node'), false],
    ['an absent label as empty', matcher('zone', '=', ''), true],
    ['an absent label as unlike something', matcher('zone', '!=', 'a'), true],
    ['a pattern for the whole value', matcher('pod', '=~', 'web-.+'), true],
    ['no part of a value', matcher('pod', '=~', 'web'), false],
    ['alternatives, anchored together', matcher('pod', '=~', 'db|web-1'), true],
    ['a negated pattern', matcher('pod', '!~', 'web-.*'), false],
    ['a negated pattern on an absent label', matcher('container', '!~', '|POD'), false],
    ['flags', matcher('pod', '=~', '(?i)WEB-1'), true],
  ])('takes %s', (_, one, expected) => {
    expect(compileSelector([one])(LABELS)).toBe(expected);
  });

  it('asks for all matchers at once', () => {
    expect(compileSelector([matcher('job', '=', 'node'), matcher('pod', '=', 'db')])(LABELS)).toBe(false);
    expect(compileSelector([])(LABELS)).toBe(true);
  });

  it('refuses a broken pattern', () => {
    expect(() => compileSelector([matcher('pod', '=~', '(')])).toThrow(/regular expression/);
  });
});
