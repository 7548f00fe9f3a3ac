import { readdirSync, readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../docs/benchmarks.md', import.meta.url), 'utf8');
/** Files of bench/ that run or support the others. */
const SUPPORT = ['report', 'run', 'soak'];
const names = readdirSync(new URL('../../bench', import.meta.url))
  .flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -'.ts'.length)] : []))
  .filter((name) => !SUPPORT.includes(name));
const soaks = names.filter((name) => name.startsWith('soak-'));
const benches = names.filter((name) => !name.startsWith('soak-'));

describe('docs/benchmarks.md', () => {
  it.each(benches)('has bench %s', (name) => {
    expect(page).toContain(`\`${name}\``);
  });

  it.each(soaks)('has %s', (name) => {
    expect(page).toContain(`\`${name.slice('soak-'.length)}\``);
  });
});
