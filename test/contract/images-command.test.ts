import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../src/platform/index.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));
const REPORT = {
  SchemaVersion: 2,
  ArtifactName: 'shop/api:1',
  ArtifactType: 'container_image',
  Results: [
    {
      Vulnerabilities: [
        { VulnerabilityID: 'CVE-1', PkgName: 'a', InstalledVersion: '1', Severity: 'CRITICAL' },
        { VulnerabilityID: 'CVE-2', PkgName: 'b', InstalledVersion: '1', FixedVersion: '2', Severity: 'HIGH' },
      ],
    },
  ],
};
const spec = (image: string) => ({
  template: { spec: { initContainers: [{ name: 'setup', image }], containers: [{ name: 'app', image: 'nginx' }] } },
});
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'api', namespace: 'shop' }, spec: spec('shop/api:1') };
const USED = [{ kind: 'Deployment', namespace: 'shop', name: 'api', containers: ['setup'] }];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-images-'));
  for (const name of ['k8s', 'bin', 'empty']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'api.json'), JSON.stringify(REPORT));
  writeFileSync(join(folder, 'other.json'), JSON.stringify({ ...REPORT, ArtifactName: 'shop/other:1', Results: [] }));
  writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ ...REPORT, SchemaVersion: 1 }));
  writeFileSync(join(folder, 'k8s/api.yaml'), JSON.stringify(DEPLOYMENT));
  writeFileSync(join(folder, 'k8s/values.yaml'), 'a: b\n');
  // What it is called with goes to a file, so that the test sees it.
  writeFileSync(
    join(folder, 'bin/trivy'),
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${join(folder, 'arguments')}'\ncase "$*" in *broken*) echo 'no such image' >&2; exit 1;; *slow*) exec sleep 30;; esac\ncat '${join(folder, 'api.json')}'\n`,
  );
  chmodSync(join(folder, 'bin/trivy'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
/** `path`: PATH of the command; without a trivy unless it is told. */
const run = (args: readonly string[], path = join(folder, 'empty'), input = ''): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, PATH: path };
    const child = spawn(process.execPath, [PROGRAM, 'images', ...args], { cwd: folder, env });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.stdin.end(input);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
const json = async (args: readonly string[], path?: string): Promise<unknown> => {
  const { stdout, stderr } = await run([...args, '--format', 'json'], path);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
};

describe('bellwether images import', () => {
  it.each([
    { name: 'findings, by default', args: ['api.json'], status: 0 },
    { name: 'findings at the bar', args: ['api.json', '--fail-on', 'critical'], status: 1 },
    { name: 'findings at the bar without a fix', args: ['api.json', '--fail-on', 'critical', '--fixable-only'], status: 0 },
    { name: 'a report that is none', args: ['api.json', 'wrong.json'], status: 2 },
    { name: 'a report that is not there', args: ['nowhere.json'], status: 2 },
    { name: 'manifests that are not there', args: ['api.json', '--manifests', 'nowhere'], status: 2 },
    { name: 'manifests and a cluster', args: ['api.json', '--manifests', 'k8s', '--live'], status: 2 },
    { name: 'no reports', args: [], status: 2 },
  ])('ends with $status for $name', async ({ args, status }) => expect(await run(['import', ...args])).toMatchObject({ status }));

  it('joins reports to the workloads of manifests, and names what did not meet', async () => {
    expect(await json(['import', 'api.json', 'other.json', 'wrong.json', '--manifests', 'k8s'])).toMatchObject({
      images: [
        { image: 'shop/api:1', file: 'api.json', findings: { critical: 1, high: 1 }, fixable: { critical: 0, high: 1 }, workloads: USED },
        { image: 'shop/other:1', workloads: [] },
      ],
      unused: ['shop/other:1'],
      withoutReport: [{ image: 'nginx', workloads: [{ name: 'api', containers: ['app'] }] }],
      errors: [{ file: 'wrong.json', message: expect.stringContaining('SchemaVersion must be 2') }],
    });
  });

  it('reads manifests from standard input', async () => {
    const { stdout } = await run(['import', 'api.json', '--manifests', '-'], undefined, JSON.stringify(DEPLOYMENT));
    expect(stdout).toContain('  used by Deployment shop/api (setup)\n');
  });

  it('writes a table to a file', async () => {
    expect((await run(['import', 'api.json', '--output', 'out.txt'])).stdout).toBe('');
    expect(readFileSync(join(folder, 'out.txt'), 'utf8')).toMatch(/^shop\/api:1 +1 +1 \(1\) +0 +0 +0$/m);
  });

  it('joins reports to the workloads of a cluster, and leaves namespaces of the system out', async () => {
    const system = { ...DEPLOYMENT, metadata: { name: 'dns', namespace: 'kube-system' } };
    const answers: Readonly<Record<string, unknown>> = {
      '/apis': { groups: [{ name: 'apps', preferredVersion: { groupVersion: 'apps/v1' } }] },
      '/version': { minor: '36' },
      '/apis/apps/v1': { resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['list'] }] },
      '/api/v1': { resources: [] },
      '/apis/apps/v1/deployments': { items: [DEPLOYMENT, system], metadata: {} },
    };
    const server = createServer((request, response) => {
      const answer = answers[(request.url ?? '').split('?')[0] ?? ''];
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { kind: 'Status', code: 404, reason: 'NotFound', message: 'not found' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      // The client takes plain HTTP only from who trusts any server.
      clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig));
    try {
      expect(await json(['import', 'api.json', '--live', '--kubeconfig', 'kubeconfig'])).toMatchObject({
        images: [{ workloads: USED }],
        withoutReport: [{ image: 'nginx' }],
        errors: [],
      });
    } finally {
      server.close();
    }
  });
});

describe('bellwether images scan', () => {
  const bin = (): string => `${join(folder, 'bin')}:/usr/bin:/bin`;

  it('runs trivy and joins its report', async () => {
    const result = await json(['scan', 'shop/api:1', '--manifests', 'k8s'], bin());
    expect(result).toMatchObject({ images: [{ image: 'shop/api:1', workloads: USED }], errors: [] });
    expect(readFileSync(join(folder, 'arguments'), 'utf8')).toMatch(/^image\n[\s\S]*\n--\nshop\/api:1\n$/);
  });

  it('tells what went wrong with one image, and goes on with the next', async () => {
    const { status, stdout } = await run(['scan', 'shop/broken:1', 'shop/api:1'], bin());
    expect({ status, stdout }).toEqual({ status: 2, stdout: expect.stringContaining('shop/broken:1: trivy ended with 1: no such image') });
    expect(stdout).toContain('CVE-2');
  });

  it('stops a run that takes too long', async () => {
    const { status, stdout } = await run(['scan', 'shop/slow:1', '--timeout', '1'], bin());
    expect({ status, stdout }).toEqual({ status: 2, stdout: expect.stringContaining('trivy did not end within 1 s') });
  });

  it('says what to do where there is no trivy', async () => {
    const { status, stdout } = await run(['scan', 'shop/api:1']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: expect.stringContaining('trivy is not on PATH') });
  });

  it('refuses what is no reference of an image', async () => {
    expect(await run(['scan', 'a;b'], bin())).toMatchObject({ status: 2, stderr: expect.stringContaining('not a reference of an image') });
  });
});

describe('runProgram', () => {
  const node = (code: string, more: { timeoutMs?: number; maxBytes?: number; signal?: AbortSignal } = {}) =>
    runProgram(process.execPath, ['-e', code], { timeoutMs: 60_000, maxBytes: 1000, ...more });

  it('gives what a program wrote and its exit code', async () => {
    const { exitCode, stdout, stderr } = await node('console.log("out"); console.error("err"); process.exit(3)');
    expect([exitCode, new TextDecoder().decode(stdout), stderr]).toEqual([3, 'out\n', 'err']);
  });

  it('ends a program that writes too much', () =>
    expect(node('process.stdout.write("x".repeat(5000)); setInterval(() => 0, 1000)')).rejects.toMatchObject({ code: 'too_large' }));

  it('ends a program when it is told to stop', async () => {
    const stop = new AbortController();
    const running = node('setInterval(() => 0, 1000)', { signal: stop.signal });
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('knows a program that is not there', () =>
    expect(runProgram('no-such-program', [], { timeoutMs: 1000, maxBytes: 1 })).rejects.toMatchObject({ code: 'not_found' }));
});
