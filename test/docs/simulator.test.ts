import { readFileSync } from 'node:fs';
import { demoCommand } from '../../src/demo/main.ts';
import { NOISE_PROFILES } from '../../src/demo/simulator/index.ts';
import { SCENARIOS } from '../../src/demo/simulator/scenarios.ts';

const page = readFileSync(new URL('../../docs/simulator.md', import.meta.url), 'utf8');
const section = (heading: string): string => page.split(/^##+ /m).find((text) => text.startsWith(heading)) ?? '';
/** Cells of the table rows whose first cell is one name in code marks. */
const rowsOf = (text: string): string[][] =>
  text.split('\n').flatMap((line) =>
    /^\| `\w+` \|/.test(line)
      ? [
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ]
      : [],
  );

const minutesOf = ([low, high]: readonly [number, number]): string => (low === high ? `${low}` : `${low} to ${high}`);

describe('docs/simulator.md', () => {
  it('has the scenarios as they are, one row each', () => {
    const rows = rowsOf(section('Scenarios')).map((cells) => [cells[0], cells[1], cells[2], cells.at(-1)]);
    expect(rows).toEqual(
      SCENARIOS.map(({ kind, target, description, minutes }) => [`\`${kind}\``, target, description, minutesOf(minutes)]),
    );
  });

  it('has the noise profiles as they are, one row each', () => {
    const rows = rowsOf(section('Noise')).map(([name, description]) => [name, description]);
    expect(rows).toEqual(NOISE_PROFILES.map(({ name, description }) => [`\`${name}\``, description]));
  });

  it('names every flag of the command, with its default', () => {
    const lines = page.split('\n').filter((line) => line.startsWith('| `--'));
    const missing = demoCommand().options.filter(({ long, defaultValue }) => {
      const line = lines.find((text) => text.includes(`\`${long}\``));
      return line === undefined || (defaultValue !== undefined && defaultValue !== false && !line.includes(String(defaultValue)));
    });
    expect(missing.map(({ long }) => long)).toEqual([]);
  });
});
