import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLedger, createReceiverReader, MOST_FEED_ENTRIES } from '../../../src/feedback/index.ts';
import { createHttpClient, migrate, openSqliteDatabase } from '../../../src/platform/index.ts';
import { readFigures } from '../../../src/receiver/store/figures.ts';
import { RECEIVER_SCHEMA } from '../../../src/receiver/store/schema.ts';
import { type RunningReceiver, startReceiver, tokenOf, webhookAlert, webhookBody } from './receiver-fixture.ts';

describe("the exporter's reader and the receiver's feed", () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-feed-'));
  const signal = new AbortController().signal;
  let receiver: RunningReceiver;
  let http: ReturnType<typeof createHttpClient>;
  beforeAll(async () => {
    writeFileSync(join(folder, 'token'), tokenOf('viewer'));
    writeFileSync(join(folder, 'sender'), tokenOf('sender'));
    http = createHttpClient({ bearerTokenFile: join(folder, 'token') });
    receiver = await startReceiver({ verdicts: { maxWeightPerDay: 100_000 }, auth: { requestsPerSecond: 100_000 } });
  });
  afterAll(async () => {
    await http.close();
    await receiver.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const give = async (workload: string, word = 'false_alarm'): Promise<string> => {
    const body = { word, workload: { namespace: 'shop', workload, workloadKind: 'Deployment' }, fromSeconds: 1000, toSeconds: 2000 };
    const { status, json } = await receiver.ask('/api/v1/verdicts', { as: 'responder', body });
    expect(status).toBe(201);
    return String(json.id);
  };

  it('agree on every word and undo, over more than one page, in order', async () => {
    const reader = createReceiverReader(http, { url: receiver.api, timeoutMs: 10_000 });
    const ledger = createLedger();
    expect(await reader.read(signal)).toEqual({ isWhole: true, entries: [] });
    const ids: string[] = [];
    for (const word of ['false_alarm', 'confirmed', 'expected', 'new_trend', 'missed']) ids.push(await give(`w-${word}`, word));
    for (let i = 0; i < MOST_FEED_ENTRIES; i++) ids.push(await give(`many-${i}`));
    expect((await receiver.ask(`/api/v1/verdicts/${ids[0]}/undo`, { as: 'responder', body: { reason: 'no' } })).status).toBe(200);
    const { isWhole, entries } = await reader.read(signal);
    expect([isWhole, entries.length]).toEqual([false, ids.length + 1]);
    ledger.apply(entries);
    expect(ledger.verdicts.map(({ id }) => id)).toEqual(ids.slice(1));
    expect(await reader.read(signal)).toEqual({ isWhole: false, entries: [] });
  }, 120_000);

  it('gives another log as a whole', async () => {
    const reader = createReceiverReader(http, { url: receiver.api, timeoutMs: 10_000 });
    await reader.read(signal);
    const other = await startReceiver();
    try {
      const redirected = createReceiverReader(
        { ...http, request: (request) => http.request({ ...request, url: request.url.replace(receiver.api, other.api) }) },
        { url: receiver.api, timeoutMs: 10_000 },
      );
      expect(await redirected.read(signal)).toEqual({ isWhole: true, entries: [] });
    } finally {
      await other.stop();
    }
  });

  it('agree on who may not read', async () => {
    const sender = createHttpClient({ bearerTokenFile: join(folder, 'sender') });
    const reader = createReceiverReader(sender, { url: receiver.api, timeoutMs: 10_000 });
    await expect(reader.read(signal)).rejects.toMatchObject({ code: 'upstream_refused' });
    await sender.close();
  });
});

describe('readFigures', () => {
  it('says how precise alerts are, how often false alarms repeat, and how long a verdict takes', async () => {
    const receiver = await startReceiver();
    const nowMs = Date.now();
    const started = (minutesAgo: number) => ({ startsAt: new Date(nowMs - minutesAgo * 60_000).toISOString() });
    try {
      const alerts = [
        webhookAlert({ workload: 'a' }, started(60)),
        webhookAlert({ workload: 'b' }, started(40)),
        webhookAlert({ workload: 'c' }, started(20)),
        webhookAlert({ workload: 'd' }, started(10)),
      ];
      await receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody(alerts) });
      const words = ['false_alarm', 'false_alarm', 'confirmed'];
      for (const [i, word] of words.entries())
        await receiver.ask('/api/v1/verdicts', { as: 'responder', body: { alert: alerts[i]?.fingerprint, word } });
      // The same alert for the same workload fires again after its verdict.
      const again = webhookAlert({ workload: 'a' }, { startsAt: new Date(nowMs + 5000).toISOString() });
      await receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody([again]) });
      const path = join(receiver.folder, 'copy.db');
      const { status } = await receiver.ask('/api/v1/backup', { as: 'admin' });
      expect(status).toBe(200);
      const answer = await fetch(`${receiver.api}/api/v1/backup`, { headers: { authorization: `Bearer ${tokenOf('admin')}` } });
      writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
      const database = await openSqliteDatabase({ path, maxBytes: 2 ** 30 });
      await migrate(database, RECEIVER_SCHEMA, nowMs);
      const figures = await readFigures(database, nowMs + 10_000);
      await database.close();
      expect(figures).toMatchObject({ firing: 5, resolved: 0, unjudged: 2, repeats: 0.5 });
      expect(figures.precision).toBeCloseTo(1 / 3, 9);
      expect(figures.medianDelaySeconds).toBeGreaterThan(39 * 60);
      expect(figures.medianDelaySeconds).toBeLessThan(42 * 60);
    } finally {
      await receiver.stop();
    }
  });
});
