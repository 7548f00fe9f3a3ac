import type { LabelMatcher, Selector } from '../conventions/index.ts';

/** `__name__="name"` and the given matchers. */
export const named = (name: string, ...matchers: readonly LabelMatcher[]): Selector => [equals('__name__', name), ...matchers];

/** `__name__=~"pattern"` and the given matchers. */
export const namedLike = (pattern: string, ...matchers: readonly LabelMatcher[]): Selector => [matches('__name__', pattern), ...matchers];

export const equals = (name: string, value: string): LabelMatcher => ({ name, type: '=', value });
export const differs = (name: string, value: string): LabelMatcher => ({ name, type: '!=', value });
export const matches = (name: string, value: string): LabelMatcher => ({ name, type: '=~', value });
export const unlike = (name: string, value: string): LabelMatcher => ({ name, type: '!~', value });
