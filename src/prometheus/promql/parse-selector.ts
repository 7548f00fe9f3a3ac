import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { LabelMatcher, Selector } from '../../conventions/index.ts';
import { BellwetherError } from '../../platform/index.ts';
import { unquote } from './string-literal.ts';

const MATCHER_TYPES: ReadonlySet<string> = new Set<LabelMatcher['type']>(['=', '!=', '=~', '!~']);

/**
 * The matchers of a PromQL vector selector like `up{job="node"}`, the metric's name as a matcher of `__name__`.
 * Nothing else is taken: no range, offset, function. Throws `invalid_input` with the position of what is wrong.
 */
export const parseSelector = (text: string): Selector => {
  const fail = (what: string, at: number): never => {
    throw new BellwetherError('invalid_input', `not a selector: ${what} at character ${at + 1} of ${JSON.stringify(text)}`);
  };
  const tree = parser.parse(text);
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) fail('a syntax error', node.from);
    },
  });
  const top = tree.topNode.firstChild;
  if (top === null) return fail('nothing', 0);
  if (top.name !== 'VectorSelector') return fail(`${top.name} instead of a metric with matchers`, top.from);
  if (top.nextSibling !== null) fail('more than one expression', top.nextSibling.from);

  const read = (node: SyntaxNode): string => text.slice(node.from, node.to);
  const string = (node: SyntaxNode): string => unquote(read(node)) ?? fail('an unknown escape', node.from);
  const matchers: LabelMatcher[] = [];
  const identifier = top.getChild('Identifier');
  if (identifier !== null) matchers.push({ name: '__name__', type: '=', value: read(identifier) });
  for (let node = top.getChild('LabelMatchers')?.firstChild ?? null; node !== null; node = node.nextSibling) {
    if (node.name === 'QuotedLabelName') matchers.push({ name: '__name__', type: '=', value: string(node) });
    else if (node.name === 'UnquotedLabelMatcher' || node.name === 'QuotedLabelMatcher') {
      const unquoted = node.getChild('LabelName');
      const quoted = node.getChild('QuotedLabelName');
      const operator = node.getChild('MatchOp');
      const value = node.getChild('StringLiteral');
      if (operator === null || value === null) return fail('an incomplete matcher', node.from);
      const type = read(operator);
      if (!isMatcherType(type)) return fail(`operator ${type}`, operator.from);
      const name = unquoted === null ? quoted && string(quoted) : read(unquoted);
      matchers.push({ name: name ?? fail('a matcher without a name', node.from), type, value: string(value) });
    }
  }
  if (identifier !== null && matchers.filter(({ name }) => name === '__name__').length > 1)
    fail("the metric's name twice", identifier.from);
  for (const matcher of matchers) if (matchesEmpty(matcher) === undefined) fail(`a bad regular expression for ${matcher.name}`, 0);
  if (!matchers.some((matcher) => matchesEmpty(matcher) === false)) fail('no matcher that would not take every series', 0);
  return matchers;
};

const isMatcherType = (text: string): text is LabelMatcher['type'] => MATCHER_TYPES.has(text);

/** Whether series without the label match, as Prometheus asks before it takes a selector; undefined for a broken expression. */
const matchesEmpty = ({ type, value }: LabelMatcher): boolean | undefined => {
  if (type === '=') return value === '';
  if (type === '!=') return value !== '';
  try {
    // RE2's flags in front of an expression, which JavaScript does not know, change nothing about the empty text.
    const matches = new RegExp(`^(?:${value.replace(/^\(\?[imsU]+\)/, '')})$`, 'u').test('');
    return type === '=~' ? matches : !matches;
  } catch {
    return undefined;
  }
};
