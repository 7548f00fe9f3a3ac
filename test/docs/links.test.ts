import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const pagesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: folder === 'docs', encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const pages = [...pagesIn('.'), ...pagesIn('docs')];

// [text](target) and ![alt](target); code is taken out before, because brackets are common there.
const LINK = /\]\(([^)\s]+)\)/g;
const FENCED = /```[\s\S]*?```/g;
const CODE = /```[\s\S]*?```|`[^`\n]*`/g;

/** GitHub's anchor of a heading: lower case, no punctuation, spaces to hyphens. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
const anchorsOf = (path: string): string[] =>
  // A comment in a shell example is no heading.
  [
    ...readFileSync(path, 'utf8')
      .replaceAll(FENCED, '')
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, text]) => anchorOf(String(text)));

const isBroken = (page: string, link: string): boolean => {
  if (/^[a-z]+:/.test(link)) return false;
  const [target = '', anchor] = link.split('#');
  const path = target === '' ? join(ROOT, page) : join(ROOT, dirname(page), target);
  if (!existsSync(path)) return true;
  return anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).includes(anchor);
};

describe('links between pages', () => {
  it.each(pages)('lead somewhere in %s', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(CODE, '');
    const links = [...text.matchAll(LINK)].map(([, link]) => String(link));
    expect(links.filter((link) => isBroken(page, link))).toEqual([]);
  });
});

describe('a link', () => {
  it.each([
    ['docs/api.md', 'exporter.md#readiness', false],
    ['docs/api.md', '#errors', false],
    ['README.md', 'docs/adr/', false],
    ['docs/api.md', 'https://example.org/', false],
    ['docs/api.md', 'nowhere.md', true],
    ['docs/api.md', 'exporter.md#nowhere', true],
    ['docs/api.md', 'docs/exporter.md', true],
  ])('in %s to %s is broken: %p', (page, link, broken) => {
    expect(isBroken(page, link)).toBe(broken);
  });
});

describe('README.md', () => {
  it('begins with the commands that CI runs first', () => {
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain('npm ci && npm test');
    expect(readFileSync(join(ROOT, 'scripts/ci.mjs'), 'utf8')).toContain('npm ci && npm test');
  });
});
