import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));

/** The program as a user starts it: from some other folder. */
const bellwether = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd: tmpdir(), encoding: 'utf8', timeout: 30_000 });
  return { status, stdout, stderr };
};

// The commands as the help lists them: two spaces, the name, its summary. Options begin with a dash, examples with a dollar.
const listed = [...bellwether('--help').stdout.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name]) => String(name));

describe('bellwether', () => {
  it('has every command in the table of the README', () => {
    const commands = /## Commands\n([\s\S]*?)\n## /.exec(readFileSync(new URL('../../README.md', import.meta.url), 'utf8'))?.[1] ?? '';
    const told = [...commands.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
    expect(listed.length).toBeGreaterThan(12);
    expect(listed.filter((name) => !told.includes(name))).toEqual([]);
  });

  it.each(listed)('explains %s, and refuses an option it does not know', (name) => {
    expect(bellwether(name, '--help')).toEqual({ status: 0, stdout: expect.stringContaining(`Usage: bellwether ${name}`), stderr: '' });
    const wrong = bellwether(name, '--no-such-option');
    expect({ status: wrong.status, stdout: wrong.stdout }).toEqual({ status: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^bellwether: [^\n]+\n$/);
  });

  it('answers wrong use with exit code 2', () => {
    expect(bellwether('exprter')).toEqual({ status: 2, stdout: '', stderr: expect.stringContaining('Did you mean exporter?') });
  });
});
