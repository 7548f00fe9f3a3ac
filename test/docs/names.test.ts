import { readdirSync, readFileSync } from 'node:fs';
import { collectConfigKeys } from '../../scripts/config-docs.ts';
import { collectMetricGroups } from '../../scripts/metric-docs.ts';
import { ADMISSION_CONFIG_SCHEMA } from '../../src/admission/config/schema.ts';
import { BACKGROUND_SCAN_CONFIG_SCHEMA } from '../../src/background-scan/config/schema.ts';
import { COLLECTOR_CONFIG_SCHEMA } from '../../src/collector/config/schema.ts';
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

/** The keys of a configuration, and how a page names them: `section.key` in code marks, alone or with a value behind it. */
const namesOf = (schema: Parameters<typeof collectConfigKeys>[0]) => {
  const keys = new Set(collectConfigKeys(schema).map(({ path }) => path.replaceAll('[]', '')));
  const sections = [...keys].filter((key) => !key.includes('.') && [...keys].some((other) => other.startsWith(`${key}.`)));
  const form = new RegExp(`\`((?:${sections.join('|')})(?:\\.[a-zA-Z]+)+)(?::[^\`]*)?\``, 'g');
  // File names such as prometheus.yml are none.
  return { form, isKey: (name: string): boolean => keys.has(name) || /\.ya?ml$/.test(name) };
};
const exporter = namesOf(CONFIG_SCHEMA);
const admission = namesOf(ADMISSION_CONFIG_SCHEMA);
const receiver = namesOf(RECEIVER_CONFIG_SCHEMA);
const collector = namesOf(COLLECTOR_CONFIG_SCHEMA);
const backgroundScan = namesOf(BACKGROUND_SCAN_CONFIG_SCHEMA);

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('names no metric that is not exposed', () => {
    expect([...text.matchAll(METRIC)].map(([name]) => name).filter((name) => !isMetric(name))).toEqual([]);
  });

  it('names no configuration key that is not there', () => {
    const { form, isKey } = page.startsWith('docs/admission')
      ? admission
      : page.startsWith('docs/receiver')
        ? receiver
        : page.startsWith('docs/collector')
          ? collector
          : page.startsWith('docs/background-scan')
            ? backgroundScan
            : exporter;
    expect([...text.matchAll(form)].map(([, key]) => String(key)).filter((key) => !isKey(key))).toEqual([]);
  });
});
