import { readFileSync } from 'node:fs';
import { defaultCatalog } from '../../src/features/index.ts';

const page = readFileSync(new URL('../../docs/features.md', import.meta.url), 'utf8');

describe('docs/features.md', () => {
  it('has one row per feature and names no other', () => {
    const rows = [...page.matchAll(/^\| `((?:pod|node)_[a-z0-9_]+)` \| (?:[a-z1]+(?:\/s)?) \|/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual(
      defaultCatalog()
        .features.map(({ name }) => name)
        .sort(),
    );
  });
});
