import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Clock, type Database, openSqliteDatabase, StoreError, systemClock } from '../../../src/platform/index.ts';
import { ask, type RunningReceiver, startReceiver, webhookAlert, webhookBody } from './receiver-fixture.ts';

const post = (receiver: RunningReceiver, workload: string) =>
  receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody([webhookAlert({ workload })]) });
const isReady = async (receiver: RunningReceiver): Promise<boolean> => (await ask(`${receiver.self}/readyz`)).status === 200;
const until = async (probe: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await probe()); tries++) {
    if (tries > 1000) throw new Error('not in time');
    await new Promise((done) => setTimeout(done, 20));
  }
};

/** A database whose statements fail while `failure` is set. */
const fragile = (database: Database) => {
  const state = { failure: undefined as StoreError | undefined };
  const guard =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      state.failure ? Promise.reject(state.failure) : call(...args);
  const wrapped: Database = {
    ...database,
    all: guard(database.all),
    run: guard(database.run),
    transaction: guard(database.transaction) as Database['transaction'],
  };
  return { state, database: wrapped };
};

describe('a store that fails', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-fault-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['full', 'read_only', 'gone', 'other'] as const)(
    'with %s: 503, a metric, and what was acknowledged is still there',
    async (reason) => {
      let store: ReturnType<typeof fragile> | undefined;
      const receiver = await startReceiver(
        {},
        {
          openDatabase: async () => {
            store = fragile(await openSqliteDatabase({ path: join(folder, `${reason}.db`), maxBytes: 2 ** 26 }));
            return store.database;
          },
        },
      );
      await until(() => isReady(receiver));
      expect((await post(receiver, 'before')).status).toBe(204);
      store!.state.failure = new StoreError(reason, `the store is ${reason}`);
      const refused = await post(receiver, 'lost');
      expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([503, 'not_ready', '5']);
      expect(
        (
          await receiver.ask('/api/v1/verdicts', {
            as: 'responder',
            body: { word: 'missed', workload: { namespace: 'a', workload: 'b', workloadKind: '' }, fromSeconds: 1, toSeconds: 2 },
          })
        ).status,
      ).toBe(503);
      expect((await receiver.ask('/api/v1/alerts', { as: 'viewer' })).status).toBe(503);
      expect(await receiver.metric(`bellwether_store_failures_total{reason="${reason}"}`)).toBeGreaterThan(0);
      store!.state.failure = undefined;
      expect((await post(receiver, 'after')).status).toBe(204);
      const { json } = await receiver.ask('/api/v1/alerts', { as: 'viewer' });
      expect((json.alerts as { readonly labels: { readonly workload: string } }[]).map(({ labels }) => labels.workload).sort()).toEqual([
        'after',
        'before',
      ]);
      await receiver.stop();
    },
  );

  it('by its size limit answers 503 and keeps what it has', async () => {
    const receiver = await startReceiver({ store: { maxBytes: 1_048_576 } });
    const text = 'x'.repeat(20_000);
    let status = 204;
    let taken = 0;
    for (let i = 0; i < 200 && status === 204; i++) {
      const answer = await receiver.ask('/api/v1/alertmanager', {
        as: 'sender',
        body: webhookBody([webhookAlert({ workload: `w${i}` }, { annotations: { text } })]),
      });
      status = answer.status;
      if (status === 204) taken++;
    }
    expect(status).toBe(503);
    expect(taken).toBeGreaterThan(10);
    expect(await receiver.metric('bellwether_store_failures_total{reason="full"}')).toBe(1);
    const { json } = await receiver.ask('/api/v1/alerts?limit=1000', { as: 'viewer' });
    expect(json.alerts).toHaveLength(taken);
    await receiver.stop();
  });

  it('because it is damaged is named by the readiness, and is left as it is', async () => {
    const path = join(folder, 'damaged.db');
    const damage = 'no database at all, but long enough to be taken for one'.repeat(20);
    writeFileSync(path, damage);
    const receiver = await startReceiver({}, { openDatabase: () => openSqliteDatabase({ path, maxBytes: 2 ** 26 }) });
    await until(async () => (await ask(`${receiver.self}/readyz`)).text.includes('store_corrupt'));
    expect((await post(receiver, 'any')).status).toBe(503);
    expect((await ask(`${receiver.self}/healthz`)).status).toBe(200);
    expect(existsSync(path) && readFileSync(path, 'utf8')).toBe(damage);
    await receiver.stop();
  });

  it('because another process has it is waited for', async () => {
    const path = join(folder, 'locked.db');
    const other = await openSqliteDatabase({ path, maxBytes: 2 ** 26 });
    const receiver = await startReceiver({}, { openDatabase: () => openSqliteDatabase({ path, maxBytes: 2 ** 26 }) });
    await until(async () => (await ask(`${receiver.self}/readyz`)).text.includes('store_locked'));
    await other.close();
    await until(() => isReady(receiver));
    expect((await post(receiver, 'any')).status).toBe(204);
    await receiver.stop();
  });

  it('does not mind a clock that jumps', async () => {
    let jumpMs = 0;
    const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + jumpMs };
    const receiver = await startReceiver({}, { clock });
    const alert = webhookAlert({ workload: 'jump' });
    for (const step of [0, -7 * 86_400_000, 365 * 86_400_000, 0]) {
      jumpMs = step;
      expect((await receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody([alert]) })).status).toBe(204);
    }
    expect((await receiver.ask('/api/v1/alerts?workload=jump', { as: 'viewer' })).json.alerts).toMatchObject([
      { status: 'firing', deliveries: 4 },
    ]);
    await receiver.stop();
  });
});
