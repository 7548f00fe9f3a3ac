import { BellwetherError, type ProgramResult } from '../platform/index.ts';
import { checkReference, type ProgramRunner, scanImage } from './scan-image.ts';

const OPTIONS = { timeoutMs: 1000, maxBytes: 1000 };
const signal = new AbortController().signal;
const result = (stdout: string, more: Partial<ProgramResult> = {}): ProgramResult => ({
  exitCode: 0,
  stdout: new TextEncoder().encode(stdout),
  stderr: '',
  ...more,
});

describe('checkReference', () => {
  it.each([
    'nginx',
    'nginx:1.25',
    'localhost:5000/a/b:x',
    'ghcr.io/team/app_1@sha256:'.concat('0'.repeat(64)),
    'a.example.com/b--c/d.e:V_1-2',
  ])('takes %s', (image) => expect(() => checkReference(image)).not.toThrow());

  it.each([
    '',
    '-h',
    '--config=x',
    ' a',
    'a b',
    'a\n',
    'a;b',
    '$(a)',
    '../a',
    '/a',
    'a@sha256:1',
    'a:',
    `a/${'b'.repeat(500)}`,
    'http://a/b',
  ])('refuses %j', (image) => expect(() => checkReference(image)).toThrow('not a reference of an image'));
});

describe('scanImage', () => {
  it('runs trivy with the image as the only thing that is no option, and reads its report', async () => {
    const calls: (readonly string[])[] = [];
    const run: ProgramRunner = async (name, args) => {
      calls.push([name, ...args]);
      return result(JSON.stringify({ SchemaVersion: 2, ArtifactName: 'a:1' }));
    };
    expect(await scanImage(run, 'a:1', OPTIONS, signal)).toMatchObject({ image: 'a:1', findings: [] });
    expect(calls).toEqual([['trivy', 'image', '--quiet', '--format', 'json', '--scanners', 'vuln', '--exit-code', '0', '--', 'a:1']]);
  });

  it('never runs anything for what is no reference', async () => {
    const run: ProgramRunner = () => Promise.reject(new Error('was run'));
    await expect(scanImage(run, '--server=x', OPTIONS, signal)).rejects.toThrow('not a reference');
  });

  it('says what to do where there is no trivy', async () => {
    const run: ProgramRunner = () => Promise.reject(new BellwetherError('not_found', 'none'));
    await expect(scanImage(run, 'a:1', OPTIONS, signal)).rejects.toThrow(
      /^trivy is not on PATH: install it, or .* bellwether images import$/,
    );
  });

  it('tells the last that a failed run said', async () => {
    const run: ProgramRunner = async () => result('', { exitCode: 1, stderr: 'INFO begin\nFATAL no such image' });
    await expect(scanImage(run, 'a:1', OPTIONS, signal)).rejects.toThrow('trivy ended with 1: FATAL no such image');
  });

  it('refuses a report that is none, by the name of the run', async () => {
    await expect(scanImage(async () => result('oops'), 'a:1', OPTIONS, signal)).rejects.toThrow('trivy image a:1: not JSON');
  });
});
