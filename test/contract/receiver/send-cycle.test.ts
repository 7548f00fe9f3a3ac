import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ReceivedAlert } from '../../../src/alertmanager/index.ts';
import {
  BellwetherError,
  createGroupCommit,
  createHttpClient,
  type Database,
  migrate,
  openSqliteDatabase,
  sendMail,
} from '../../../src/platform/index.ts';
import type { ChannelConfig } from '../../../src/receiver/notify/channel.ts';
import { addNotices } from '../../../src/receiver/notify/outbox.ts';
import { createSendCycle } from '../../../src/receiver/notify/send-cycle.ts';
import { RECEIVER_SCHEMA } from '../../../src/receiver/store/schema.ts';
import { createSkippingClock } from '../../../src/testing/skipping-clock.ts';
import { type MessageServer, startMessageServer } from './message-server.ts';

const HOUR_MS = 3_600_000;

describe('createSendCycle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-send-'));
  let database: Database;
  let server: MessageServer;
  let made = 0;
  const clock = createSkippingClock(1_790_000_000_000);
  const channel = (change: Partial<ChannelConfig> = {}): ChannelConfig => ({
    name: 'hook',
    kind: 'webhook',
    url: `${server.url}/hook`,
    severities: [],
    namespaces: [],
    alertnames: [],
    sendResolved: false,
    sendApprovals: true,
    perHour: 60,
    title: '{{alertname}}',
    text: '{{summary}}',
    ...change,
  });
  const http = createHttpClient();
  const cycleOf = (channels: readonly ChannelConfig[], allowed = Number.POSITIVE_INFINITY) => {
    let left = allowed;
    return createSendCycle({
      http,
      mail: sendMail,
      url: async ({ url }) => url,
      secret: async ({ secretEnv }) => {
        if (secretEnv !== undefined) throw new BellwetherError('invalid_config', 'no secret');
        return undefined;
      },
      slackApiUrl: () => 'https://slack.com/api',
      hasButtons: () => false,
      database,
      commit: createGroupCommit(database),
      clock,
      links: { make: () => ({ path: '/v/x', untilMs: 0 }) },
      baseUrl: () => 'http://b',
      channels: () => channels,
      limit: () => ({ allows: () => left-- > 0 }),
    });
  };
  const notice = async (channels: readonly ChannelConfig[], labels: Readonly<Record<string, string>> = {}): Promise<void> => {
    const alert: ReceivedAlert = {
      fingerprint: (++made).toString(16).padStart(16, '0'),
      status: 'firing',
      labels: { alertname: `A${made}`, ...labels },
      annotations: {},
      startsMs: clock.nowMs(),
      endsMs: undefined,
      generatorUrl: '',
    };
    await database.transaction((tx) => addNotices(tx, channels, alert, { id: `${alert.fingerprint}-1`, outcome: 'new' }, clock.nowMs()));
  };

  beforeEach(async () => {
    server = await startMessageServer();
    database = await openSqliteDatabase({ path: join(folder, `${made}.db`), maxBytes: 2 ** 28 });
    await migrate(database, RECEIVER_SCHEMA, 0);
  });
  afterEach(async () => {
    await database.close();
    await server.close();
  });
  afterAll(async () => {
    await http.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('tries again later and later, and gives up after seven times', async () => {
    const channels = [channel()];
    const cycle = cycleOf(channels);
    await notice(channels);
    server.answerWith(503, 'away');
    const startMs = clock.nowMs();
    const ends: string[] = [];
    for (let i = 0; i < 1200; i++, clock.advance(1000)) for (const { end } of (await cycle()).ended) ends.push(end);
    expect(server.calls).toHaveLength(7);
    expect(ends).toEqual(['failed']);
    expect(clock.nowMs() - startMs).toBeGreaterThan(600_000);
  });

  it('waits as long as it is asked to, then delivers', async () => {
    const channels = [channel()];
    const cycle = cycleOf(channels);
    await notice(channels);
    server.answerWith(429, '', { 'retry-after': '120' });
    await cycle();
    server.answerWith(200, 'ok');
    clock.advance(119_000);
    expect((await cycle()).ended).toEqual([]);
    clock.advance(2_000);
    expect((await cycle()).ended).toEqual([{ channel: 'hook', end: 'sent', count: 1 }]);
    expect((await cycle()).ended).toEqual([]);
  });

  it('does not try again what was refused for good', async () => {
    const channels = [channel()];
    await notice(channels);
    server.answerWith(404, 'gone');
    expect((await cycleOf(channels)()).ended).toEqual([{ channel: 'hook', end: 'failed', count: 1 }]);
  });

  it('keeps a message whose secret is not there yet', async () => {
    const channels = [channel({ secretEnv: 'ABSENT' })];
    await notice(channels);
    const { ended, waiting, error } = await cycleOf(channels)();
    expect(ended).toEqual([]);
    expect(waiting.get('hook')).toBe(1);
    expect(error?.message).toContain('no secret');
  });

  it('tells of a storm in one message', async () => {
    const channels = [channel()];
    for (let i = 0; i < 300; i++) await notice(channels);
    expect((await cycleOf(channels)()).ended).toEqual([{ channel: 'hook', end: 'sent', count: 300 }]);
    expect(server.calls.map(({ body }) => body.title)).toEqual(['300 alerts']);
  });

  it('lets what is over the limit wait, and come together later', async () => {
    const channels = [channel()];
    for (let i = 0; i < 5; i++) await notice(channels);
    const limited = cycleOf(channels, 2);
    expect((await limited()).waiting.get('hook')).toBe(3);
    for (let i = 0; i < 5; i++) await notice(channels);
    await cycleOf(channels, 1)();
    expect(server.calls.map(({ body }) => body.title).slice(-1)).toEqual(['8 alerts']);
  });

  it('drops what has waited for six hours, and what waits for a channel that is gone', async () => {
    const channels = [channel()];
    await notice(channels);
    clock.advance(7 * HOUR_MS);
    expect((await cycleOf(channels)()).ended).toEqual([{ channel: 'hook', end: 'dropped', count: 1 }]);
    await notice([channel({ name: 'before' })]);
    expect((await cycleOf(channels)()).ended).toEqual([{ channel: 'before', end: 'dropped', count: 1 }]);
    expect(server.calls).toEqual([]);
  });

  it('tells only of what the channel is for', async () => {
    const channels = [channel({ severities: ['critical'], namespaces: ['shop'] })];
    await notice(channels, { severity: 'critical', namespace: 'other' });
    await notice(channels, { severity: 'info', namespace: 'shop' });
    await notice(channels, { severity: 'critical', namespace: 'shop' });
    await cycleOf(channels)();
    expect(server.calls).toHaveLength(1);
  });
});
