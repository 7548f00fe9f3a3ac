import type { LabelMatcher, Labels, Selector } from '../../conventions/index.ts';
import { BellwetherError } from '../../platform/index.ts';

// A leading flag group of RE2, such as (?i): JavaScript takes flags beside the pattern.
const LEADING_FLAGS = /^\(\?([ims]+)\)/;

/** RE2 as JavaScript, for the patterns the two share; anchored at both ends as Prometheus does it. Dot matches a line end there too. */
const compileRegex = (pattern: string): RegExp => {
  const flags = LEADING_FLAGS.exec(pattern);
  try {
    return new RegExp(`^(?:${flags ? pattern.slice(flags[0].length) : pattern})$`, `${[...new Set(`s${flags?.[1] ?? ''}`)].join('')}u`);
  } catch (error) {
    throw new BellwetherError('invalid_input', `regular expression ${JSON.stringify(pattern)} cannot be used`, error);
  }
};

const compileMatcher = ({ name, type, value }: LabelMatcher): ((labels: Labels) => boolean) => {
  if (type === '=') return (labels) => (labels[name] ?? '') === value;
  if (type === '!=') return (labels) => (labels[name] ?? '') !== value;
  const regex = compileRegex(value);
  return type === '=~' ? (labels) => regex.test(labels[name] ?? '') : (labels) => !regex.test(labels[name] ?? '');
};

/** Whether labels match a selector; an absent label is the empty string. Throws `invalid_input` on a pattern that is none. */
export const compileSelector = (selector: Selector): ((labels: Labels) => boolean) => {
  const matchers = selector.map(compileMatcher);
  return (labels) => matchers.every((matches) => matches(labels));
};
