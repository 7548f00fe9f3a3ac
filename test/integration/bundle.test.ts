import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// All that an image has beside Node: the runtime's native library stays a package of its own.
const PACKAGES = ['onnxruntime-node', 'onnxruntime-common'];

let place: string;
beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT });
  place = await mkdtemp(join(tmpdir(), 'bellwether-bundle-'));
  for (const part of ['bin', 'dist', 'package.json']) await cp(join(ROOT, part), join(place, part), { recursive: true });
  await mkdir(join(place, 'node_modules'));
  for (const name of PACKAGES) await symlink(join(ROOT, 'node_modules', name), join(place, 'node_modules', name));
});
afterAll(() => rm(place, { recursive: true, force: true }));

/** Polls until the answer holds what is waited for. */
const untilAnswer = async (url: string, holds: (text: string) => boolean, deadlineMs: number): Promise<string> => {
  const endMs = Date.now() + deadlineMs;
  for (;;) {
    const text = await fetch(url).then(
      (response) => response.text(),
      () => '',
    );
    if (holds(text)) return text;
    if (Date.now() > endMs) throw new Error(`${url} still says: ${text.slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
};

describe('the bundle, without src and node_modules', () => {
  it('prints its help', () => {
    expect(execFileSync(process.execPath, [join(place, 'bin/bellwether.mjs'), '--help'], { encoding: 'utf8' })).toContain(
      'Usage: bellwether',
    );
  });

  it('runs the demo until scores are there, and stops when told to', async () => {
    const ports = ['--scores-port', '--self-port', '--api-port', '--prometheus-port'].flatMap((name) => [name, '0']);
    const child = spawn(process.execPath, [join(place, 'bin/bellwether.mjs'), 'demo', ...ports], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
    });
    try {
      const addressIn = (): string | undefined => /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(out)?.[0];
      while (!addressIn() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 200));
      const text = await untilAnswer(addressIn() ?? '', (answer) => /^anomaly_score\{/m.test(answer), 90_000);
      expect(text).toContain('# TYPE anomaly_score gauge');
    } finally {
      child.kill('SIGTERM');
    }
    expect((await ended)[0]).toBe(0);
  });
});
