import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { receiverOpenApi } from '../../../src/receiver/api/openapi.ts';
import { makeRuntimeEvent } from '../../../src/testing/runtime-event-builders.ts';
import { type Answer, type RunningReceiver, startReceiver, type TokenName, webhookAlert, webhookBody } from './receiver-fixture.ts';

const page = readFileSync(new URL('../../../docs/receiver.md', import.meta.url), 'utf8');

describe('GET /api/v1/openapi.json', () => {
  // The document has keywords that are not of JSON Schema.
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  let receiver: RunningReceiver;
  beforeAll(async () => {
    receiver = await startReceiver({ notify: { channels: [{ name: 'hook', kind: 'webhook', url: 'http://127.0.0.1:1' }] } });
    const { json, status } = await receiver.ask('/api/v1/openapi.json');
    expect(status).toBe(200);
    ajv.addSchema(json as AnySchemaObject, 'api');
  });
  afterAll(() => receiver.stop());

  const problemsOf = (name: string, { json }: Answer): readonly string[] => {
    const validate = ajv.getSchema(`api#/components/schemas/${name}`);
    if (!validate) throw new Error(`the document has no schema ${name}`);
    return validate(json) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${String(message)}`);
  };
  const get = async (path: string, name: string, as: TokenName = 'viewer'): Promise<Answer> => {
    const answer = await receiver.ask(path, { as });
    expect([path, answer.status]).toEqual([path, 200]);
    expect(problemsOf(name, answer)).toEqual([]);
    return answer;
  };

  it('has every route of the page and no other, each with its role', () => {
    const named = [...page.matchAll(/^\| `((?:GET|POST) \/api\/v1\/[^`]+)` \| (\S*)/gm)].map(([, route, role]) => [
      String(route).replace(/:([a-z]+)/g, '{$1}'),
      role,
    ]);
    const { paths } = receiverOpenApi();
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [
        `${method.toUpperCase()} ${path}`,
        /\(role ([a-z]+)\)$/.exec((operation as { summary: string }).summary)?.[1],
      ]),
    );
    const ours = named
      .filter(([route]) => !String(route).endsWith('openapi.json'))
      .map(([route, role]) => [route, /^(sender|viewer|responder|admin)$/.test(String(role)) ? role : undefined]);
    expect(ours.sort()).toEqual(documented.sort());
  });

  it('says what the answers look like', async () => {
    await receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody([webhookAlert(), webhookAlert({ workload: 'other' })]) });
    const list = await get('/api/v1/alerts?limit=1', 'AlertPage');
    const [alert] = list.json.alerts as { readonly id: string }[];
    const id = String(alert?.id);
    const given = await receiver.ask('/api/v1/verdicts', { as: 'responder', body: { alert: id, word: 'false_alarm', reason: 'batch' } });
    expect([given.status, problemsOf('VerdictGiven', given)]).toEqual([201, []]);
    await get(`/api/v1/alerts/${id}`, 'AlertDetail');
    await get('/api/v1/verdicts', 'VerdictPage');
    await get('/api/v1/verdicts/feed', 'VerdictFeed');
    const undone = await receiver.ask(`/api/v1/verdicts/${String(given.json.id)}/undo`, { as: 'responder', body: {} });
    expect([undone.status, problemsOf('Undone', undone)]).toEqual([200, []]);
    await get('/api/v1/verdicts', 'VerdictPage');
    const link = await receiver.ask('/api/v1/links', { as: 'responder', body: { alert: id, for: 'bob' } });
    expect([link.status, problemsOf('Link', link)]).toEqual([201, []]);
    const event = makeRuntimeEvent({ id: 'event-of-cart', timeMs: Date.now() });
    const taken = await receiver.ask('/api/v1/events', { as: 'sender', body: { node: 'node-a', events: [event] } });
    expect(problemsOf('EventsTaken', taken)).toEqual([]);
    await get('/api/v1/events', 'EventPage');
    await get('/api/v1/events/tree', 'ProcessTree');
    await get(`/api/v1/alerts/${id}/events`, 'AlertEvents');
    await get('/api/v1/silences', 'SilenceList');
    await get('/api/v1/masks', 'MaskList');
    await get('/api/v1/channels', 'ChannelList');
    await get('/api/v1/audit', 'AuditPage', 'admin');
    for (const path of ['/api/v1/alerts?limit=0', '/api/v1/alerts/none', '/api/v1/audit'])
      expect(problemsOf('Error', await receiver.ask(path, { as: 'viewer' }))).toEqual([]);
  });

  it('finds alerts by words of their labels and annotations', async () => {
    const texts = ['disk /var is full', 'Disk of the ledger', 'memory'];
    const alerts = texts.map((summary, i) => webhookAlert({ namespace: 'search', workload: `w${i}` }, { annotations: { summary } }));
    await receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody(alerts) });
    const found = async (text: string): Promise<unknown[]> => {
      const { json } = await receiver.ask(`/api/v1/alerts?namespace=search&text=${encodeURIComponent(text)}`, { as: 'viewer' });
      return (json.alerts as { readonly labels: Readonly<Record<string, string>> }[]).map(({ labels }) => labels.workload).sort();
    };
    expect(await found('disk')).toEqual(['w0', 'w1']);
    expect(await found('LEDGER disk')).toEqual(['w1']);
    expect(await found('w2')).toEqual(['w2']);
    expect(await found("%' OR 1=1")).toEqual([]);
    const first = await receiver.ask('/api/v1/alerts?namespace=search&text=disk&limit=1', { as: 'viewer' });
    const second = await receiver.ask(`/api/v1/alerts?namespace=search&text=disk&limit=1&after=${String(first.json.next)}`, {
      as: 'viewer',
    });
    const workloads = [first, second].map(
      ({ json }) => (json.alerts as { readonly labels: { readonly workload: string } }[])[0]?.labels.workload,
    );
    expect(workloads.sort()).toEqual(['w0', 'w1']);
  });
});
