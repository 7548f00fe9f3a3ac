import type { Labels } from '../../conventions/index.ts';
import { FAMILIES, familyOf } from '../simulator/families.ts';

const escapeText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

/** `{a="1",b="2"}` sorted by name, `__name__` and empty labels left out; as JSON-like text it is also an order. */
export const formatLabels = (labels: Labels): string =>
  `{${Object.entries(labels)
    .filter(([name, value]) => name !== '__name__' && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${escapeText(value)}"`)
    .join(',')}}`;

/** The head of a family. In OpenMetrics a counter family has its name without `_total`. */
export const formatHead = (name: string, type: string, help: string): string => {
  const family = type === 'counter' ? name.replace(/_total$/, '') : name;
  return `# TYPE ${family} ${type}\n# HELP ${family} ${escapeText(help)}\n`;
};

/** Type and help of the family that a raw series belongs to. */
export const headOfSeries = (seriesName: string): string => {
  const name = familyOf(seriesName);
  const { type, help } = FAMILIES[name as keyof typeof FAMILIES];
  return formatHead(name, type, help);
};

/** One sample line; times are unix seconds. */
export const formatSample = (series: string, value: number | string, timeMs: number): string => `${series} ${value} ${timeMs / 1000}\n`;

export const END_OF_TEXT = '# EOF\n';
