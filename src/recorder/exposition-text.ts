import type { Labels } from '../conventions/index.ts';

// Names that need no quotes; others take the quoted form that Prometheus 3 reads.
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
// Enough to tell two readings apart, few enough to keep recordings small.
const SIGNIFICANT_DIGITS = 6;

const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`;

/** Labels sorted by name as `a="1",b="2"`; an empty label is no label. */
export const formatLabels = (labels: Labels): string =>
  Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${LABEL_NAME.test(name) ? name : quote(name)}=${quote(value)}`)
    .join(',');

/** `name{labels}`, or `{"any.name",labels}`. */
export const formatSeries = (family: string, labels: string): string =>
  METRIC_NAME.test(family) ? `${family}{${labels}}` : `{${[quote(family), labels].filter((part) => part !== '').join(',')}}`;

/** The lines that open a family. */
export const formatFamily = (family: string, help: string): string => {
  const name = METRIC_NAME.test(family) ? family : quote(family);
  return `# TYPE ${name} gauge\n# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}\n`;
};

/** A value with six significant digits, and its time in unix seconds. */
export const formatSample = (series: string, value: number, timeMs: number): string =>
  `${series} ${Number(value.toPrecision(SIGNIFICANT_DIGITS))} ${timeMs / 1000}\n`;

export const END_OF_TEXT = '# EOF\n';
