import { readdirSync, readFileSync } from 'node:fs';
import { alertRules } from '../rules/rules-of-bundle.ts';

const FOLDER = new URL('../../docs/runbooks/', import.meta.url);
const pages = readdirSync(FOLDER);

describe('docs/runbooks', () => {
  it('has one page per alert that the bundle can ship, and no other', () => {
    expect(pages.sort()).toEqual(alertRules.map(({ alert }) => `${alert}.md`).sort());
  });

  it.each(pages)('%s says what, why, what to look at first, how to tune and how to silence', (page) => {
    const text = readFileSync(new URL(page, FOLDER), 'utf8');
    expect([...text.matchAll(/^#+ .*$/gm)].map(([heading]) => heading)).toEqual([
      `# ${page.replace('.md', '')}`,
      '## Why it matters',
      '## First checks',
      '## Tuning',
      '## Silencing',
    ]);
    for (const section of text.split(/^#+ .*$/m).slice(1)) expect(section.trim().length).toBeGreaterThan(4);
  });
});

describe('alerts', () => {
  it.each(alertRules)('$alert carries severity, texts, its page and a dashboard', ({ alert, labels, annotations }) => {
    expect(['critical', 'warning', 'info', 'none']).toContain(labels?.severity);
    expect(annotations?.summary?.length).toBeGreaterThan(10);
    expect(annotations?.description?.length).toBeGreaterThan(10);
    expect(annotations?.runbook_url).toMatch(new RegExp(`/docs/runbooks/${alert}\\.md$`));
    expect(annotations?.dashboard_url).toMatch(/^\/d\/bellwether-/);
  });
});
