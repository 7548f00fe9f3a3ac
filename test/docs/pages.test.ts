import { readFileSync } from 'node:fs';
import { collectConfigKeys } from '../../scripts/config-docs.ts';
import { PAGES } from '../../scripts/pages.ts';
import { ADMISSION_CONFIG_SCHEMA } from '../../src/admission/config/schema.ts';
import { CONFIG_SCHEMA, LIVE_KEYS } from '../../src/exporter/config/schema.ts';

describe('generated pages', () => {
  it.each(PAGES)('$path is what npm run docs writes', ({ path, render }) => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(render());
  });
});

describe('ADMISSION_CONFIG_SCHEMA', () => {
  it('says of every key what it is for', () => {
    const keys = collectConfigKeys(ADMISSION_CONFIG_SCHEMA);
    expect(keys.filter(({ schema }) => !schema.description?.endsWith('.')).map(({ path }) => path)).toEqual([]);
  });
});

describe('CONFIG_SCHEMA', () => {
  const keys = collectConfigKeys(CONFIG_SCHEMA);

  it('says of every key what it is for', () => {
    expect(keys.filter(({ schema }) => !schema.description?.endsWith('.')).map(({ path }) => path)).toEqual([]);
  });

  it('knows every key that is said to take effect while running', () => {
    expect(LIVE_KEYS.filter((live) => !keys.some(({ path }) => path === live))).toEqual([]);
  });
});
