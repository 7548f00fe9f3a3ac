import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MITIGATION_KIND } from '../../../src/conventions/index.ts';
import type { Mitigation, MitigationSpec } from '../../../src/mitigation/index.ts';
import { formatTime } from '../../../src/platform/index.ts';
import { createFakeBackEnd, FAKE_LIMIT_KIND, FAKE_ROUTE_KIND } from '../../../src/testing/fake-back-end.ts';
import { createFakeCluster } from '../../../src/testing/fake-cluster.ts';
import { BOT_TOKEN, type FakeSlack, SIGNING_SECRET, type SlackMessage, startFakeSlack } from './fake-slack.ts';
import { type RunningReceiver, startReceiver, webhookAlert, webhookBody } from './receiver-fixture.ts';

const BACK_END = 'envoy-gateway';
const ANN = { id: 'U1ANN', username: 'ann.smith' };
const VIC = { id: 'U2VIC', username: 'vic' };
const STRANGER = { id: 'U9', username: 'ann' };

describe('Slack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-slack-'));
  const secret = (name: string, text: string): string => {
    writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600 });
    return join(folder, name);
  };
  const cluster = createFakeCluster([FAKE_LIMIT_KIND.kind, FAKE_ROUTE_KIND.kind, MITIGATION_KIND.kind, 'Namespace', 'ConfigMap'], () =>
    formatTime(Date.now()),
  );
  let slack: FakeSlack;
  let receiver: RunningReceiver;
  const until = async <T>(what: string, probe: () => T | undefined | Promise<T | undefined>): Promise<T> => {
    for (let tries = 0; ; tries++) {
      const found = await probe();
      if (found !== undefined) return found;
      if (tries > 1500) throw new Error(`not in time: ${what}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  };
  const click = async (message: SlackMessage, actionId: string, user = ANN, options = {}) =>
    (await receiver.ask('/api/v1/slack/actions', slack.sign(slack.payload(message, actionId, user), options))).status;
  const replied = (message: SlackMessage, text: RegExp) =>
    until(`a reply ${text}`, () => message.replies.find((reply) => text.test(reply.text)));
  const replaced = (message: SlackMessage, text: RegExp) =>
    until(`the text ${text}`, () => (text.test(message.text) ? message : undefined));

  beforeAll(async () => {
    slack = await startFakeSlack();
    const back = createFakeBackEnd();
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { 'bellwether.dev/mitigation': 'enforce' } } });
    for (let i = 0; i < 40; i++)
      cluster.put({ ...FAKE_ROUTE_KIND, metadata: { name: `route-${i}`, namespace: 'shop' }, spec: { workload: 'w' } });
    receiver = await startReceiver(
      {
        listen: { baseUrl: 'https://alerts.example' },
        notify: {
          slackApiUrl: `${slack.url}/api`,
          slackSigningSecretFile: secret('signing', SIGNING_SECRET),
          slackUsers: [
            { id: ANN.id, name: 'ann', role: 'responder' },
            { id: VIC.id, name: 'vic', role: 'viewer' },
          ],
          channels: [{ name: 'team', kind: 'slack', slackChannel: 'C1', secretFile: secret('token', BOT_TOKEN), perHour: 3600 }],
        },
        mitigation: {
          enabled: true,
          namespace: 'bellwether',
          backEnds: [{ name: BACK_END, mode: 'enforce' }],
          roundSeconds: 0.1,
          alerts: [],
        },
      },
      {
        mitigation: {
          client: cluster.client,
          signals: undefined,
          backEnds: [{ ...back, declaration: { ...back.declaration, name: BACK_END } }],
          namespace: 'bellwether',
          forcedOff: false,
        },
      },
    );
  });
  afterAll(async () => {
    await receiver.stop();
    await slack.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('buttons for verdicts', () => {
    let message: SlackMessage;

    it('come with a message about an alert, one for each word', async () => {
      const body = webhookBody([webhookAlert({ workload: 'a<b&c' })]);
      expect((await receiver.ask('/api/v1/alertmanager', { as: 'sender', body })).status).toBe(204);
      message = await until('a message', () => slack.messages[0]);
      expect(message.text).toContain('shop/a&lt;b&amp;c');
      const ids = ['verdict:false_alarm', 'verdict:expected', 'verdict:new_trend', 'verdict:confirmed', 'open'];
      expect(message.buttons.map(({ action_id: id }) => id)).toEqual(ids);
    });

    it('give the verdict of who clicked, once, and tell the channel by the address of the click', async () => {
      expect(await click(message, 'verdict:false_alarm')).toBe(200);
      expect(await replied(message, /<@U1ANN> says: false alarm/)).toMatchObject({ ephemeral: false });
      expect(await click(message, 'verdict:false_alarm')).toBe(200);
      expect(await click(message, 'verdict:false_alarm', STRANGER)).toBe(200);
      await replied(message, /<@U9> says/);
      const { json } = await receiver.ask('/api/v1/verdicts', { as: 'viewer' });
      const given = json.verdicts as readonly { readonly by: string }[];
      // A name that somebody gave himself in Slack is not that of who is known.
      expect(given.map(({ by }) => by).sort()).toEqual(['ann', 'slack:ann']);
      // The message keeps its buttons: others may see it otherwise.
      expect(message.buttons).toHaveLength(5);
    });

    it('tell who clicked, and nobody else, why a verdict was not taken', async () => {
      expect(await click(message, 'verdict:confirmed', VIC)).toBe(200);
      expect(await replied(message, /vic is viewer/)).toMatchObject({ ephemeral: true });
      const gone: SlackMessage = { ...message, buttons: [{ action_id: 'verdict:confirmed', value: '0000000000000000-1' }], replies: [] };
      expect(await click(gone, 'verdict:confirmed')).toBe(200);
      expect(await replied(gone, /there is no alert/)).toMatchObject({ ephemeral: true });
      expect(await receiver.metric('bellwether_verdicts_refused_total{reason="unknown"}')).toBe(1);
    });

    it('say nothing where they only lead somewhere', async () => {
      const before = message.replies.length;
      expect(await click(message, 'open')).toBe(200);
      expect(message.replies).toHaveLength(before);
    });

    it('are refused when not signed with the secret, too old, or sent again', async () => {
      expect(await click(message, 'verdict:confirmed', ANN, { secret: 'other' })).toBe(401);
      expect(await click(message, 'verdict:confirmed', ANN, { skewSeconds: -400 })).toBe(401);
      const once = slack.sign(slack.payload(message, 'verdict:new_trend', ANN));
      expect((await receiver.ask('/api/v1/slack/actions', once)).status).toBe(200);
      expect((await receiver.ask('/api/v1/slack/actions', once)).status).toBe(409);
    });

    it('never make the receiver call an address that is not of Slack', async () => {
      const elsewhere = await startFakeSlack();
      const payload = elsewhere.payload(message, 'verdict:expected', ANN);
      const before = message.replies.length;
      expect((await receiver.ask('/api/v1/slack/actions', slack.sign(payload))).status).toBe(200);
      await new Promise((done) => setTimeout(done, 100));
      await elsewhere.close();
      expect(message.replies).toHaveLength(before);
    });
  });

  describe('buttons for mitigations', () => {
    let made = 0;
    const ask = async (spec: Partial<MitigationSpec> = {}): Promise<{ name: string; message: SlackMessage }> => {
      const name = `m-${++made}`;
      const at = slack.messages.length;
      const wanted = { target: { kind: 'FakeRoute', name: `route-${made}` }, mode: 'enforce', limit: { requestsPerSecond: 10 } } as const;
      cluster.put({
        ...MITIGATION_KIND,
        metadata: { name, namespace: 'shop' },
        spec: { ...wanted, reason: 'a <flood>', ...spec },
      } as Mitigation);
      return { name, message: await until('a message', () => slack.messages[at]) };
    };
    const read = (name: string): Mitigation => cluster.get({ ...MITIGATION_KIND, namespace: 'shop', name }) as Mitigation;
    const phase = (name: string, wanted: string) =>
      until(`${name} ${wanted}, is ${JSON.stringify(read(name).status)}`, () =>
        read(name).status?.phase === wanted ? read(name) : undefined,
      );

    it('come once with what would be done, and approve it by the name of who clicked', async () => {
      const { name, message } = await ask();
      expect(message.text).toBe('Approve? Limit requests to shop/route-1');
      expect(message.buttons.map(({ action_id: id }) => id)).toEqual(['mitigation:approve', 'mitigation:decline', 'open']);
      expect(message.buttons[0]).toMatchObject({ style: 'primary', confirm: { title: { text: 'Approve it?' } } });
      expect(message.buttons[2]).toMatchObject({ url: 'https://alerts.example/mitigations' });
      expect(await click(message, 'mitigation:approve')).toBe(200);
      const { spec } = await phase(name, 'Applied');
      expect(spec.approval).toMatchObject({ by: 'ann', reason: 'approved in Slack by U1ANN' });
      // In the place of the message, without buttons.
      expect((await replaced(message, /approved by <@U1ANN>/)).buttons).toEqual([]);
      expect(slack.messages.filter(({ text }) => text.includes('route-1'))).toHaveLength(1);
      const line = await until('a line of the audit log', async () => {
        const { json } = await receiver.ask('/api/v1/audit', { as: 'admin' });
        const lines = json.entries as readonly { readonly who: string; readonly subject: string; readonly action: string }[];
        return lines.find(({ action }) => action === 'mitigation.applied');
      });
      expect(line).toMatchObject({ who: 'ann', subject: `shop/${name}` });
    });

    it('decline it', async () => {
      const { name, message } = await ask();
      expect(await click(message, 'mitigation:decline')).toBe(200);
      expect((await phase(name, 'Ended')).status).toMatchObject({ endCause: 'revoked', message: 'taken back by ann' });
      await replaced(message, /declined by <@U1ANN>/);
    });

    it.each([
      ['a stranger', STRANGER, /nobody has said who U9 is/],
      ['a viewer', VIC, /vic is viewer/],
    ])('do nothing for %s, who alone is told why', async (_who, user, text) => {
      const { name, message } = await ask();
      const before = await receiver.metric('bellwether_refused_requests_total{reason="role"}');
      for (const deed of ['approve', 'decline']) expect(await click(message, `mitigation:${deed}`, user)).toBe(200);
      await until('two replies', () => (message.replies.length === 2 ? true : undefined));
      expect(message.replies.every((reply) => reply.ephemeral && text.test(reply.text))).toBe(true);
      expect(message.buttons).toHaveLength(3);
      expect(read(name).spec).not.toHaveProperty('approval');
      expect(read(name).spec).not.toHaveProperty('revoked');
      expect(await receiver.metric('bellwether_refused_requests_total{reason="role"}')).toBe((before ?? 0) + 2);
    });

    it('do not take back what is in force, nor approve what has ended, and go', async () => {
      const { name, message } = await ask();
      const [again, last] = [0, 0].map(() => ({ ...message, replies: [] }) as SlackMessage) as [SlackMessage, SlackMessage];
      await click(message, 'mitigation:approve');
      await phase(name, 'Applied');
      await click(again, 'mitigation:decline');
      expect((await replaced(again, /was not declined: .* does not wait/)).buttons).toEqual([]);
      expect(read(name).status?.phase).toBe('Applied');
      expect((await receiver.ask(`/api/v1/mitigations/shop/${name}/revert`, { as: 'responder', body: {} })).status).toBe(200);
      await phase(name, 'Ended');
      await click(last, 'mitigation:approve');
      await replaced(last, /was not approved: .* does not wait/);
    });

    it('mean the very one that they were made for, not another of its name', async () => {
      const { name, message } = await ask();
      const other: SlackMessage = { ...message, replies: [] };
      other.buttons = [{ action_id: 'mitigation:approve', value: `shop/${name}/another-uid` }];
      await click(other, 'mitigation:approve');
      await replaced(other, /that was meant is gone/);
      expect(read(name).spec).not.toHaveProperty('approval');
    });

    it('are refused when sent again or late', async () => {
      const { name, message } = await ask();
      expect(await click(message, 'mitigation:approve', ANN, { skewSeconds: -301 })).toBe(401);
      const once = slack.sign(slack.payload(message, 'mitigation:decline', VIC));
      expect((await receiver.ask('/api/v1/slack/actions', once)).status).toBe(200);
      expect((await receiver.ask('/api/v1/slack/actions', once)).status).toBe(409);
      expect(read(name).status?.phase).toBe('AwaitingApproval');
    });
  });
});
