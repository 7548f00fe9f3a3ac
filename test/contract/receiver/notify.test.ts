import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type MessageServer, startMessageServer } from './message-server.ts';
import { type RunningReceiver, startReceiver, webhookAlert, webhookBody } from './receiver-fixture.ts';
import { type SmtpServer, startSmtpServer } from './smtp-server.ts';

describe('notifications', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-notify-'));
  const secret = (name: string, text: string): string => {
    writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600 });
    return join(folder, name);
  };
  let chat: MessageServer;
  let mail: SmtpServer;
  let receiver: RunningReceiver;
  const until = async <T>(probe: () => T | undefined | Promise<T | undefined>): Promise<T> => {
    for (let tries = 0; ; tries++) {
      const found = await probe();
      if (found !== undefined) return found;
      if (tries > 1500) throw new Error('not in time');
      await new Promise((done) => setTimeout(done, 20));
    }
  };
  const deliver = async (...alerts: readonly ReturnType<typeof webhookAlert>[]): Promise<void> => {
    const { status } = await receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody(alerts) });
    expect(status).toBe(204);
  };

  beforeAll(async () => {
    [chat, mail] = [await startMessageServer(), await startSmtpServer()];
    receiver = await startReceiver({
      listen: { baseUrl: 'https://alerts.example' },
      notify: {
        channels: [
          {
            name: 'team',
            kind: 'slack',
            url: `${chat.url}/slack`,
            secretFile: secret('slack', 'xoxb-1'),
            slackChannel: 'C1',
            namespaces: ['slack'],
          },
          {
            name: 'post',
            kind: 'email',
            mail: {
              host: '127.0.0.1',
              port: mail.port,
              security: 'none',
              username: 'bw',
              from: 'bw@example',
              to: ['a@example', 'b@example'],
            },
            secretFile: secret('mail', 'right'),
            namespaces: ['mail'],
          },
          { name: 'phone', kind: 'ntfy', url: `${chat.url}/alerts`, secretFile: secret('ntfy', 'tk_1'), namespaces: ['phone'] },
          { name: 'other', kind: 'webhook', urlFile: secret('hook', `${chat.url}/hook`), namespaces: ['hook'], sendResolved: true },
        ],
      },
    });
  });
  afterAll(async () => {
    await receiver.stop();
    await Promise.all([chat.close(), mail.close()]);
    rmSync(folder, { recursive: true, force: true });
  });
  const callTo = (path: string) => until(() => chat.calls.find((call) => call.path === path));

  it('sends a mail whose link gives one verdict', async () => {
    await deliver(webhookAlert({ namespace: 'mail', alertname: 'A\r\nBcc: evil@example' }));
    const { from, to, data, user } = await until(() => mail.mails[0]);
    expect({ from, to, user }).toEqual({ from: 'bw@example', to: ['a@example', 'b@example'], user: 'bw:right' });
    expect(data).toMatch(/^Subject: A Bcc: evil@example mail\/cart\r$/m);
    expect(data).not.toMatch(/^Bcc:/m);
    const text = data.replace(/=\r\n/g, '').replaceAll('=3D', '=');
    const [, link] = /once: https:\/\/alerts\.example(\/v\/\S+)/.exec(text) ?? [];
    expect((await receiver.ask(String(link))).status).toBe(200);
    expect((await receiver.ask(String(link), { form: { word: 'false_alarm' } })).status).toBe(200);
    expect((await receiver.ask(String(link), { form: { word: 'false_alarm' } })).status).toBe(409);
    const { json } = await receiver.ask('/api/v1/verdicts?by=channel:post', { as: 'viewer' });
    expect(json.verdicts).toHaveLength(1);
  });

  it('pushes by ntfy', async () => {
    await deliver(webhookAlert({ namespace: 'phone', severity: 'critical' }));
    const { body, authorization } = await callTo('/');
    expect(authorization).toBe('Bearer tk_1');
    expect(body).toMatchObject({ topic: 'alerts', title: 'WorkloadAnomalous phone/cart', priority: 5 });
  });

  it('tells a webhook of start and end, once each, however often they are delivered', async () => {
    const alert = webhookAlert({ namespace: 'hook' });
    await deliver(alert);
    await deliver(alert);
    await callTo('/hook');
    await deliver({ ...alert, status: 'resolved', endsAt: new Date().toISOString() });
    await until(() => (chat.calls.filter(({ path }) => path === '/hook').length === 2 ? true : undefined));
    const told = chat.calls.filter(({ path }) => path === '/hook').map(({ body }) => body);
    expect(told.map(({ title }) => title)).toEqual(['WorkloadAnomalous hook/cart', 'Resolved: WorkloadAnomalous hook/cart']);
    expect(told[0]).toMatchObject({ version: 1, alerts: [{ labels: { namespace: 'hook' }, status: 'firing' }] });
    expect(await receiver.metric('bellwether_notices_total{channel="other",outcome="sent"}')).toBe(2);
  });

  it('sends a test through a channel, for admins, and says why it failed', async () => {
    expect((await receiver.ask('/api/v1/channels/post/test', { as: 'responder', method: 'POST' })).status).toBe(403);
    expect((await receiver.ask('/api/v1/channels/post/test', { as: 'admin', method: 'POST' })).status).toBe(200);
    expect(mail.mails.at(-1)?.data).toContain('test message');
    mail.refuseWith('554 no');
    const refused = await receiver.ask('/api/v1/channels/post/test', { as: 'admin', method: 'POST' });
    expect(refused.status).toBe(502);
    expect(refused.text).toContain('554 no');
    mail.refuseWith(undefined);
    expect((await receiver.ask('/api/v1/channels/nobody/test', { as: 'admin', method: 'POST' })).status).toBe(404);
    const { text } = await receiver.ask('/api/v1/channels', { as: 'viewer' });
    expect(text).toContain('"team"');
    expect(text).not.toContain(folder);
  });
});
