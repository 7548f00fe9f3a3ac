import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createLogger, listen } from '../../src/platform/index.ts';
import { createScanApp } from '../../src/scanner/serve/scan-app.ts';
import { tarOf } from '../fixtures/tar.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));
const SCHEMA = JSON.parse(readFileSync(new URL('../../docs/scan-output.schema.json', import.meta.url), 'utf8')) as object;
const TOKEN = 'a-token-of-the-test';
const BAD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec:\n  hostNetwork: true\n  containers: [{name: a, image: b}]\n';
const GOOD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n';
const MAX_BYTES = 200_000;

interface ScanOutput {
  readonly findings: readonly { readonly policy: string; readonly file: string; readonly line: number }[];
  readonly errors: readonly { readonly message: string; readonly line: number | null }[];
  readonly summary: { readonly files: number };
}

let folder: string;
let server: ChildProcess;
let url: string;

const start = (args: readonly string[]): Promise<string> => {
  server = spawn(process.execPath, [PROGRAM, 'scan', '--serve', '0', '--profile', 'baseline', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /"url":"([^"]+)"/.exec(said)?.[1];
      if (found) resolve(found);
    });
    server.once('exit', () => reject(new Error(`ended: ${said}`)));
  });
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-scan-server-'));
  writeFileSync(join(folder, 'token'), `${TOKEN}\n`);
  url = await start(['--token-file', join(folder, 'token'), '--max-bytes', String(MAX_BYTES)]);
}, 60_000);
afterAll(async () => {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true });
});

const BEARER = { authorization: `Bearer ${TOKEN}` };
const BASIC = { authorization: `Basic ${Buffer.from(`me:${TOKEN}`).toString('base64')}` };
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}, query = ''): Promise<Response> =>
  fetch(`${url}/api/v1/scan${query}`, { method: 'POST', headers: { 'content-type': 'application/yaml', ...BEARER, ...headers }, body });
const judged = async (...given: Parameters<typeof post>): Promise<ScanOutput> => {
  const response = await post(...given);
  expect(response.status).toBe(200);
  return (await response.json()) as ScanOutput;
};
const upload = (fields: Readonly<Record<string, string | File>>, headers: Readonly<Record<string, string>> = BASIC): Promise<Response> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return fetch(url, { method: 'POST', headers, body: form });
};

describe('POST /api/v1/scan', () => {
  it('answers what scan --format json writes', async () => {
    const answer = await judged(`${GOOD}---\n${BAD}`, {}, '?file=app.yaml');
    writeFileSync(join(folder, 'app.yaml'), `${GOOD}---\n${BAD}`);
    const args = [PROGRAM, 'scan', '--profile', 'baseline', '--format', 'json', 'app.yaml'];
    expect(answer).toEqual(JSON.parse(spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).stdout));
    expect(answer.findings).toMatchObject([{ policy: 'host-network', file: 'app.yaml', line: 9 }]);
    expect(new Ajv2020({ allowUnionTypes: true }).validate(SCHEMA, answer)).toBe(true);
  });

  it('has nothing to say of what is good', async () => {
    expect(await judged(GOOD)).toMatchObject({ findings: [], errors: [] });
  });

  it('names the line of what is no YAML, and judges the rest', async () => {
    const { errors, findings } = await judged(`a: [\n---\n${BAD}`);
    expect(errors).toMatchObject([{ line: expect.any(Number) as number }]);
    expect(findings).toMatchObject([{ policy: 'host-network' }]);
  });

  it('judges the manifests of an archive', async () => {
    const archive = tarOf({ 'app/bad.yaml': BAD, 'app/good.yml': GOOD, 'app/notes.txt': BAD, 'vendor/x.yaml': BAD });
    const { findings, summary } = await judged(gzipSync(archive), { 'content-type': 'application/gzip' });
    expect(findings).toMatchObject([{ policy: 'host-network', file: 'app/bad.yaml', line: 5 }]);
    expect(summary.files).toBe(2);
  });

  it.each([
    { what: 'no token', headers: { authorization: '' }, status: 401, code: 'unauthorized' },
    { what: 'a wrong token', headers: { authorization: 'Bearer wrong' }, status: 401, code: 'unauthorized' },
    { what: 'a body that is too large', body: 'a'.repeat(MAX_BYTES + 1), status: 413, code: 'too_large' },
    { what: 'a body that is too large unpacked', body: gzipSync('a'.repeat(MAX_BYTES + 1)), status: 413, code: 'too_large' },
    { what: 'no body', body: '', status: 400, code: 'invalid_input' },
    { what: 'another type', headers: { 'content-type': 'image/png' }, status: 400, code: 'invalid_input' },
    { what: 'damaged gzip', body: gzipSync(BAD).subarray(0, 40), status: 400, code: 'invalid_input' },
    { what: 'an archive that is cut short', body: tarOf({ 'a.yaml': BAD }).subarray(0, 600), status: 400, code: 'invalid_input' },
    { what: 'a page of another site', headers: { 'sec-fetch-site': 'cross-site' }, status: 403, code: 'forbidden' },
  ])('refuses $what with $status', async ({ body = BAD, headers = {}, status, code }) => {
    const response = await post(body, headers as Record<string, string>);
    expect([response.status, await response.json()]).toMatchObject([status, { code }]);
  });

  it.each([
    ['nesting', `a: ${'['.repeat(90_000)}`],
    [
      'aliases',
      `a: &a [x]\n${Array.from({ length: 9 }, (_, i) => `b${i}: &b${i} [${Array(9).fill(i ? `*b${i - 1}` : '*a')}]\n`).join('')}`,
    ],
    ['prototype keys', '__proto__: {polluted: yes}\nconstructor: {prototype: {polluted: yes}}\nkind: Pod\n'],
    ['many documents', '---\nkind: Pod\n'.repeat(10_000)],
    ['bytes that are no text', new Uint8Array([0xc3, 0x28, 0xa0])],
    ['wrong types', 'kind: Pod\napiVersion: v1\nspec: {containers: {a: 1}, volumes: yes}\nmetadata: [x]\n'],
  ])('stands hostile %s', async (_, body) => {
    await judged(body);
    expect(await judged(BAD)).toMatchObject({ findings: [{ policy: 'host-network' }] });
  });
});

describe('createScanApp', () => {
  it('answers 429 while there are as many uploads as it takes', async () => {
    let answer: (text: string) => void = () => undefined;
    const asked: string[] = [];
    const pool = {
      judge: ({ file }: { readonly file: string }) => {
        asked.push(file);
        return new Promise<string>((resolve) => {
          answer = resolve;
        });
      },
    };
    const app = createScanApp({ pool, log: createLogger({ level: 'silent', name: 'scan' }) }, { maxBytes: MAX_BYTES, maxUploads: 1 });
    const listener = await listen(app, { host: '127.0.0.1', port: 0, name: 'scan' });
    const send = () => fetch(`${listener.url}/api/v1/scan`, { method: 'POST', headers: { 'content-type': 'text/yaml' }, body: BAD });
    const first = send();
    while (asked.length === 0) await new Promise((done) => setTimeout(done, 5));
    const second = await send();
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '5']);
    answer('{}');
    expect((await first).status).toBe(200);
    const third = send();
    while (asked.length === 1) await new Promise((done) => setTimeout(done, 5));
    answer('{}');
    expect((await third).status).toBe(200);
    await listener.close();
  });
});

describe('the upload page', () => {
  it('asks for the token as a password', async () => {
    const response = await fetch(url);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Basic /)]);
    expect((await upload({ text: BAD }, {})).status).toBe(401);
  });

  it('is a form, under a policy that lets no foreign content and no inline script in', async () => {
    const response = await fetch(url, { headers: BASIC });
    const text = await response.text();
    expect(text).toContain('enctype="multipart/form-data"');
    expect(text).not.toMatch(/<script|style="/);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await fetch(`${url}/assets/page.css`)).headers.get('content-type')).toContain('text/css');
  });

  it.each([
    ['a file', { file: new File([BAD], 'app.yaml'), text: '' }, 'app.yaml'],
    ['text', { file: new File([], ''), text: BAD }, 'pasted.yaml'],
  ])('shows %s with the finding below its line', async (_, fields, name) => {
    const text = await (await upload(fields)).text();
    expect(text).toContain(`<h2>${name}</h2>`);
    expect(text).toMatch(
      /<tr id="L5"><td>5<\/td><td> {2}hostNetwork: true<\/td><\/tr><tr class="said hot"><td>high<\/td><td><strong>host-network/,
    );
  });

  it('shows what is hostile as text', async () => {
    const evil = '<script>alert(1)</script>';
    const text = await (await upload({ file: new File([BAD.replace('bad', `"${evil}"`)], `${evil}.yaml`), text: '' })).text();
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;alert(1)');
  });

  it('says why it did not judge', async () => {
    const response = await upload({ text: '' });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('choose a file, or paste a manifest')]);
  });
});

describe('bellwether scan --serve', () => {
  it.each([
    ['strangers could use it', ['--serve', '0', '--host', '0.0.0.0']],
    ['paths are given', ['--serve', '0', 'k8s/']],
  ])('does not start where %s', (_, args) => {
    expect(spawnSync(process.execPath, [PROGRAM, 'scan', ...args]).status).toBe(2);
  });
});
