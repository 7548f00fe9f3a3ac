import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDecoyApp } from '../../src/decoy/index.ts';
import { createLogger, randomId, systemClock, systemRandom } from '../../src/platform/index.ts';
import type { RuntimeEvent } from '../../src/runtime-events/index.ts';
import { ask, type RunningReceiver, startReceiver, tokenOf } from './receiver/receiver-fixture.ts';

describe('createDecoyApp', () => {
  let receiver: RunningReceiver;
  let folder: string;
  let decoy: ReturnType<typeof createDecoyApp>;
  let url = '';
  let self = '';
  beforeEach(async () => {
    receiver = await startReceiver();
    folder = mkdtempSync(join(tmpdir(), 'bellwether-decoy-'));
    writeFileSync(join(folder, 'token'), tokenOf('sender'));
    decoy = createDecoyApp(
      { clock: systemClock, log: createLogger({ level: 'silent', name: 'decoy' }), random: systemRandom, newId: randomId },
      {
        name: 'decoy-1',
        host: '127.0.0.1',
        port: 0,
        selfPort: 0,
        receiver: { url: receiver.api, tokenFile: join(folder, 'token'), timeoutMs: 5000 },
      },
    );
    ({ url, self } = await decoy.start());
  });
  afterEach(async () => {
    await decoy.stop();
    await receiver.stop();
    rmSync(folder, { recursive: true });
  });
  const hits = async (count: number): Promise<RuntimeEvent[]> => {
    for (let tries = 0; ; tries++) {
      const found = (await receiver.ask('/api/v1/events?source=decoy', { as: 'viewer' })).json.events as RuntimeEvent[];
      if (found.length >= count) return found;
      if (tries > 600) throw new Error(`only ${found.length} hits`);
      await new Promise((done) => setTimeout(done, 50));
    }
  };

  it('gives nothing to anybody, and tells of everybody', async () => {
    const answers = [
      await ask(`${url}/.env`),
      await ask(`${url}/wp-login.php`, { raw: 'x'.repeat(100_000) }),
      await ask(`${url}/`, { method: 'PUT' }),
    ];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [403, 'Forbidden\n'],
      [401, 'Unauthorized\n'],
      [405, 'Method Not Allowed\n'],
    ]);
    const found = await hits(3);
    expect(found.map(({ subject }) => subject).sort()).toEqual(['admin-login', 'env-file', 'write']);
    expect(found[0]).toMatchObject({ node: 'decoy-1', detail: expect.stringContaining('from ') });
    expect(await receiver.metric('bellwether_decoy_hits_total{technique="env-file"}')).toBe(1);
  });

  it('answers a flood, keeps a bounded part of it, and says how much it dropped', async () => {
    await receiver.stop();
    for (let round = 0; round < 22; round++) await Promise.all(Array.from({ length: 100 }, () => ask(`${url}/x`)));
    const { text } = await ask(`${self}/metrics`);
    expect(text).toContain('bellwether_collector_lines_total{source="decoy"} 2200');
    expect(Number(/dropped_events_total\{source="decoy",reason="full"\} (\d+)/.exec(text)?.[1])).toBe(200);
    receiver = await startReceiver();
  });
});
