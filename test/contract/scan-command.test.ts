import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));
const BAD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec:\n  hostNetwork: true\n  containers: [{name: a, image: b}]\n';
const GOOD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n';

interface ScanOutput {
  readonly findings: readonly { readonly policy: string; readonly file: string; readonly line: number }[];
  readonly errors: readonly { readonly message: string }[];
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-scan-'));
  for (const name of ['.git', 'node_modules', 'app']) mkdirSync(join(folder, name));
  for (const name of ['.git/x.yaml', 'node_modules/x.yaml', 'app/bad.yaml', 'app/values.yaml', 'app/notes.txt'])
    writeFileSync(join(folder, name), BAD);
  writeFileSync(join(folder, 'app/good.yml'), GOOD);
  writeFileSync(join(folder, 'config.yaml'), 'policies:\n  host-network: {severity: low}\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (args: readonly string[], input = '') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'scan', ...args], { input, encoding: 'utf8', cwd: folder });
  return { status, stdout, stderr };
};
const json = (args: readonly string[], input?: string): ScanOutput =>
  JSON.parse(run([...args, '--format', 'json'], input).stdout) as ScanOutput;

describe('bellwether scan', () => {
  it.each([
    { name: 'findings', args: ['--profile', 'baseline', 'app'], status: 1 },
    { name: 'nothing found', args: ['--profile', 'baseline', 'app/good.yml'], status: 0 },
    { name: 'findings below the bar', args: ['--profile', 'baseline', '--fail-on', 'critical', 'app'], status: 0 },
    { name: 'a severity of the configuration', args: ['--profile', 'baseline', '--config', 'config.yaml', 'app'], status: 0 },
    { name: 'no paths', args: [], status: 2 },
    { name: 'a path that does not exist', args: ['nowhere'], status: 2 },
    { name: 'a policy that does not exist', args: ['--only', 'nothing', 'app'], status: 2 },
    { name: 'a wrong option', args: ['--profile', 'lax', 'app'], status: 2 },
  ])('ends with $status for $name', ({ args, status }) => expect(run(args)).toMatchObject({ status }));

  it('searches folders for manifests alone', () => {
    expect(json(['--profile', 'baseline', '.']).findings.map(({ file }) => file)).toEqual(['app/bad.yaml']);
  });

  it('reads a mounted ConfigMap once', () => {
    mkdirSync(join(folder, 'mounted/..2026_01'), { recursive: true });
    writeFileSync(join(folder, 'mounted/..2026_01/bad.yaml'), BAD);
    symlinkSync('..2026_01', join(folder, 'mounted/..data'));
    symlinkSync('..data/bad.yaml', join(folder, 'mounted/bad.yaml'));
    expect(json(['--profile', 'baseline', 'mounted']).findings.map(({ file }) => file)).toEqual(['mounted/bad.yaml']);
    rmSync(join(folder, 'mounted'), { recursive: true });
  });

  it('says that standard input is empty, and guesses what policy was meant', () => {
    expect(run(['-'])).toMatchObject({ status: 2, stdout: expect.stringContaining('standard input is empty') });
    expect(run(['--only', 'host-netwrk', 'app']).stderr).toContain('did you mean host-network?');
  });

  it('gives a patch in JSON', () => {
    const [finding] = (json(['--only', 'privilege-escalation', 'app']).findings ?? []) as readonly unknown[];
    expect(finding).toMatchObject({
      patch: [{ op: 'add', path: '/spec/containers/0/securityContext', value: { allowPrivilegeEscalation: false } }],
    });
  });

  it('reads standard input, and finds the same with several threads', () => {
    const found = json(['--profile', 'baseline', '--jobs', '2', '-', 'app'], `${GOOD}---\n${BAD}`);
    expect(found.findings.map(({ policy, file, line }) => [policy, file, line])).toEqual([
      ['host-network', '-', 9],
      ['host-network', 'app/bad.yaml', 5],
    ]);
  });

  it('writes the result to a file', () => {
    expect(run(['--profile', 'baseline', '--format', 'sarif', '--output', 'out.sarif', 'app']).stdout).toBe('');
    expect(JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
  });

  it('explains a policy, with its params', () => {
    const { status, stdout } = run(['--explain', 'host-ports']);
    expect(status).toBe(0);
    expect(stdout).toContain('allowed (array, default [])');
  });
});
