// Webhook calls per second with durable writes, and pages of a million stored alerts, on SQLite; PostgreSQL beside it where it is there. [--seconds N] [--stored N]
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { migrate, openSqliteDatabase, seededRandom } from '../src/platform/index.ts';
import { writeAlert } from '../src/receiver/store/alert-store.ts';
import { RECEIVER_SCHEMA } from '../src/receiver/store/schema.ts';
import { realProgram } from '../test/integration/real-program.ts';
import { startPostgres } from '../test/integration/support/postgres.ts';
import { type ReceiverProcess, receiverProcess } from '../test/integration/support/receiver-process.ts';
import { printBar, printHead } from './report.ts';

const SEED = 1;
const CONNECTIONS = 32;
const ALERTS_PER_CALL = 10;
const SECOND_MS = 1000;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' }, stored: { type: 'string', default: '1000000' } } });
const [seconds, stored] = [Number(values.seconds), Number(values.stored)];

const random = seededRandom(SEED);
let made = 0;
const labelsOf = (n: number) => ({
  alertname: 'WorkloadAnomalous',
  namespace: `ns-${n % 50}`,
  workload: `workload-${n % 5000}`,
  workload_kind: 'Deployment',
  severity: 'warning',
});
const fingerprintOf = (): string =>
  Math.floor(random() * 2 ** 48)
    .toString(16)
    .padStart(16, '0');
const callBody = (): string =>
  JSON.stringify({
    version: '4',
    groupKey: 'g',
    truncatedAlerts: 0,
    receiver: 'bellwether',
    groupLabels: {},
    externalURL: 'http://alertmanager',
    alerts: Array.from({ length: ALERTS_PER_CALL }, () => ({
      status: 'firing',
      labels: labelsOf(made++),
      annotations: { summary: 'behaves as it never has', description: 'Its anomaly score reached 1.7; 1 is the boundary.' },
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus/graph?g0.expr=max_over_time',
      fingerprint: fingerprintOf(),
    })),
  });

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** CPU seconds and resident bytes of the receiver, as it tells them itself. */
const usage = async (receiver: ReceiverProcess): Promise<{ readonly cpu: number; readonly rss: number }> => ({
  cpu: (await receiver.metric('process_cpu_seconds_total')) ?? Number.NaN,
  rss: (await receiver.metric('process_resident_memory_bytes')) ?? Number.NaN,
});

const load = async (
  receiver: ReceiverProcess,
  forMs: number,
): Promise<{ readonly calls: number; readonly latencies: readonly number[] }> => {
  const latencies: number[] = [];
  const end = performance.now() + forMs;
  const one = async (): Promise<void> => {
    while (performance.now() < end) {
      const body = callBody();
      const startedMs = performance.now();
      const response = await fetch(`${receiver.api}/api/v1/alertmanager`, {
        method: 'POST',
        headers: { authorization: `Bearer ${receiver.senderToken}`, 'content-type': 'application/json' },
        body,
      });
      await response.arrayBuffer();
      if (response.status !== 204) throw new Error(`a call was answered with ${response.status}`);
      latencies.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return { calls: latencies.length, latencies: latencies.sort((a, b) => a - b) };
};

const measureCalls = async (name: string, receiver: ReceiverProcess): Promise<void> => {
  await receiver.start();
  await receiver.untilReady();
  await load(receiver, 2 * SECOND_MS);
  const before = await usage(receiver);
  const { calls, latencies } = await load(receiver, seconds * SECOND_MS);
  const after = await usage(receiver);
  const cpu = after.cpu - before.cpu;
  printBar({ name: `${name}: calls of 10 alerts`, value: calls / seconds, unit: '/s', atLeast: 500 });
  printBar({ name: `${name}: calls per CPU second`, value: calls / cpu, unit: '/s', atLeast: 500 });
  printBar({ name: `${name}: 99th percentile`, value: percentile(latencies, 0.99), unit: 'ms', atMost: 100 });
  printBar({ name: `${name}: resident`, value: after.rss / 2 ** 20, unit: 'MiB', atMost: 250 });
};

const fill = async (path: string): Promise<void> => {
  rmSync(path, { force: true });
  const database = await openSqliteDatabase({ path, maxBytes: 2 ** 36 });
  await migrate(database, RECEIVER_SCHEMA, 0);
  for (let i = 0; i < stored; ) {
    await database.transaction(async (tx) => {
      for (const end = Math.min(stored, i + 10_000); i < end; i++) {
        const startsMs = 1.7e12 + i * 2000;
        const alert = { fingerprint: fingerprintOf(), labels: labelsOf(i), annotations: { summary: 'odd' }, startsMs, generatorUrl: '' };
        await writeAlert(
          tx,
          { ...alert, status: i % 100 === 0 ? 'firing' : 'resolved', endsMs: startsMs + 60_000 },
          { receiver: '', externalUrl: '' },
          startsMs,
        );
      }
    });
  }
  await database.close();
};

const QUERIES = [
  'limit=100',
  'status=firing&limit=100',
  'namespace=ns-7&workload=workload-7&limit=100',
  'namespace=ns-7&limit=100',
  'alertname=WorkloadAnomalous&limit=100',
  'verdict=none&limit=100',
  'from=1700100000&to=1700200000&limit=100',
  // A word that stands nowhere, and one that stands now and then.
  'text=nowhere&limit=100',
  'text=workload-17&limit=100',
];

const measurePages = async (): Promise<void> => {
  const receiver = await receiverProcess({ store: { maxBytes: 2 ** 36, keepDays: 3650 } });
  await fill(receiver.storePath);
  const startedMs = performance.now();
  await receiver.start();
  await receiver.untilReady();
  printBar({ name: 'start with integrity check', value: (performance.now() - startedMs) / SECOND_MS, unit: 's' });
  for (const query of QUERIES) {
    const { cpu } = await usage(receiver);
    const times: number[] = [];
    let after = '';
    for (let page = 0; page < 20; page++) {
      const pageMs = performance.now();
      const answer = await receiver.get(`/api/v1/alerts?${query}${after}`);
      times.push(performance.now() - pageMs);
      after = answer.next === null ? '' : `&after=${String(answer.next)}`;
    }
    times.sort((a, b) => a - b);
    printBar({ name: `page, ${query}`, value: percentile(times, 0.95), unit: 'ms', atMost: 100 });
    const spent = (((await usage(receiver)).cpu - cpu) * SECOND_MS) / times.length;
    printBar({ name: `page, ${query}: CPU`, value: spent, unit: 'ms', atMost: 100 });
  }
  printBar({ name: `resident with ${stored} alerts`, value: (await usage(receiver)).rss / 2 ** 20, unit: 'MiB', atMost: 250 });
  await receiver.discard();
};

await printHead({
  bench: 'receiver',
  seed: SEED,
  inputs: [{ name: 'alerts', source: { text: `seed ${SEED}, ${stored} stored, calls of ${ALERTS_PER_CALL}` } }],
});
console.log('the callers run on the same machine');
const sqlite = await receiverProcess({});
await measureCalls('SQLite', sqlite);
await sqlite.discard();
const [postgres, initdb] = [realProgram('postgres'), realProgram('initdb')];
if (postgres && initdb) {
  const server = await startPostgres(postgres, initdb);
  const urlFile = join(tmpdir(), `bellwether-bench-${process.pid}`);
  writeFileSync(urlFile, await server.newDatabase(), { mode: 0o600 });
  const receiver = await receiverProcess({ store: { postgresUrlFile: urlFile } });
  await measureCalls('PostgreSQL without fsync', receiver);
  await receiver.discard();
  await server.stop();
  rmSync(urlFile);
}
await measurePages();
