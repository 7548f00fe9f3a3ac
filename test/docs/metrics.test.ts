import { readFileSync } from 'node:fs';
import { collectMetricGroups, groupsWithoutIntroduction } from '../../scripts/metric-docs.ts';
import type { MetricDefinition } from '../../src/conventions/index.ts';
import * as conventions from '../../src/conventions/index.ts';

type Grouped = MetricDefinition & { readonly group: string };

const groups = collectMetricGroups(conventions);
const metrics: Grouped[] = groups.flatMap((group) => group.metrics.map((metric) => ({ ...metric, group: group.constant })));
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('docs/metrics.md', () => {
  it('introduces every group', () => {
    expect(groupsWithoutIntroduction(groups)).toEqual([]);
  });
});

describe('metric definitions', () => {
  it('are found', () => {
    expect(metrics.map(({ name }) => name)).toContain('anomaly_score');
  });

  it('have names of their own', () => {
    const names = metrics.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it.each([
    [
      'a prefix that says whose it is',
      ({ name, group }) => (group === 'SCORE_METRICS' ? /^anomaly_score(_[a-z]+)*$/ : /^bellwether_[a-z]+(_[a-z0-9]+)*$/).test(name),
    ],
    ['_total on counters and nowhere else', ({ name, type }) => name.endsWith('_total') === (type === 'counter')],
    ['a help text that is a sentence', ({ help }) => /^[A-Z0-9].*\.$/.test(help)],
    ['labels in snake case', ({ labels }) => labels.every((label) => /^[a-z][a-z_]*$/.test(label))],
    ['buckets on histograms and nowhere else', ({ type, buckets }) => (buckets !== undefined) === (type === 'histogram')],
  ] satisfies [string, (metric: Grouped) => boolean][])('have %s', (_, holds) => {
    expect(metrics.filter((metric) => !holds(metric)).map(({ name }) => name)).toEqual([]);
  });
});

describe('VERSION', () => {
  it('is that of package.json', () => {
    expect(conventions.VERSION).toBe((JSON.parse(read('package.json')) as { version: string }).version);
  });
});
