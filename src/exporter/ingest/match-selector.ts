import type { LabelMatcher, Labels, Selector } from '../../conventions/index.ts';
import { BellwetherError } from '../../platform/index.ts';

type LabelTest = (labels: Labels) => boolean;

/** RE2 anchors on both sides, lets `.` match line feeds, and knows leading flags such as `(?i)`, which JavaScript wants apart. */
const anchored = (pattern: string): RegExp => {
  const [, flags = '', rest = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(pattern) ?? [];
  try {
    return new RegExp(`^(?:${rest})$`, [...new Set(`${flags}s`)].join(''));
  } catch (error) {
    throw new BellwetherError('invalid_config', `the regular expression ${pattern} is not understood`, error);
  }
};

const testOf = ({ name, type, value }: LabelMatcher): LabelTest => {
  // A label that is absent is an empty one, as in PromQL.
  if (type === '=') return (labels) => (labels[name] ?? '') === value;
  if (type === '!=') return (labels) => (labels[name] ?? '') !== value;
  const expression = anchored(value);
  return type === '=~' ? (labels) => expression.test(labels[name] ?? '') : (labels) => !expression.test(labels[name] ?? '');
};

/** Tells which of the selectors take a series. Throws `invalid_config` on a regular expression that JavaScript cannot hold. */
export const createSelectorIndex = (selectors: readonly Selector[]): ((labels: Labels) => readonly number[]) => {
  const tests = selectors.map((selector) => selector.map(testOf));
  return (labels) => tests.flatMap((all, index) => (all.every((test) => test(labels)) ? [index] : []));
};
