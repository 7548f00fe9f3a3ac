import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningReceiver, startReceiver, tokenOf, webhookAlert, webhookBody } from './receiver-fixture.ts';

const BIN = fileURLToPath(new URL('../../../bin/bellwether.mjs', import.meta.url));

describe('bellwether store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-store-'));
  const file = (name: string): string => join(folder, name);
  let receiver: RunningReceiver;
  /** In a process of its own: a command that fails ends the one it runs in. The receiver answers from this one, so it must not wait. */
  const run = (...args: readonly string[]): Promise<{ readonly said: string; readonly code: number }> =>
    new Promise((resolve) => {
      const child = execFile(process.execPath, [BIN, 'store', ...args], { timeout: 60_000 }, (_, out, err) =>
        resolve({ said: `${out}${err}`, code: child.exitCode ?? -1 }),
      );
    });

  beforeAll(async () => {
    receiver = await startReceiver();
    writeFileSync(file('admin'), tokenOf('admin'));
    writeFileSync(file('viewer'), tokenOf('viewer'));
    await receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody([webhookAlert(), webhookAlert()]) });
  });
  afterAll(async () => {
    await receiver.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('fetches a copy of a running store and says what it holds', async () => {
    const { said, code } = await run('backup', file('b.db'), '--receiver', receiver.api, '--token-file', file('admin'));
    expect([said, code]).toEqual([expect.stringMatching(/b\.db: whole: 2 alerts, 0 verdicts, schema \d+\n$/), 0]);
    expect((await run('check', file('b.db'))).said).toContain('whole: 2 alerts');
  });

  it('leaves the copy of before where it is not let in', async () => {
    const before = readFileSync(file('b.db'));
    const { said, code } = await run('backup', file('b.db'), '--receiver', receiver.api, '--token-file', file('viewer'));
    expect([code, said]).toEqual([1, expect.stringContaining('status 403')]);
    expect(readFileSync(file('b.db')).equals(before)).toBe(true);
  });

  it('finds damage, what is no store, and what is not there', async () => {
    const bytes = readFileSync(file('b.db'));
    writeFileSync(file('damaged.db'), bytes.fill(0xff, 8192, 12_288));
    expect(await run('check', file('damaged.db'))).toMatchObject({
      code: expect.any(Number),
      said: expect.stringMatching(/damaged|malformed/),
    });
    writeFileSync(file('other.db'), '');
    expect((await run('check', file('other.db'))).said).toContain('no store of a receiver');
    expect((await run('check', file('absent.db'))).said).toContain('is no file');
  });
});
