import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RuntimeEvent } from '../../src/runtime-events/index.ts';
import { type RunningReceiver, startReceiver, tokenOf } from './receiver/receiver-fixture.ts';

const BIN = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));
let made = 0;
/** A line as Tetragon writes one; the number is in its arguments. */
const line = (change: Readonly<Record<string, unknown>> = {}): string => {
  made++;
  const process = {
    exec_id: `id-${made}`,
    pid: made,
    uid: 0,
    binary: '/bin/sh',
    arguments: `number ${made}`,
    pod: { namespace: 'shop', name: 'cart-0', container: { name: 'cart' }, workload: 'cart', workload_kind: 'StatefulSet' },
    ...change,
  };
  return `${JSON.stringify({ process_exec: { process }, node_name: 'node-a', time: `2026-05-11T12:00:00.${String(made).padStart(9, '0')}Z` })}\n`;
};
const lines = (count: number): string => Array.from({ length: count }, () => line()).join('');

const until = async (what: string, probe: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await probe()); tries++) {
    if (tries > 1200) throw new Error(`not in time: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
};

describe('bellwether collector', () => {
  let receiver: RunningReceiver;
  let folder: string;
  let child: ChildProcess | undefined;
  let output = '';
  const log = (): string => join(folder, 'tetragon.log');

  const start = (): void => {
    output = '';
    child = spawn(process.execPath, [BIN, 'collector', '--config', join(folder, 'collector.yaml')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (text) => {
      output += String(text);
    });
  };
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  const stored = async (): Promise<RuntimeEvent[]> =>
    (await receiver.ask('/api/v1/events?limit=1000&source=tetragon', { as: 'viewer' })).json.events as RuntimeEvent[];
  const untilStored = (count: number): Promise<void> =>
    until(`${count} events; the collector says: ${output}`, async () => (await stored()).length >= count);

  beforeEach(async () => {
    made = 0;
    receiver = await startReceiver();
    folder = mkdtempSync(join(tmpdir(), 'bellwether-collector-'));
    writeFileSync(join(folder, 'token'), tokenOf('sender'));
    writeFileSync(
      join(folder, 'collector.yaml'),
      JSON.stringify({
        node: 'node-a',
        listen: { selfPort: 0, countsPort: 0 },
        receiver: { url: receiver.api, tokenFile: join(folder, 'token') },
        tetragon: { enabled: true, folder, stateFile: join(folder, 'state.json'), intervalSeconds: 0.05, maxLineBytes: 4096 },
      }),
    );
  });
  afterEach(async () => {
    await kill('SIGKILL');
    await receiver.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('loses nothing and keeps nothing twice when it is killed again and again, through rotation and truncation', async () => {
    writeFileSync(log(), lines(100));
    start();
    await untilStored(1);
    await kill('SIGKILL');
    appendFileSync(log(), lines(100));
    renameSync(log(), join(folder, 'tetragon-2026-05-11T12-00-01.000.log'));
    writeFileSync(log(), lines(100));
    start();
    await untilStored(150);
    await kill('SIGKILL');
    // Without its state everything is sent again, and known again.
    rmSync(join(folder, 'state.json'), { force: true });
    start();
    await untilStored(300);
    truncateSync(log());
    appendFileSync(log(), lines(50));
    await untilStored(350);
    const numbers = (await stored()).map(({ detail }) => Number(detail.split(' ').at(-1)));
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 350 }, (_, i) => i + 1));
  });

  it('passes over what is no event, keeps the rest, and counts what it left out and what pods did', async () => {
    writeFileSync(
      log(),
      [
        line(),
        '{"process_exec":{"process"\n',
        '[]\n',
        `{"process_exec":{"process":{"binary":"${'x'.repeat(200_000)}"}}}\n`,
        '{"process_exec":7,"time":"2026-05-11T12:00:00Z"}\n',
        '{"process_exec":{"process":{}},"time":"1950-05-11T12:00:00Z"}\n',
        '\u0000\u0001\n',
        line({ pod: undefined }),
        line(),
      ].join(''),
    );
    start();
    await untilStored(2);
    const address = /"self":"([^"]+)","counts":"([^"]+)"/.exec(output);
    const metrics = async (url = ''): Promise<string> => await (await fetch(`${url}/metrics`)).text();
    const self = await metrics(address?.[1]);
    for (const [reason, count] of Object.entries({ not_json: 2, not_an_event: 1, too_long: 1, wrong_type: 1, bad_time: 1 }))
      expect(self).toContain(`bellwether_collector_refused_lines_total{source="tetragon",reason="${reason}"} ${count}`);
    expect(self).toContain('bellwether_collector_lines_total{source="tetragon"} 9');
    expect(await metrics(address?.[2])).toContain('bellwether_workload_events_total{namespace="shop",pod="cart-0",kind="exec"} 2');
    expect(await receiver.metric('bellwether_runtime_event_sender_last_seen_timestamp_seconds{sender="node-a"}')).toBeGreaterThan(0);
    await kill('SIGTERM');
    expect(child?.exitCode).toBe(0);
  });
});
