import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { loadConfig } from '../../src/exporter/config/load-config.ts';
import { EXPORTER_DECLARATION } from '../../src/exporter/declare.ts';

const read = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const yamlOf = (page: string): string[] => [...read(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => String(text));

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
const rulesText = yamlOf('exporter.md').find((text) => text.startsWith('# bellwether.rules.yml')) ?? '';
const { groups } = load(rulesText) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const words = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');
const minutes = (seconds: number | undefined): string | undefined => (seconds === undefined ? undefined : `${seconds / 60}m`);

describe('rules in docs/exporter.md', () => {
  it('are there', () => {
    expect(rules.map(({ alert }) => alert)).toContain('WorkloadAnomalous');
  });

  it.each(rules)('$alert is the one that is declared', (rule) => {
    const declared = EXPORTER_DECLARATION.alerts.find(({ name }) => name === rule.alert);
    expect({ ...rule, expr: words(rule.expr), annotations: rule.annotations.summary }).toEqual({
      alert: declared?.name,
      expr: words(declared?.expr ?? ''),
      ...(declared?.forSeconds === undefined ? {} : { for: minutes(declared.forSeconds) }),
      ...(declared?.keepFiringForSeconds === undefined ? {} : { keep_firing_for: minutes(declared.keepFiringForSeconds) }),
      labels: { severity: declared?.severity },
      annotations: declared?.summary,
    });
  });
});

describe('configurations in pages', () => {
  // What is not a file of Prometheus is one of ours; a part of one is completed.
  const ours = ['exporter.md', 'api.md'].flatMap((page) => yamlOf(page).filter((text) => !text.startsWith('#')));

  it.each(ours)('are accepted: %j', (text) => {
    const result = loadConfig(text, text.includes('url:') ? {} : { prometheus: { url: 'http://localhost:9090' } });
    expect(result.ok ? [] : result.problems.map(({ message }) => message)).toEqual([]);
  });
});
