import type { LabelMatcher, Selector } from '../../conventions/index.ts';

// Names that PromQL takes without quotes.
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
// Keywords that some version's grammar does not take as a metric's name.
const KEYWORD =
  /^(inf|nan|and|or|unless|atan2|by|without|on|ignoring|group_left|group_right|bool|offset|start|end|step|smoothed|anchored|fill|fill_left|fill_right)$/i;

/** A selector as PromQL, the metric's name before the braces where it can stand there: `up{job="node"}`. */
export const formatSelector = (selector: Selector): string => {
  const names = selector.filter(({ name }) => name === '__name__');
  // Beside a name before the braces no other matcher of the name is allowed.
  const name = names.length === 1 ? names.find(({ type, value }) => type === '=' && isMetricName(value)) : undefined;
  const rest = selector.filter((matcher) => matcher !== name).map(formatMatcher);
  if (name === undefined) return `{${rest.join(',')}}`;
  return rest.length === 0 ? name.value : `${name.value}{${rest.join(',')}}`;
};

const isMetricName = (value: string): boolean => PLAIN_METRIC.test(value) && !KEYWORD.test(value);

const formatMatcher = ({ name, type, value }: LabelMatcher): string =>
  `${PLAIN_LABEL.test(name) ? name : quote(name)}${type}${quote(value)}`;

/** A PromQL string: Go's escapes, of which JSON's are a part. */
const quote = (text: string): string => JSON.stringify(text);
