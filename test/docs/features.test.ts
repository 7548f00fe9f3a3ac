import { readFileSync } from 'node:fs';
import { defaultCatalog } from '../../src/features/index.ts';

const page = readFileSync(new URL('../../docs/features.md', import.meta.url), 'utf8');

describe('docs/features.md', () => {
  it('has one row per feature and names no other', () => {
    // A feature's row has seven cells; none of them holds an unescaped bar.
    const rows = page
      .split('\n')
      .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
      .filter((cells) => cells.length === 7)
      .flatMap(([name]) => /`(\w+)`/.exec(name ?? '')?.[1] ?? []);
    expect(rows.sort()).toEqual(
      defaultCatalog()
        .features.map(({ name }) => name)
        .sort(),
    );
  });
});
