import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PLATFORM = fileURLToPath(new URL('../../src/platform/process.ts', import.meta.url));

/** A process of its own that runs `body` under runProcess, says "up", and gets the signals in this order. */
const runChild = async (body: string, signals: readonly NodeJS.Signals[]) => {
  const script = `import { runProcess } from ${JSON.stringify(PLATFORM)}; setInterval(() => undefined, 60000); await runProcess(async (signal) => { ${body} });`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  const said = (word: string): Promise<void> =>
    new Promise((resolve) => {
      child.stdout.on('data', (chunk) => {
        out += String(chunk);
        if (out.includes(word)) resolve();
      });
    });
  const ended = once(child, 'exit');
  await Promise.race([said('up'), ended]);
  for (const signal of signals) {
    child.kill(signal);
    await Promise.race([said('stopping'), ended]);
  }
  const [code] = (await ended) as [number | null];
  return { code, out, err };
};

const UNTIL_STOPPED =
  "await new Promise((resolve) => { signal.addEventListener('abort', resolve); console.log('up'); }); console.log('stopping');";

describe('runProcess in a process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops on %s with exit code 0, although a timer still runs', async (signal) => {
    expect(await runChild(UNTIL_STOPPED, [signal])).toEqual({ code: 0, out: expect.stringContaining('stopping'), err: '' });
  });

  it('ends on the second signal although the work does not', async () => {
    const { code } = await runChild(`${UNTIL_STOPPED} await new Promise(() => undefined);`, ['SIGTERM', 'SIGTERM']);
    expect(code).toBe(143);
  });

  it('ends when the work has failed, although a timer still runs', async () => {
    const { code, err } = await runChild("throw new Error('no luck');", []);
    expect(code).toBe(1);
    expect(err).toContain('bellwether: no luck');
  });

  it('ends with exit code 1 on an error that nobody awaited', async () => {
    const { code, err } = await runChild(
      "console.log('up'); setTimeout(() => { throw new Error('lost'); }, 1); await new Promise(() => undefined);",
      [],
    );
    expect(code).toBe(1);
    expect(err).toContain('bellwether: lost');
  });
});
