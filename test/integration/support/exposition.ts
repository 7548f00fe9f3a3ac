import { spawnSync } from 'node:child_process';

/** Series of a text exposition, by name and label text as they stand there. */
export type Exposition = ReadonlyMap<string, number>;

export const parseExposition = (text: string): Exposition => {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const at = line.lastIndexOf(' ');
    found.set(line.slice(0, at), Number(line.slice(at + 1)));
  }
  return found;
};

/** The series of one family, by label text. */
export const family = (exposition: Exposition, name: string): Map<string, number> =>
  new Map(
    [...exposition].flatMap(([series, value]) =>
      series === name || series.startsWith(`${name}{`) ? [[series.slice(name.length), value] as const] : [],
    ),
  );

/** Sum of the series of a family whose labels contain all of `labels`; 0 where there is none. */
export const total = (exposition: Exposition, name: string, ...labels: readonly string[]): number =>
  [...family(exposition, name)].reduce((sum, [text, value]) => (labels.every((label) => text.includes(label)) ? sum + value : sum), 0);

/** What `promtool check metrics` has against a text; empty when it is clean. */
export const lintExposition = (promtool: string, text: string): string => {
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return status === 0 ? '' : `exit code ${status}: ${stdout}${stderr}`;
};
