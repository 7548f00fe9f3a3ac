// `npm run bench` lists the benches, `npm run bench -- NAME [args]` runs bench/NAME.ts in a process of its own.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('.', import.meta.url);
const NOT_BENCHES = new Set(['run.ts', 'soak.ts', 'report.ts']);

/** The first comment line of a bench is its description. */
const describeFile = (file: string): string => /^\/\/ ?(.*)/m.exec(readFileSync(new URL(file, FOLDER), 'utf8'))?.[1] ?? '';

/** Lists or runs the files whose names begin with `prefix`. Gives back the exit code. */
export const runByName = (prefix: string, args: readonly string[]): number => {
  const isOurs = (file: string): boolean =>
    file.endsWith('.ts') &&
    !NOT_BENCHES.has(file) &&
    !file.endsWith('.test.ts') &&
    (prefix ? file.startsWith(prefix) : !file.startsWith('soak-'));
  const names = readdirSync(FOLDER)
    .filter(isOurs)
    .map((file) => file.slice(prefix.length, -'.ts'.length))
    .sort();
  const [name, ...rest] = args;
  if (name === undefined || name === '--list' || name === '--help') {
    for (const each of names) console.log(`${each.padEnd(24)} ${describeFile(`${prefix}${each}.ts`)}`);
    if (names.length === 0) console.log('none yet');
    return 0;
  }
  if (!names.includes(name)) {
    console.error(`there is no ${name} here; there are: ${names.join(', ') || 'none yet'}`);
    return 2;
  }
  const script = fileURLToPath(new URL(`${prefix}${name}.ts`, FOLDER));
  // --expose-gc: a bench that tells memory has to collect before it looks.
  const { status } = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', script, ...rest], { stdio: 'inherit' });
  return status ?? 1;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = runByName('', process.argv.slice(2));
