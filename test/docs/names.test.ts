import { readdirSync, readFileSync } from 'node:fs';
import { collectConfigKeys } from '../../scripts/config-docs.ts';
import { collectMetricGroups } from '../../scripts/metric-docs.ts';
import * as conventions from '../../src/conventions/index.ts';
import { CONFIG_SCHEMA } from '../../src/exporter/config/schema.ts';
import { RECEIVER_CONFIG_SCHEMA } from '../../src/receiver/index.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const pages = [
  'README.md',
  ...readdirSync(new URL('../../docs', import.meta.url)).flatMap((name) => (name.endsWith('.md') ? `docs/${name}` : [])),
];

const metrics = new Set(collectMetricGroups(conventions).flatMap((group) => group.metrics.map(({ name }) => name)));
// Of a histogram, the parts are series, too.
const isMetric = (name: string): boolean => metrics.has(name) || metrics.has(name.replace(/_(bucket|sum|count)$/, ''));
// Names end at what no name holds; `bellwether_*` and `bellwether_<noun>` stand for many.
const METRIC = /\b(?:bellwether_[a-z0-9_]+[a-z0-9]|anomaly_score(?:_[a-z]+)*)\b/g;

const keysOf = (schema: Parameters<typeof collectConfigKeys>[0]): string[] =>
  collectConfigKeys(schema).map(({ path }) => path.replaceAll('[]', ''));
const [exporter, receiver] = [keysOf(CONFIG_SCHEMA), keysOf(RECEIVER_CONFIG_SCHEMA)];
const keys = new Set([...exporter, ...receiver]);
/** `section.key` in code marks, alone or with a value behind it, where the section is one of the process that the page is about. */
const keyPattern = (page: string): RegExp => {
  const own = page.startsWith('docs/receiver') ? receiver : exporter;
  const sections = own.filter((key) => !key.includes('.') && own.some((other) => other.startsWith(`${key}.`)));
  return new RegExp(`\`((?:${sections.join('|')})(?:\\.[a-zA-Z]+)+)(?::[^\`]*)?\``, 'g');
};
// File names such as prometheus.yml are none.
const isKey = (name: string): boolean => keys.has(name) || /\.ya?ml$/.test(name);

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('names no metric that is not exposed', () => {
    expect([...text.matchAll(METRIC)].map(([name]) => name).filter((name) => !isMetric(name))).toEqual([]);
  });

  it('names no configuration key that is not there', () => {
    expect([...text.matchAll(keyPattern(page))].map(([, key]) => String(key)).filter((key) => !isKey(key))).toEqual([]);
  });
});
