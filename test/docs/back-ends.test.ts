import { readdirSync, readFileSync } from 'node:fs';
import { MITIGATION_BACK_ENDS } from '../../src/conventions/index.ts';
import { BACK_ENDS } from '../../src/mitigation/index.ts';

const FOLDER = new URL('../../docs/mitigation/back-ends/', import.meta.url);
const names = BACK_ENDS.map(({ declaration }) => declaration.name);
const overview = readFileSync(new URL('README.md', FOLDER), 'utf8');
const rows = new Map(
  overview
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .flatMap((cells) => {
      const name = /^\[([a-z-]+)\]/.exec(cells[1] ?? '')?.[1];
      return name === undefined ? [] : [[name, cells.slice(2)] as const];
    }),
);

describe('docs/mitigation/back-ends', () => {
  it('has one page per back-end, and no other; each is declared', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(['README.md', ...names.map((name) => `${name}.md`)].sort());
    // The bundle takes them in this order.
    expect(Object.keys(MITIGATION_BACK_ENDS)).toEqual(names);
  });

  it('lists them in the order in which they are taken', () => {
    expect([...rows.keys()]).toEqual(names);
  });

  it.each(BACK_ENDS)('says of $declaration.name what it does, for what, how, by client and in dry run', ({ declaration, abilities }) => {
    const [does = '', targets = '', style, byClient = '', , , dryRun] = rows.get(declaration.name) ?? [];
    expect(style).toBe(declaration.attach);
    expect(targets.split(', ')).toEqual(abilities[0]?.targetKinds);
    expect(does).toContain({ isolate: 'isolation', rateLimit: 'rate', limitEgress: 'sending' }[abilities[0]?.action ?? 'rateLimit']);
    expect(/connections|open requests/.test(does)).toBe(abilities.some(({ connections }) => connections));
    expect(dryRun).toBe(abilities[0]?.nativeDryRun ? 'native' : 'none');
    expect(byClient === '-' || byClient === 'together only').toBe(!abilities.some(({ perClient }) => perClient));
  });
});
